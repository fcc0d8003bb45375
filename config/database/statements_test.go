package database_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestAStatementRunsWhileItsOwnRowsAreRead(t *testing.T) {
	db := dbtest.Open(t, "sqlite", owners())
	must(t, db.Tx(t.Context(), func(ctx context.Context) error {
		for i := range 5 {
			must(t, put(ctx, db, fmt.Sprint("n", i), i))
		}
		pool := db.Conn(ctx).Statement.ConnPool
		const query = "SELECT n FROM things WHERE n >= ? ORDER BY n"
		outer, err := pool.QueryContext(ctx, query, 0)
		must(t, err)
		defer outer.Close()
		seen := 0
		for outer.Next() {
			var n, m int
			must(t, outer.Scan(&n))
			must(t, pool.QueryRowContext(ctx, query, 4).Scan(&m))
			if n != seen || m != 4 {
				t.Errorf("row %d: %d and %d", seen, n, m)
			}
			seen++
		}
		must(t, outer.Err())
		if seen != 5 {
			t.Errorf("saw %d rows of 5", seen)
		}
		return nil
	}))
}

func TestAThousandStatementsDropNoneInUse(t *testing.T) {
	db := dbtest.Open(t, "sqlite", owners())
	must(t, db.Tx(t.Context(), func(ctx context.Context) error {
		for i := range 5 {
			must(t, put(ctx, db, fmt.Sprint("n", i), i))
		}
		pool := db.Conn(ctx).Statement.ConnPool
		rows, err := pool.QueryContext(ctx, "SELECT n FROM things WHERE n >= ? ORDER BY n", 0)
		must(t, err)
		defer rows.Close()
		for i := 0; rows.Next(); i++ {
			var n int
			must(t, rows.Scan(&n))
			if n != i {
				t.Errorf("row %d is %d", i, n)
			}
			for k := range 600 {
				var m int
				must(t, pool.QueryRowContext(ctx, fmt.Sprintf("SELECT ? + %d", i*1000+k), 1).Scan(&m))
			}
		}
		return rows.Err()
	}))
}

func TestQuestionMarksInTextStay(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		for query, want := range map[string]string{
			"SELECT CAST(? AS TEXT) || '?'":           "x?",
			"SELECT CAST(? AS TEXT) || 'it''s ?'":     "xit's ?",
			"SELECT CAST(? AS TEXT) AS \"a?b\"":       "x",
			"SELECT CAST(? AS TEXT) -- really?":       "x",
			"SELECT /* what? it's */ CAST(? AS TEXT)": "x",
			"SELECT -- don't\n CAST(? AS TEXT)":       "x",
		} {
			var got string
			if err := db.Conn(t.Context()).Statement.ConnPool.QueryRowContext(t.Context(), query, "x").Scan(&got); err != nil || got != want {
				t.Errorf("%s: %q, %v", query, got, err)
			}
		}
	})
}

func TestRawErrorsAreTranslatedToo(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }))
		err := db.Tx(t.Context(), func(ctx context.Context) error {
			var n int
			const query = "INSERT INTO things (name, n) VALUES (?, ?) RETURNING n"
			return db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, query, "a", 1).Scan(&n)
		})
		if !errors.Is(err, duplicated) {
			t.Errorf("row: %v", err)
		}
		if err := db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }); !errors.Is(err, duplicated) {
			t.Errorf("exec: %v", err)
		}
		if err := put(t.Context(), db, "b", 1); !errors.Is(err, database.ErrReadOnly) {
			t.Errorf("outside: %v", err)
		}
	})
}

func TestAFullDatabaseWorksAgainWithRoom(t *testing.T) {
	db := dbtest.Open(t, "sqlite", owners())
	limit := func(pages int) {
		must(t, db.Tx(t.Context(), func(ctx context.Context) error {
			return run(ctx, db, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		}))
	}
	fill := func(ctx context.Context) error {
		for i := range 500 {
			if err := put(ctx, db, fmt.Sprintf("%04d %01000d", i, 0), i); err != nil {
				return err
			}
		}
		return nil
	}
	limit(20)
	err := db.Tx(t.Context(), func(ctx context.Context) error { return db.Tx(ctx, fill) })
	if !errors.Is(err, database.ErrFull) || !database.IsFull(err) {
		t.Errorf("got %v", err)
	}
	expect(t, db)
	limit(1 << 20)
	must(t, db.Tx(t.Context(), fill))
	if n := len(names(t, db)); n != 500 {
		t.Errorf("%d of 500", n)
	}
}

package database_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func owners(more ...*gormigrate.Migration) []database.Owner {
	return []database.Owner{{Name: "test", List: append([]*gormigrate.Migration{{ID: "1", Migrate: func(tx *gorm.DB) error {
		return tx.Exec(`CREATE TABLE things (name TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0))`).Error
	}}}, more...)}}
}

func put(ctx context.Context, db *database.DB, name string, n int) error {
	_, err := db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO things (name, n) VALUES (?, ?)`, name, n)
	return err
}

func names(t *testing.T, db *database.DB) []string {
	t.Helper()
	var list []string
	if err := db.Conn(t.Context()).Table("things").Order("name").Pluck("name", &list).Error; err != nil {
		t.Fatal(err)
	}
	return list
}

func expect(t *testing.T, db *database.DB, want ...string) {
	t.Helper()
	if got := names(t, db); !slices.Equal(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

var errNo = errors.New("no")

func TestANestedFailureUndoesOnlyItself(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		err := db.Tx(t.Context(), func(ctx context.Context) error {
			if err := put(ctx, db, "a", 1); err != nil {
				return err
			}
			if err := db.Tx(ctx, func(ctx context.Context) error {
				if err := put(ctx, db, "b", 1); err != nil {
					return err
				}
				return errNo
			}); !errors.Is(err, errNo) {
				t.Errorf("nested: %v", err)
			}
			// A statement that the database refuses spoils nothing around its savepoint.
			if err := db.Tx(ctx, func(ctx context.Context) error { return put(ctx, db, "a", 2) }); err == nil {
				t.Error("a second a was taken")
			}
			if err := db.Alive(ctx); err != nil {
				t.Errorf("alive: %v", err)
			}
			return db.Tx(ctx, func(ctx context.Context) error {
				return db.Tx(ctx, func(ctx context.Context) error { return put(ctx, db, "c", 1) })
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, db, "a", "c")
	})
}

func TestAnErrorOrPanicUndoesTheTransaction(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		if err := db.Tx(t.Context(), func(ctx context.Context) error { return errors.Join(put(ctx, db, "a", 1), errNo) }); !errors.Is(err, errNo) {
			t.Errorf("got %v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Tx(t.Context(), func(ctx context.Context) error {
				if err := put(ctx, db, "b", 1); err != nil {
					t.Error(err)
				}
				panic("x")
			})
		}()
		expect(t, db)
		if err := db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "c", 1) }); err != nil {
			t.Fatal(err)
		}
		expect(t, db, "c")
	})
}

func TestHooksFollowTheirScope(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		var log []string
		note := func(s string) func() { return func() { log = append(log, s) } }
		err := db.Tx(t.Context(), func(ctx context.Context) error {
			db.OnCommit(ctx, note("commit 1"))
			db.OnRollback(ctx, note("rollback 1"))
			_ = db.Tx(ctx, func(ctx context.Context) error {
				db.OnCommit(ctx, note("commit 2"))
				db.OnRollback(ctx, note("rollback 2a"))
				db.OnRollback(ctx, note("rollback 2b"))
				return errNo
			})
			return db.Tx(ctx, func(ctx context.Context) error {
				db.OnCommit(ctx, note("commit 3"))
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"rollback 2b", "rollback 2a", "commit 1", "commit 3"}; !slices.Equal(log, want) {
			t.Errorf("hooks ran as %v, want %v", log, want)
		}
	})
}

func TestOutsideATransactionNothingIsWritten(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		if err := put(t.Context(), db, "a", 1); err == nil {
			t.Error("written outside of a transaction")
		}
		expect(t, db)
	})
}

func TestConcurrentWritersAllSucceed(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		if err := db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "n", 0) }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 50 {
					err := db.Tx(t.Context(), func(ctx context.Context) error {
						_, err := db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `UPDATE things SET n = n + 1 WHERE name = ?`, "n")
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int
		db.Conn(t.Context()).Raw("SELECT n FROM things").Scan(&n)
		if n != 800 {
			t.Errorf("counted %d of 800", n)
		}
	})
}

func TestErrorsAreTranslatedOnBothEngines(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		type thing struct {
			Name string
			N    int
		}
		create := func(n int) error {
			return db.Tx(t.Context(), func(ctx context.Context) error { return db.Conn(ctx).Create(&thing{"a", n}).Error })
		}
		if err := create(-1); !errors.Is(err, gorm.ErrCheckConstraintViolated) {
			t.Errorf("negative: %v", err)
		}
		if err := errors.Join(create(1)); err != nil {
			t.Fatal(err)
		}
		if err := create(1); !errors.Is(err, gorm.ErrDuplicatedKey) {
			t.Errorf("second: %v", err)
		}
	})
}

func TestTimesComeBackInUTC(t *testing.T) {
	dbtest.Each(t, owners(&gormigrate.Migration{ID: "2", Migrate: func(tx *gorm.DB) error {
		type stamp struct{ At time.Time }
		return tx.Migrator().CreateTable(&stamp{})
	}}), func(t *testing.T, db *database.DB) {
		type stamp struct{ At time.Time }
		at := time.Date(2026, 1, 2, 3, 4, 5, 678000000, time.FixedZone("x", 8*3600))
		if err := db.Tx(t.Context(), func(ctx context.Context) error { return db.Conn(ctx).Create(&stamp{at}).Error }); err != nil {
			t.Fatal(err)
		}
		var got stamp
		if err := db.Conn(t.Context()).Take(&got).Error; err != nil {
			t.Fatal(err)
		}
		if !got.At.Equal(at) || got.At.UTC().Format(time.RFC3339Nano) != "2026-01-01T19:04:05.678Z" {
			t.Errorf("got %v", got.At)
		}
	})
}

func TestASnapshotSeesOneMoment(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		add := func(name string) {
			if err := db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, name, 1) }); err != nil {
				t.Fatal(err)
			}
		}
		add("a")
		err := db.Snapshot(t.Context(), func(ctx context.Context) error {
			var before, after int64
			if err := db.Conn(ctx).Table("things").Count(&before).Error; err != nil {
				return err
			}
			add("b")
			if err := db.Conn(ctx).Table("things").Count(&after).Error; err != nil {
				return err
			}
			if before != after {
				t.Errorf("saw %d, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, db, "a", "b")
	})
}

package database_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func open(t *testing.T, o database.Options) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestPathsMayHoldAnyCharacters(t *testing.T) {
	for _, name := range []string{"plain", "with space", "a?b=c&d", "50%20", "hash#tag", "围炉", "q'uote\"s", "a+b"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name+".db")
		db := open(t, database.Options{DSN: path})
		if err := database.Migrate(t.Context(), db, owners()...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatCannotBeOpenedIsToldKindly(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 500)), 0o644); err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]string{
		dir:                                      "is a directory",
		garbage:                                  "is not an SQLite database",
		filepath.Join(dir, "no", "such", "x.db"): "no such file or directory",
		"postgres://u:secret@127.0.0.1:1/x":      "open the PostgreSQL database",
		"postgres://u:secret@[::1/x":             "can't be read",
	} {
		_, err := database.Open(t.Context(), database.Options{DSN: dsn})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", dsn, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is told: %v", err)
		}
	}
}

func TestReadersNeedNoWriter(t *testing.T) {
	path := dbtest.DSN(t, "sqlite")
	db := open(t, database.Options{DSN: path})
	if err := database.Migrate(t.Context(), db, owners()...); err != nil {
		t.Fatal(err)
	}
	if err := db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }); err != nil {
		t.Fatal(err)
	}
	beside := open(t, database.Options{DSN: path, ReadOnly: true})
	expect(t, beside, "a")
	if err := beside.Tx(t.Context(), func(context.Context) error { return nil }); !errors.Is(err, database.ErrReadOnly) {
		t.Errorf("a reader began to write: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	alone := open(t, database.Options{DSN: path, ReadOnly: true})
	expect(t, alone, "a")
	if _, err := database.Open(t.Context(), database.Options{DSN: path + ".none", ReadOnly: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a reader of nothing: %v", err)
	}
}

// A full disk fails the transaction and nothing else: what was stored stays, and with room again all goes on.
func TestAFullDiskPasses(t *testing.T) {
	path := dbtest.DSN(t, "sqlite")
	db := open(t, database.Options{DSN: path})
	if err := database.Migrate(t.Context(), db, owners()...); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		t.Helper()
		if err := db.Tx(t.Context(), func(ctx context.Context) error { return db.Conn(ctx).Exec("PRAGMA max_page_count = " + pages).Error }); err != nil {
			t.Fatal(err)
		}
	}
	fill := func(ctx context.Context) error { return put(ctx, db, strings.Repeat("x", 100_000), 1) }
	if err := db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "before", 1) }); err != nil {
		t.Fatal(err)
	}
	limit("10")
	undone := false
	err := db.Tx(t.Context(), func(ctx context.Context) error {
		db.OnRollback(ctx, func() { undone = true })
		if err := put(ctx, db, "with", 1); err != nil {
			return err
		}
		if err := db.Tx(ctx, fill); !database.IsFull(err) {
			t.Errorf("nested: %v", err)
		}
		return db.Alive(ctx)
	})
	switch {
	case err == nil: // SQLite undid the statement only, so the rest may stay
		expect(t, db, "before", "with")
	case errors.Is(err, database.ErrTxDead):
		expect(t, db, "before")
		if !undone {
			t.Error("memory was not taken back")
		}
	default:
		t.Errorf("got %v", err)
	}
	if err := db.Tx(t.Context(), fill); !errors.Is(err, database.ErrFull) && !database.IsFull(err) {
		t.Errorf("got %v", err)
	}
	limit("100000")
	if err := db.Tx(t.Context(), fill); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// Package dbtest runs the same storage test on SQLite and on PostgreSQL.
package dbtest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/weilu-im/weilu/config/database"
)

// Dialects are the engines that every storage test runs on.
var Dialects = [...]string{"sqlite", "postgres"}

// Each runs fn on a fresh database of each engine, with the owners' tables made. Without PostgreSQL that half is skipped.
func Each(t *testing.T, owners []database.Owner, fn func(t *testing.T, db *database.DB)) {
	t.Helper()
	for _, dialect := range Dialects {
		t.Run(dialect, func(t *testing.T) { fn(t, Open(t, dialect, owners)) })
	}
}

// Open opens a fresh database of an engine, with the owners' tables made. It is closed and gone when the test ends.
func Open(tb testing.TB, dialect string, owners []database.Owner) *database.DB {
	tb.Helper()
	return openDSN(tb, DSN(tb, dialect), owners)
}

// DSN names a fresh and empty database of an engine, which is gone when the test ends.
func DSN(tb testing.TB, dialect string) string {
	tb.Helper()
	if dialect == "postgres" {
		return postgresDSN(tb)
	}
	return filepath.Join(tb.TempDir(), "weilu.db")
}

func openDSN(tb testing.TB, dsn string, owners []database.Owner) *database.DB {
	tb.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, database.Options{DSN: dsn})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	if err := database.Migrate(ctx, db, owners...); err != nil {
		tb.Fatal(err)
	}
	return db
}

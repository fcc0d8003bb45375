package database_test

import (
	"context"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestASavepointIsSentWithItsFirstStatement(t *testing.T) {
	db := dbtest.Open(t, "sqlite", owners())
	must(t, db.Tx(t.Context(), func(ctx context.Context) error {
		must(t, db.Tx(ctx, func(ctx context.Context) error {
			db.Conn(ctx)
			return db.Tx(ctx, func(context.Context) error { return nil })
		}))
		return nil
	}))
	if database.Sent(db, "SAVEPOINT weilu1") {
		t.Error("a savepoint that nobody needed")
	}
	must(t, db.Tx(t.Context(), func(ctx context.Context) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			return db.Tx(ctx, func(ctx context.Context) error { return put(ctx, db, "a", 1) })
		})
	}))
	if !database.Sent(db, "SAVEPOINT weilu1") || !database.Sent(db, "SAVEPOINT weilu2") {
		t.Error("the savepoints were not sent")
	}
}

func TestSettingsThatDifferAreRefused(t *testing.T) {
	db := dbtest.Open(t, "sqlite", owners())
	if err := database.WithoutFsync(t.Context(), db); err == nil || !strings.Contains(err.Error(), "synchronous") {
		t.Errorf("got %v", err)
	}
}

package bot

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
)

// Storage is the database as the machine, the community and the features see it.
type Storage interface {
	// Conn is the transaction in ctx, or else a read-only connection.
	Conn(ctx context.Context) *gorm.DB
	// Tx runs fn in a transaction, or, where ctx carries one, in a savepoint of it that costs nothing until used.
	Tx(ctx context.Context, fn func(ctx context.Context) error) error
	// Alive tells whether the transaction in ctx can still be committed.
	Alive(ctx context.Context) error
	// OnCommit runs fn after the transaction in ctx is durable; OnRollback when the innermost scope is undone.
	OnCommit(ctx context.Context, fn func())
	OnRollback(ctx context.Context, fn func())
}

// exec runs one statement of the hot path: prepared by the storage, with ? for arguments.
func exec(ctx context.Context, s Storage, query string, args ...any) (sql.Result, error) {
	return s.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
}

// Millis is a time as tables hold it: Unix milliseconds, 0 for none.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMillis is the time, in UTC, that a table holds.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

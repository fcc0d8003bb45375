package database

import (
	"context"
	"fmt"
)

// Snapshot runs fn with a ctx in which all reads see one moment, beside any writers. Writing in it is
// ErrReadOnly. Inside a transaction fn simply runs in that.
func (db *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	if db.scope(ctx) != nil {
		return fn(ctx)
	}
	w, err := pin(ctx, db.readers)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer func() {
		if w.broken {
			w.discard()
		} else {
			_ = w.conn.Close() // hands it back to its pool
		}
	}()
	w.begin = "BEGIN"
	if db.dialect == "postgres" {
		w.begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	if err := w.start(ctx); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer w.rollback()
	s := &scope{db: db, tx: &tx{writer: w}, opened: true}
	defer s.undo()
	return s.call(ctx, fn)
}

package database

import "context"

// OnCommit runs fn after the transaction in ctx is durable; without one, at once. It is dropped when its
// scope is undone.
func (db *DB) OnCommit(ctx context.Context, fn func()) {
	if s := scopeOf(ctx, db); s != nil {
		s.commits = append(s.commits, fn)
		return
	}
	fn()
}

// OnRollback runs fn when the innermost scope in ctx, or one around it, is undone; the latest first.
func (db *DB) OnRollback(ctx context.Context, fn func()) {
	if s := scopeOf(ctx, db); s != nil {
		s.rollbacks = append(s.rollbacks, fn)
	}
}

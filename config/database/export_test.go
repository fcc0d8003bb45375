package database

import "context"

// Sent tells whether SQLite's writer was ever given this statement.
func Sent(db *DB, query string) bool { return db.pinned.state.(*sqliteConn).prepared[query] != nil }

// WithoutFsync breaks a setting of the writer and reads all back.
func WithoutFsync(ctx context.Context, db *DB) error {
	if _, err := db.pinned.conn.ExecContext(ctx, "PRAGMA synchronous = OFF"); err != nil {
		return err
	}
	return checkWriter(ctx, db.pinned.conn)
}

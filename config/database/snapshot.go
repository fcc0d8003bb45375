package database

import (
	"context"
	"database/sql"
	"fmt"

	"gorm.io/gorm"
)

// Snapshot runs fn with a ctx in which all reads see the same moment, beside any writer.
func (db *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	raw, err := db.readers.Conn(ctx)
	if err != nil {
		return err
	}
	defer raw.Close()
	begin := "BEGIN"
	if db.dialect == "postgres" {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	c := &conn{raw: raw, dialect: db.dialect, prepared: map[string]*sql.Stmt{}}
	s := &scope{db: db, tx: &transaction{conn: c}, opened: true}
	if err := s.send(begin); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	inside := context.WithValue(ctx, scopeKey{db}, s)
	s.tx.handle = db.read.Session(&gorm.Session{NewDB: true, Context: inside})
	s.tx.handle.Statement.ConnPool = c
	defer func() {
		for _, p := range c.prepared {
			p.Close()
		}
		_ = s.send("ROLLBACK") // nothing was written
	}()
	return fn(inside)
}

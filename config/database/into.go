package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Into writes an SQLite database as it is at one moment, beside its writer, to path: a file that is new or empty. It
// is whole when Into returns without an error, and then a file by itself, without a log beside it.
func (db *DB) Into(ctx context.Context, path string) (err error) {
	if db.dialect != "sqlite" {
		return errors.New("only an SQLite database is a file")
	}
	pool := sql.OpenDB(&sqliteConnector{dsn: db.readingDSN()})
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return explain(db.path, err)
	}
	defer conn.Close()
	// The source is opened to be read only; this lets the same connection write the copy.
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("copy the database: %w", classify(err))
	}
	return nil
}

// Check reads all of an SQLite database and tells what is damaged in it, a sentence each. On PostgreSQL, which checks
// its pages by itself, it finds nothing. The error is one of reading.
func (db *DB) Check(ctx context.Context) (problems []string, err error) {
	if db.dialect != "sqlite" {
		return nil, nil
	}
	found, err := db.strings(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		return nil, fmt.Errorf("check the file: %w", err)
	}
	for _, p := range found {
		if p != "ok" {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return problems, nil
	}
	broken, err := db.strings(ctx, `SELECT count(*) || ' rows of ' || "table" || ' refer to rows of ' || "parent" || ' that don''t exist'
FROM pragma_foreign_key_check GROUP BY "table", "parent"`)
	if err != nil {
		return nil, fmt.Errorf("check foreign keys: %w", err)
	}
	return broken, nil
}

// Package database opens the storage: SQLite in one file, or PostgreSQL.
//
// Whatever is written is written inside Tx, by one writer at a time on SQLite and by several on
// PostgreSQL. Outside of Tx, Conn is a read-only connection that works beside the writers. The hot path
// goes around gorm: Conn(ctx).Statement.ConnPool runs SQL with ? placeholders on both engines, on
// statements that the connection keeps prepared.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// Options says what to open and how.
type Options struct {
	// DSN is postgres://..., postgresql://..., "host=... dbname=...", or else the path of an SQLite file.
	DSN string
	// Log gets slow and failed statements, without their values. Nil logs nothing.
	Log *slog.Logger
	// ReadOnly opens no writer: nothing is created, Tx answers ErrReadOnly.
	ReadOnly bool
	// Still says that nobody writes to the SQLite file meanwhile: nothing is created beside it, so that it can lie where
	// only reading is allowed. It goes with ReadOnly.
	Still bool
	// Schema is where the tables are on PostgreSQL; empty: where the server's settings say.
	Schema string
}

// DB is an open database. It is safe for concurrent use; a transaction in a ctx is not.
type DB struct {
	dialect  string
	path     string // of the SQLite file, absolute
	dsn      string
	readOnly bool
	still    bool
	schema   string

	writers *sql.DB // nil when read-only
	readers *sql.DB
	gorm    *gorm.DB // over the readers; transactions put themselves in its place

	slot   chan struct{} // SQLite: the right to write
	pinned *writer       // SQLite: the writer, held by whoever holds the slot; nil after it broke
	closed bool          // guarded by the slot

	closing sync.Once
	closeOf error
}

// Open opens the database and reads its settings back: it refuses to run where they are not in force.
// Errors are sentences for an operator and never show a password.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{dialect: "sqlite", dsn: o.DSN, readOnly: o.ReadOnly, still: o.Still, schema: o.Schema, slot: make(chan struct{}, 1)}
	open := db.openSQLite
	if isPostgres(o.DSN) {
		db.dialect, open = "postgres", db.openPostgres
	}
	err := open(ctx)
	if err == nil {
		err = db.openGorm(o.Log)
	}
	if err != nil {
		_ = db.Close() // says nothing that err doesn't
		return nil, err
	}
	return db, nil
}

var keyValue = regexp.MustCompile(`^\s*\w+\s*=.*`)

func isPostgres(dsn string) bool {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return true
	}
	return keyValue.MatchString(dsn) && strings.Contains(" "+dsn, " host=")
}

// Dialect is "sqlite" or "postgres".
func (db *DB) Dialect() string { return db.dialect }

// Close waits for the running transaction, writes SQLite's log back into its file, and closes all
// connections. Calling it again does nothing more.
func (db *DB) Close() error {
	db.closing.Do(func() { db.closeOf = db.close() })
	return db.closeOf
}

func (db *DB) close() error {
	db.slot <- struct{}{}
	defer func() { <-db.slot }()
	db.closed = true
	var problems []error
	if db.readers != nil {
		problems = append(problems, db.readers.Close())
	}
	if db.pinned != nil {
		problems = append(problems, db.checkpoint(), db.pinned.conn.Close())
		db.pinned = nil
	}
	if db.writers != nil {
		problems = append(problems, db.writers.Close())
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

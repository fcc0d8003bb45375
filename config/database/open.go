// Package database opens the storage: SQLite in one file, or PostgreSQL. It gives transactions with
// savepoints that cost nothing until used, prepared statements for the hot path, and migrations.
//
// What is written goes through Tx; Conn outside of one is a read-only connection that works beside it.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Options says what to open.
type Options struct {
	DSN      string // postgres://..., or the path of an SQLite file
	ReadOnly bool   // never write, and never create
	Log      *slog.Logger
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect  string
	dsn      string
	writers  *sql.DB // nil when read-only
	readers  *sql.DB
	read     *gorm.DB // the read-only connections
	write    *gorm.DB // a template; its ConnPool is replaced per transaction
	slot     chan struct{}
	pinned   *conn // SQLite's one writer, while nobody holds the slot; nil after it broke
	readOnly bool
}

// Open opens the database and proves that its settings are in force.
func Open(ctx context.Context, opts Options) (*DB, error) {
	db := &DB{dsn: opts.DSN, readOnly: opts.ReadOnly, slot: make(chan struct{}, 1)}
	var err error
	if isPostgres(opts.DSN) {
		db.dialect = "postgres"
		err = db.openPostgres(ctx)
	} else {
		db.dialect = "sqlite"
		err = db.openSQLite(ctx)
	}
	if err == nil {
		err = db.openGorm(opts.Log)
	}
	if err != nil {
		return nil, errors.Join(explain(opts.DSN, err), db.Close())
	}
	return db, nil
}

func (db *DB) openGorm(log *slog.Logger) (err error) {
	if log == nil {
		log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	config := func() *gorm.Config {
		return &gorm.Config{
			SkipDefaultTransaction: true, TranslateError: true, DisableAutomaticPing: true,
			NowFunc: func() time.Time { return time.Now().UTC() },
			Logger: logger.NewSlogLogger(log, logger.Config{
				LogLevel: logger.Warn, SlowThreshold: time.Second, IgnoreRecordNotFoundError: true, ParameterizedQueries: true,
			}),
		}
	}
	if db.read, err = gorm.Open(db.dialector(&readPool{db.readers, db.dialect}), config()); err != nil {
		return err
	}
	db.write, err = gorm.Open(db.dialector(&readPool{db.readers, db.dialect}), config())
	return err
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") || strings.Contains(dsn, "host=") && !strings.Contains(dsn, "/host=")
}

// Dialect is "sqlite" or "postgres".
func (db *DB) Dialect() string { return db.dialect }

// Conn is the transaction in ctx, or else a read-only connection. It is cheap to call.
func (db *DB) Conn(ctx context.Context) *gorm.DB {
	if s := scopeOf(ctx, db); s != nil {
		return s.conn()
	}
	return db.read.Session(&gorm.Session{Context: ctx})
}

// Close closes everything. SQLite's log is written back into its file.
func (db *DB) Close() error {
	var problems []error
	if db.pinned != nil {
		_, err := db.pinned.raw.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		problems = append(problems, ignoreBusy(err), db.pinned.close())
		db.pinned = nil
	}
	for _, pool := range []*sql.DB{db.readers, db.writers} {
		if pool != nil {
			problems = append(problems, pool.Close())
		}
	}
	return errors.Join(problems...)
}

// ignoreBusy drops what a checkpoint says while somebody else reads.
func ignoreBusy(err error) error {
	if err != nil && sqliteCode(err)&0xff == codeBusy {
		return nil
	}
	return err
}

// explain says to an operator what could not be opened. It never shows a DSN with its password.
func explain(dsn string, err error) error {
	if isPostgres(dsn) {
		return fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	switch sqliteCode(err) & 0xff {
	case codeNotADB:
		return fmt.Errorf("%s is not an SQLite database, or it is damaged: %w", dsn, err)
	case codeCorrupt:
		return fmt.Errorf("%s is damaged; restore a backup: %w", dsn, err)
	case codeCantOpen, codePerm, codeReadOnly:
		return fmt.Errorf("%s can't be opened; look at its directory and permissions: %w", dsn, err)
	}
	return fmt.Errorf("open %s: %w", dsn, err)
}

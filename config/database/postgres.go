package database

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// maxConns bounds the connections of each of the two pools.
const maxConns = 20

func (db *DB) openPostgres(ctx context.Context) error {
	config, err := pgx.ParseConfig(db.dsn)
	if err != nil {
		return errors.New("the DSN can't be read; it looks like postgres://user:password@host:5432/database")
	}
	config.RuntimeParams["timezone"] = "UTC"
	if !db.readOnly {
		db.writers = stdlib.OpenDB(*config)
		db.writers.SetMaxOpenConns(maxConns)
		db.writers.SetMaxIdleConns(maxConns)
	}
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	db.readers = stdlib.OpenDB(*reading)
	db.readers.SetMaxOpenConns(maxConns)
	return db.readers.PingContext(ctx)
}

func (db *DB) dialector(pool gorm.ConnPool) gorm.Dialector {
	if db.dialect == "postgres" {
		return postgres.New(postgres.Config{Conn: pool})
	}
	return sqliteDialector{sqlite.New(sqlite.Config{DriverName: sqliteDriver, Conn: pool}).(*sqlite.Dialector)}
}

// pgCode is PostgreSQL's SQLSTATE, empty where err is not PostgreSQL's.
func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// LeaderLock makes this process the only one that holds name on a PostgreSQL database, for as long as a
// session of its own lives; lost is closed when that session breaks. On SQLite the data directory's lock
// does this, and LeaderLock does nothing. It answers ErrLocked when another process holds it.
func LeaderLock(ctx context.Context, db *DB, name string) (release func() error, err error) {
	if db.dialect != "postgres" {
		return func() error { return nil }, nil
	}
	c, err := db.writers.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var got bool
	if err := c.QueryRowContext(ctx, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name).Scan(&got); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if !got {
		return nil, errors.Join(errLockedElsewhere, c.Close())
	}
	return func() error {
		_, err := c.ExecContext(context.Background(), "SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)
		return errors.Join(err, c.Close())
	}, nil
}

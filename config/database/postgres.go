package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// pgPool bounds the connections of each of the two pools.
const (
	pgPool = 10
	pgIdle = 5 * time.Minute
)

func (db *DB) openPostgres(ctx context.Context) error {
	config, err := pgx.ParseConfig(db.dsn)
	if err != nil { // its text could show the password
		return errors.New("open the PostgreSQL database: the DSN can't be read; it looks like postgres://user:password@host:5432/name")
	}
	config.RuntimeParams["timezone"] = "UTC"
	if db.schema != "" {
		config.RuntimeParams["search_path"] = pgx.Identifier{db.schema}.Sanitize()
	}
	if !db.readOnly {
		db.writers = pgOpen(config)
	}
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	db.readers = pgOpen(reading)
	if err := db.readers.PingContext(ctx); err != nil {
		return fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	return nil
}

func pgOpen(config *pgx.ConnConfig) *sql.DB {
	pool := sql.OpenDB(pgConnector{stdlib.GetConnector(*config, stdlib.OptionAfterConnect(readUTC))})
	pool.SetMaxOpenConns(pgPool)
	pool.SetMaxIdleConns(pgPool)
	pool.SetConnMaxIdleTime(pgIdle)
	return pool
}

// readUTC makes times come back in UTC.
func readUTC(_ context.Context, c *pgx.Conn) error {
	c.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
	c.TypeMap().RegisterType(&pgtype.Type{Name: "timestamp", OID: pgtype.TimestampOID, Codec: &pgtype.TimestampCodec{ScanLocation: time.UTC}})
	return nil
}

// pgConnector opens connections that take ? placeholders.
type pgConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (k pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &pgConn{Conn: c.(*stdlib.Conn)}, nil
}

// pgConn is one connection; pgx keeps its statements prepared.
type pgConn struct {
	*stdlib.Conn
	inTx  bool
	cause error // the first error since the transaction was last well
	gone  error // why the transaction must not go on
}

// ExecContext implements driver.ExecerContext.
func (c *pgConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := ctx.Err(); err != nil { // pgx would close the connection over it
		return nil, err
	}
	res, err := c.Conn.ExecContext(ctx, rebind(query), args)
	return res, c.failed(err)
}

// QueryContext implements driver.QueryerContext.
func (c *pgConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := c.Conn.QueryContext(ctx, rebind(query), args)
	if err != nil {
		return nil, c.failed(err)
	}
	return rows, nil
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *pgConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.Conn.PrepareContext(ctx, rebind(query))
	return s, c.failed(err)
}

func (c *pgConn) failed(err error) error {
	if err == nil {
		return nil
	}
	err = classify(err)
	if c.inTx && c.cause == nil {
		c.cause = err
	}
	if dead := c.lost(); dead != nil && !errors.Is(err, ErrTxDead) {
		return fmt.Errorf("%w: %w", ErrTxDead, err)
	}
	return err
}

func (c *pgConn) begun() { c.inTx, c.cause, c.gone = true, nil, nil }

func (c *pgConn) end() {}

func (c *pgConn) ended() { c.inTx, c.cause, c.gone = false, nil, nil }

func (c *pgConn) active() bool {
	raw := c.Conn.Conn()
	return !raw.IsClosed() && raw.PgConn().TxStatus() != 'I'
}

func (c *pgConn) lost() error {
	if !c.inTx || c.gone != nil || c.active() {
		return c.gone
	}
	if c.cause != nil {
		return fmt.Errorf("%w: %w", ErrTxDead, c.cause)
	}
	return fmt.Errorf("%w: PostgreSQL ended it", ErrTxDead)
}

func (c *pgConn) aborted() error {
	if !c.inTx || c.Conn.Conn().PgConn().TxStatus() != 'E' {
		return nil
	}
	return fmt.Errorf("an earlier statement failed: %w", c.cause)
}

func (c *pgConn) revived() { c.cause = nil }

func (c *pgConn) kill(err error) {
	if c.gone == nil {
		c.gone = fmt.Errorf("%w: %w", ErrTxDead, err)
	}
}

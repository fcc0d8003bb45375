package database

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"
)

// sqliteConnector opens driver connections that keep their statements prepared and, for the writer,
// know when their transaction is lost.
type sqliteConnector struct {
	dsn    string
	writer bool
}

// Connect implements driver.Connector.
func (k *sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	raw, err := openDriver(k.dsn)
	if err != nil {
		return nil, err
	}
	c := &sqliteConn{Conn: raw, driver: raw.(sqliteDriverConn), writer: k.writer, prepared: map[string]*prepared{}}
	if k.writer {
		watch(raw, c.mayCommit, c.rolledBack)
	}
	return c, nil
}

// Driver implements driver.Connector.
func (k *sqliteConnector) Driver() driver.Driver { return nil }

// sqliteDriverConn is what both drivers offer.
type sqliteDriverConn interface {
	driver.ExecerContext
	driver.QueryerContext
	driver.ConnPrepareContext
	driver.ConnBeginTx
}

// sqliteConn is one connection. database/sql lets one goroutine in at a time.
type sqliteConn struct {
	driver.Conn
	driver   sqliteDriverConn
	writer   bool
	prepared map[string]*prepared

	inTx, ending bool  // between begun and ended; our own COMMIT or ROLLBACK is running
	undone       bool  // SQLite rolled back since begun
	gone         error // why the transaction is lost
}

// ExecContext implements driver.ExecerContext.
func (c *sqliteConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.enter(ctx, query, args)
	if err != nil {
		return nil, err
	}
	var res driver.Result
	if s != nil {
		res, err = s.exec.ExecContext(ctx, args)
	} else {
		res, err = c.driver.ExecContext(ctx, query, args)
	}
	return res, c.failed(err)
}

// QueryContext implements driver.QueryerContext.
func (c *sqliteConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.enter(ctx, query, args)
	if err != nil {
		return nil, err
	}
	var rows driver.Rows
	if s != nil {
		rows, err = s.query.QueryContext(ctx, args)
	} else {
		rows, err = c.driver.QueryContext(ctx, query, args)
	}
	if err != nil {
		return nil, c.failed(err)
	}
	if s != nil {
		s.busy = true
	}
	return &sqliteRows{typedRows: rows.(typedRows), conn: c, statement: s}, nil
}

// enter refuses what must not run, and finds the prepared statement; nil means to run query as it is.
func (c *sqliteConn) enter(ctx context.Context, query string, args []driver.NamedValue) (*prepared, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.lost(); err != nil {
		return nil, err
	}
	if utcArgs {
		for i := range args {
			if t, ok := args[i].Value.(time.Time); ok {
				args[i].Value = t.UTC()
			}
		}
	}
	s, err := c.statement(ctx, query)
	return s, c.failed(err)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *sqliteConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.driver.PrepareContext(ctx, query)
	return s, c.failed(err)
}

// BeginTx implements driver.ConnBeginTx.
func (c *sqliteConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.driver.BeginTx(ctx, o)
	return tx, c.failed(err)
}

// Close implements driver.Conn.
func (c *sqliteConn) Close() error {
	for _, s := range c.prepared {
		_ = s.stmt.Close() // it repeats the error of the statement's last run
	}
	clear(c.prepared)
	return c.Conn.Close()
}

// ResetSession implements driver.SessionResetter.
func (c *sqliteConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid implements driver.Validator.
func (c *sqliteConn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

// failed tells what an error means, and whether it took the transaction with it.
func (c *sqliteConn) failed(err error) error {
	if err == nil {
		return nil
	}
	if code := sqliteCode(err) & 0xff; !c.writer || code != codeReadOnly { // the writer's file may be so itself
		err = classify(err)
	}
	if c.undone && !c.ending && c.inTx && c.gone == nil {
		c.gone = fmt.Errorf("%w: SQLite undid it: %w", ErrTxDead, err)
		return c.gone
	}
	return err
}

// mayCommit keeps anything but our own COMMIT from ending a transaction.
func (c *sqliteConn) mayCommit() bool { return !c.inTx || c.ending }

func (c *sqliteConn) rolledBack() { c.undone = true }

func (c *sqliteConn) begun() { c.inTx, c.ending, c.undone, c.gone = true, false, false, nil }

func (c *sqliteConn) end() { c.ending, c.gone = true, nil }

func (c *sqliteConn) ended() { c.inTx, c.ending, c.undone, c.gone = false, false, false, nil }

func (c *sqliteConn) active() bool { return c.inTx && !c.undone }

func (c *sqliteConn) lost() error {
	if c.gone == nil && c.undone && c.inTx && !c.ending {
		c.gone = fmt.Errorf("%w: SQLite undid it", ErrTxDead)
	}
	return c.gone
}

func (c *sqliteConn) aborted() error { return nil }

func (c *sqliteConn) revived() {}

func (c *sqliteConn) kill(err error) {
	if c.gone == nil {
		c.gone = fmt.Errorf("%w: %w", ErrTxDead, err)
	}
}

package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strconv"
	"strings"
	"sync"
)

// conn is a writer's connection with its prepared statements. One goroutine uses it at a time.
type conn struct {
	raw      *sql.Conn
	dialect  string
	prepared map[string]*sql.Stmt
}

// maxPrepared bounds the statements that one connection keeps; beyond it all are dropped and begin anew.
const maxPrepared = 512

func (db *DB) connect(ctx context.Context) (*conn, error) {
	raw, err := db.writers.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{raw: raw, dialect: db.dialect, prepared: map[string]*sql.Stmt{}}, nil
}

func (c *conn) close() error {
	for _, s := range c.prepared {
		s.Close()
	}
	return c.raw.Close()
}

// statement is the prepared form of a query. PostgreSQL's driver keeps its own.
func (c *conn) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := c.prepared[query]; s != nil {
		return s, nil
	}
	s, err := c.raw.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(c.prepared) >= maxPrepared {
		for _, old := range c.prepared {
			old.Close()
		}
		clear(c.prepared)
	}
	c.prepared[query] = s
	return s, nil
}

// PrepareContext implements gorm.ConnPool.
func (c *conn) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return c.raw.PrepareContext(ctx, rebind(c.dialect, query))
}

// ExecContext implements gorm.ConnPool.
func (c *conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if c.dialect == "postgres" {
		return c.raw.ExecContext(ctx, rebind(c.dialect, query), args...)
	}
	if len(args) == 0 { // schema changes: SQLite may not prepare them ahead
		return c.raw.ExecContext(ctx, query)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext implements gorm.ConnPool.
func (c *conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if c.dialect == "postgres" {
		return c.raw.QueryContext(ctx, rebind(c.dialect, query), args...)
	}
	if len(args) == 0 {
		return c.raw.QueryContext(ctx, query)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext implements gorm.ConnPool.
func (c *conn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if c.dialect != "postgres" && len(args) > 0 {
		if s, err := c.statement(ctx, query); err == nil {
			return s.QueryRowContext(ctx, args...)
		}
	}
	return c.raw.QueryRowContext(ctx, rebind(c.dialect, query), args...) // also tells why it can't be prepared
}

// readPool is the read-only connections as gorm wants them.
type readPool struct {
	*sql.DB
	dialect string
}

// ExecContext implements gorm.ConnPool.
func (p *readPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.DB.ExecContext(ctx, rebind(p.dialect, query), args...)
}

// QueryContext implements gorm.ConnPool.
func (p *readPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.DB.QueryContext(ctx, rebind(p.dialect, query), args...)
}

// QueryRowContext implements gorm.ConnPool.
func (p *readPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.DB.QueryRowContext(ctx, rebind(p.dialect, query), args...)
}

var rebound sync.Map // of query to query with $1, for the constants of the program

// rebind turns ? into $1, $2 ... for PostgreSQL. Question marks within quotes stay.
func rebind(dialect, query string) string {
	if dialect != "postgres" || !strings.Contains(query, "?") {
		return query
	}
	if q, ok := rebound.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	n, quote := 0, byte(0)
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?':
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(c)
	}
	rebound.Store(query, b.String())
	return b.String()
}

// drop closes a connection that must not go back to its pool.
func (c *conn) drop() {
	for _, s := range c.prepared {
		s.Close()
	}
	_ = c.raw.Raw(func(any) error { return driver.ErrBadConn }) // makes the pool forget it
	c.raw.Close()
}

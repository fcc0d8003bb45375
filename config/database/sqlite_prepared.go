package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
)

// maxPrepared bounds the statements that a connection keeps.
const maxPrepared = 512

// prepared is a statement that stays on its connection.
type prepared struct {
	stmt  driver.Stmt
	exec  driver.StmtExecContext
	query driver.StmtQueryContext
	busy  bool // rows of it are open: it can't run again before they are closed
}

// statement is the prepared form of query, nil where it has none that could run now.
func (c *sqliteConn) statement(ctx context.Context, query string) (*prepared, error) {
	if s := c.prepared[query]; s != nil {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if !lasting(query) {
		return nil, nil
	}
	stmt, err := c.driver.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(c.prepared) >= maxPrepared {
		c.evict()
	}
	s := &prepared{stmt: stmt, exec: stmt.(driver.StmtExecContext), query: stmt.(driver.StmtQueryContext)}
	c.prepared[query] = s
	return s, nil
}

// evict drops some statement; which one does not matter when there are so many.
func (c *sqliteConn) evict() {
	for query, s := range c.prepared {
		if !s.busy {
			delete(c.prepared, query)
			_ = s.stmt.Close()
			return
		}
	}
}

// lasting tells whether a statement may be kept: one statement alone, and neither DDL, which comes once,
// nor a PRAGMA, which may act when it is prepared and not when it is run.
func lasting(query string) bool {
	query = strings.TrimSpace(query)
	if i := strings.IndexByte(query, ';'); i >= 0 && i < len(query)-1 {
		return false
	}
	word, _, _ := strings.Cut(query, " ")
	if i := strings.IndexAny(word, "\n\t("); i >= 0 {
		word = word[:i]
	}
	switch strings.ToUpper(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH",
		"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE":
		return true
	}
	return false
}

// typedRows is what both drivers' rows offer.
type typedRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypeScanType
}

// sqliteRows gives its statement back when it is closed.
type sqliteRows struct {
	typedRows
	conn      *sqliteConn
	statement *prepared
}

// Next implements driver.Rows.
func (r *sqliteRows) Next(dest []driver.Value) error {
	err := r.typedRows.Next(dest)
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return r.conn.failed(err)
}

// Close implements driver.Rows.
func (r *sqliteRows) Close() error {
	err := r.typedRows.Close()
	if r.statement != nil {
		r.statement.busy = false
	}
	return r.conn.failed(err)
}

package points

import (
	"context"

	"gorm.io/gorm"
)

// Ledger posts transfers and reads what they add up to. It keeps no state of its own
// and is safe for concurrent use.
type Ledger struct {
	conn func(context.Context) *gorm.DB
	tx   func(context.Context, func(context.Context) error) error
}

// New returns the ledger over a database with this package's Migrations. conn gives
// the transaction that ctx carries, or else a connection for reading; tx runs a
// function in a transaction, or in a savepoint of the one that ctx carries.
func New(conn func(context.Context) *gorm.DB, tx func(context.Context, func(context.Context) error) error) *Ledger {
	return &Ledger{conn: conn, tx: tx}
}

// db is one connection or transaction with prepared statements and ? placeholders.
type db struct {
	gorm.ConnPool
	postgres bool
}

// on returns the database that ctx belongs to.
func (l *Ledger) on(ctx context.Context) db {
	conn := l.conn(ctx)
	return db{ConnPool: conn.Statement.ConnPool, postgres: conn.Name() == "postgres"}
}

// inTx tells whether statements run in a transaction: what could begin one is not in one.
func (d db) inTx() bool {
	switch d.ConnPool.(type) {
	case gorm.TxBeginner, gorm.ConnPoolBeginner:
		return false
	}
	return true
}

// exec runs a statement and returns how many rows it changed.
func (d db) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	result, err := d.ExecContext(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// each calls fn for each row of a query. fn scans it.
func (d db) each(ctx context.Context, fn func(scan func(...any) error) error, sql string, args ...any) error {
	rows, err := d.QueryContext(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

package database

import (
	"context"
	"database/sql"
	"errors"
)

// A scope is the ConnPool that gorm, and SQL beside gorm, runs on inside a transaction.

// ready opens the savepoints and gives the ctx to run a statement with.
func (s *scope) ready(ctx context.Context) (context.Context, error) {
	if s.state != running {
		return nil, errOver
	}
	if err := s.tx.state.lost(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !s.opened {
		if err := s.open(); err != nil {
			return nil, err
		}
	}
	if s.tx.atOnce {
		return context.Background(), nil
	}
	return ctx, nil
}

// ExecContext implements gorm.ConnPool.
func (s *scope) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, err := s.ready(ctx)
	if err != nil {
		return nil, err
	}
	return s.tx.conn.ExecContext(ctx, query, args...)
}

// QueryContext implements gorm.ConnPool.
func (s *scope) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, err := s.ready(ctx)
	if err != nil {
		return nil, err
	}
	return s.tx.conn.QueryContext(ctx, query, args...)
}

// QueryRowContext implements gorm.ConnPool.
func (s *scope) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ready, err := s.ready(ctx)
	if err != nil {
		ready = failed{ctx, err} // a Row takes its error only from there
	}
	return s.tx.conn.QueryRowContext(ready, query, args...)
}

// PrepareContext implements gorm.ConnPool.
func (s *scope) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	ctx, err := s.ready(ctx)
	if err != nil {
		return nil, err
	}
	return s.tx.conn.PrepareContext(ctx, query)
}

// Commit implements gorm.TxCommitter, so that gorm's own Transaction uses savepoints; Tx alone commits.
func (s *scope) Commit() error { return errors.New("only Tx commits its transaction") }

// Rollback implements gorm.TxCommitter.
func (s *scope) Rollback() error {
	return errors.New("only Tx undoes its transaction: return an error")
}

// failed is a ctx that is over for a reason of ours.
type failed struct {
	context.Context
	reason error
}

// Err implements context.Context.
func (f failed) Err() error { return f.reason }

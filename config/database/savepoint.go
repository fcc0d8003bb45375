package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
)

func (s *scope) nested(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	if s.tx.dead != nil {
		return s.tx.dead
	}
	in := &scope{db: s.db, tx: s.tx, parent: s, depth: s.depth + 1}
	finished := false
	defer func() {
		if !finished { // a panic goes on
			_ = in.back()
		}
	}()
	err = fn(context.WithValue(ctx, scopeKey{s.db}, in))
	finished = true
	if s.tx.dead != nil {
		in.undo()
		return errors.Join(err, s.tx.dead)
	}
	if err != nil {
		if dead := in.back(); dead != nil {
			return errors.Join(err, dead)
		}
		return err
	}
	if in.opened {
		if err := in.send("RELEASE s" + strconv.Itoa(in.depth)); err != nil {
			s.tx.dead = fmt.Errorf("%w: release: %w", ErrTxDead, err)
			in.undo()
			return s.tx.dead
		}
	}
	s.commits = append(s.commits, in.commits...)
	s.rollbacks = append(s.rollbacks, in.rollbacks...)
	return nil
}

// back undoes a savepoint.
func (s *scope) back() error {
	defer s.undo()
	if !s.opened {
		return nil
	}
	name := "s" + strconv.Itoa(s.depth)
	for _, stmt := range [...]string{"ROLLBACK TO " + name, "RELEASE " + name} {
		if err := s.send(stmt); err != nil {
			s.tx.dead = fmt.Errorf("%w: %s: %w", ErrTxDead, stmt, err)
			return s.tx.dead
		}
	}
	return nil
}

// Alive tells whether the transaction in ctx can still be committed: nil, or an error that is ErrTxDead.
func (db *DB) Alive(ctx context.Context) error {
	s := scopeOf(ctx, db)
	if s == nil || s.tx.dead != nil {
		if s != nil {
			return s.tx.dead
		}
		return nil
	}
	if err := s.probe(); err != nil {
		s.tx.dead = fmt.Errorf("%w: %w", ErrTxDead, err)
	}
	return s.tx.dead
}

func (s *scope) probe() error {
	if s.db.dialect == "postgres" {
		return s.send("SELECT 1")
	}
	live, err := inTransaction(s.tx.conn.raw)
	if err != nil {
		return err
	}
	if !live {
		return errors.New("SQLite rolled it back")
	}
	return nil
}

// inTransaction tells whether SQLite's connection is in a transaction: BEGIN within one fails.
func inTransaction(c *sql.Conn) (bool, error) {
	_, err := c.ExecContext(context.Background(), "BEGIN")
	if err != nil {
		return true, nil
	}
	_, err = c.ExecContext(context.Background(), "ROLLBACK")
	return false, err
}

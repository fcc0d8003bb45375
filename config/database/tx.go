package database

import (
	"context"
	"errors"
	"fmt"
)

// tx is one transaction. It belongs to one goroutine.
type tx struct {
	*writer
	inner *scope // the innermost scope that runs
}

// Tx runs fn in a transaction and commits what it wrote. An error of fn, a panic or a ctx that is done
// undoes it.
//
// Where ctx carries a transaction, fn runs in a savepoint of it, which costs nothing until fn runs its
// first statement. An error or a panic then undoes what fn wrote and leaves the rest as it was. When the
// whole transaction is lost (a full disk, a broken connection), this Tx and all around it answer
// ErrTxDead, whatever fn answers, and nothing is kept.
//
// On SQLite one transaction runs at a time, and others wait for it as long as their ctx lasts; a Tx with
// a ctx that does not carry the transaction around it waits for itself.
func (db *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if s := db.scope(ctx); s != nil {
		return s.nest(ctx, fn)
	}
	w, err := db.start(ctx)
	if err != nil {
		return err
	}
	defer db.release(w)
	return db.run(ctx, w, fn)
}

// run runs fn in the transaction that has begun on w, and ends it.
func (db *DB) run(ctx context.Context, w *writer, fn func(ctx context.Context) error) error {
	s := &scope{db: db, tx: &tx{writer: w}, opened: true}
	returned := false
	defer func() {
		if !returned { // a panic, which goes on
			w.rollback()
			s.undo()
		}
	}()
	err := s.call(ctx, fn)
	returned = true
	if err == nil {
		err = ctx.Err()
	}
	if dead := w.state.lost(); dead != nil {
		err = bothOf(dead, err)
	}
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		w.rollback()
		s.undo()
		return err
	}
	s.keep()
	return nil
}

// Alive tells whether the transaction in ctx can still be committed, at least after the innermost Tx is
// undone. If not, the error is ErrTxDead. Without a transaction in ctx it is an error too.
func (db *DB) Alive(ctx context.Context) error {
	s := db.scope(ctx)
	switch {
	case s == nil:
		return errors.New("no transaction in this context")
	case s.state != running:
		return errOver
	}
	if err := s.tx.state.lost(); err != nil {
		return err
	}
	if err := s.tx.state.aborted(); err != nil && !s.tx.hasSavepoint() {
		return fmt.Errorf("%w: %w", ErrTxDead, err)
	}
	return nil
}

func (t *tx) hasSavepoint() bool {
	for s := t.inner; s != nil; s = s.parent {
		if s.opened && s.parent != nil {
			return true
		}
	}
	return false
}

// bothOf is dead, together with what else went wrong.
func bothOf(dead, err error) error {
	switch {
	case err == nil:
		return dead
	case errors.Is(err, ErrTxDead):
		return err
	}
	return fmt.Errorf("%w; %w", dead, err)
}

package database

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"
)

// scope is what one call of Tx runs in: the transaction itself, or a savepoint in it.
type scope struct {
	db     *DB
	tx     *tx
	parent *scope // nil for the transaction itself
	depth  int
	ctx    context.Context // the one that fn was given, for gorm's handle
	handle *gorm.DB        // made when first asked for

	state    scopeState
	opened   bool // the SAVEPOINT was sent
	onCommit []func()
	onUndo   []func()
}

type scopeState int

const (
	running scopeState = iota
	merged             // the savepoint was released into its parent
	kept               // committed
	undone
)

type scopeKey struct{ db *DB }

func (db *DB) scope(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{db}).(*scope)
	return s
}

// call runs fn as the innermost scope.
func (s *scope) call(ctx context.Context, fn func(ctx context.Context) error) error {
	s.ctx = context.WithValue(ctx, scopeKey{s.db}, s)
	s.tx.inner = s
	defer func() { s.tx.inner = s.parent }()
	return fn(s.ctx)
}

// nest runs fn in a savepoint of the scope that runs now, which s may be, or be around.
func (s *scope) nest(ctx context.Context, fn func(ctx context.Context) error) error {
	if s.state != running {
		return errOver
	}
	if err := s.tx.state.lost(); err != nil {
		return err
	}
	outer := s.tx.inner
	in := &scope{db: s.db, tx: s.tx, parent: outer, depth: outer.depth + 1}
	returned := false
	defer func() {
		if !returned { // a panic, which goes on
			_ = in.back()
		}
	}()
	err := in.call(ctx, fn)
	returned = true
	if err == nil {
		err = in.release()
	}
	if err != nil {
		return in.fail(err)
	}
	if dead := s.tx.state.lost(); dead != nil {
		return in.fail(dead)
	}
	in.state = merged
	outer.onCommit = append(outer.onCommit, in.onCommit...)
	outer.onUndo = append(outer.onUndo, in.onUndo...)
	return nil
}

// fail undoes the savepoint because of err.
func (s *scope) fail(err error) error {
	if dead := s.back(); dead != nil {
		return bothOf(dead, err)
	}
	return err
}

// open sends the savepoints that have not been needed until now, the outer ones first.
func (s *scope) open() error {
	if s.opened {
		return nil
	}
	if err := s.parent.open(); err != nil {
		return err
	}
	if err := s.tx.send("SAVEPOINT " + s.name()); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	s.opened = true
	return nil
}

func (s *scope) name() string { return "weilu" + strconv.Itoa(s.depth) }

func (s *scope) release() error {
	if !s.opened {
		return nil
	}
	if err := s.tx.state.lost(); err != nil {
		return err
	}
	if err := s.tx.state.aborted(); err != nil {
		return err
	}
	return s.tx.send("RELEASE " + s.name())
}

// back undoes the savepoint. Its error is ErrTxDead.
func (s *scope) back() error {
	defer s.undo()
	if err := s.tx.state.lost(); err != nil || !s.opened {
		return err
	}
	for _, query := range [...]string{"ROLLBACK TO ", "RELEASE "} {
		if err := s.tx.send(query + s.name()); err != nil {
			s.tx.state.kill(err)
			return s.tx.state.lost()
		}
	}
	s.tx.state.revived()
	return nil
}

// undo runs the OnRollback functions, the latest first.
func (s *scope) undo() {
	s.state = undone
	for i := len(s.onUndo) - 1; i >= 0; i-- {
		s.onUndo[i]()
	}
}

// keep runs the OnCommit functions, in order.
func (s *scope) keep() {
	s.state = kept
	for _, fn := range s.onCommit {
		fn()
	}
}

// OnCommit runs fn once the transaction in ctx is durable, after those registered before it; without a
// transaction, at once. It is forgotten when the Tx that it was registered in, or one around it, is
// undone. The next transaction on SQLite starts after fn has returned, so what fn caches is in order, and
// fn must not call Tx.
func (db *DB) OnCommit(ctx context.Context, fn func()) {
	s := db.registrar(ctx)
	switch {
	case s == nil || s.state == kept:
		fn()
	case s.state == running:
		s.onCommit = append(s.onCommit, fn)
	}
}

// OnRollback runs fn when the Tx that it was registered in, or one around it, is undone: the latest
// first. Without a transaction it is forgotten.
func (db *DB) OnRollback(ctx context.Context, fn func()) {
	s := db.registrar(ctx)
	switch {
	case s == nil:
	case s.state == undone:
		fn()
	case s.state == running:
		s.onUndo = append(s.onUndo, fn)
	}
}

// registrar is the scope in ctx, or the one it was merged into.
func (db *DB) registrar(ctx context.Context) *scope {
	s := db.scope(ctx)
	for s != nil && s.state == merged {
		s = s.parent
	}
	return s
}

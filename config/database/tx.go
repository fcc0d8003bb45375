package database

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"
)

// scope is a transaction, or a savepoint within one.
type scope struct {
	db     *DB
	tx     *transaction
	parent *scope // nil for the transaction itself
	opened bool   // the SAVEPOINT was sent
	depth  int

	commits, rollbacks []func()
}

// transaction is what all scopes of one transaction share.
type transaction struct {
	conn   *conn
	handle *gorm.DB
	dead   error
}

type scopeKey struct{ db *DB }

func scopeOf(ctx context.Context, db *DB) *scope {
	s, _ := ctx.Value(scopeKey{db}).(*scope)
	return s
}

// conn is the handle of the transaction; the savepoints that ctx stands in are opened first.
func (s *scope) conn() *gorm.DB {
	s.open()
	return s.tx.handle
}

func (s *scope) open() {
	if s.opened || s.tx.dead != nil {
		return
	}
	s.parent.open()
	if err := s.send("SAVEPOINT s" + strconv.Itoa(s.depth)); err != nil {
		s.tx.dead = fmt.Errorf("%w: savepoint: %w", ErrTxDead, err)
		return
	}
	s.opened = true
}

// send runs a statement that steers the transaction. It is not cut short: half a transaction helps nobody.
func (s *scope) send(stmt string) error {
	_, err := s.tx.conn.raw.ExecContext(context.Background(), stmt)
	return full(err)
}

// Tx runs fn in a transaction. Where ctx carries one already, fn runs in a savepoint of it, which is only
// opened when fn first uses Conn. An error or a panic of fn undoes what it wrote; ErrTxDead means that the
// whole transaction is lost, and it is answered by every Tx around.
func (db *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	if outer := scopeOf(ctx, db); outer != nil {
		return outer.nested(ctx, fn)
	}
	if db.readOnly {
		return ErrReadOnly
	}
	c, done, err := db.acquire(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", full(err))
	}
	s := &scope{db: db, tx: &transaction{conn: c}, opened: true}
	begin := "BEGIN IMMEDIATE"
	if db.dialect == "postgres" {
		begin = "BEGIN"
	}
	if err := s.send(begin); err != nil {
		done(true)
		return fmt.Errorf("begin: %w", err)
	}
	finished := false
	defer func() {
		if !finished { // a panic goes on
			done(s.rollback() != nil)
		}
	}()
	inside := context.WithValue(ctx, scopeKey{db}, s)
	s.tx.handle = db.write.Session(&gorm.Session{NewDB: true, Context: inside})
	s.tx.handle.Statement.ConnPool = c
	err = fn(inside)
	finished = true
	if err == nil {
		err = s.tx.dead
	}
	if err == nil {
		if err = s.send("COMMIT"); err == nil {
			done(false)
			for _, f := range s.commits {
				f()
			}
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	done(s.rollback() != nil || broken(err))
	return full(err)
}

// rollback undoes the transaction. SQLite may have done so by itself, which is as good.
func (s *scope) rollback() error {
	err := s.send("ROLLBACK")
	s.undo()
	if err != nil && s.db.dialect == "sqlite" && sqliteCode(err) == 1 { // no transaction is active
		return nil
	}
	return err
}

func (s *scope) undo() {
	for i := len(s.rollbacks) - 1; i >= 0; i-- {
		s.rollbacks[i]()
	}
	s.commits, s.rollbacks = nil, nil
}

package database

import (
	"context"
	"database/sql"
	"errors"
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

// OnCommit runs fn after the transaction in ctx is durable; without one, at once. It is dropped when its
// scope is undone.
func (db *DB) OnCommit(ctx context.Context, fn func()) {
	if s := scopeOf(ctx, db); s != nil {
		s.commits = append(s.commits, fn)
		return
	}
	fn()
}

// OnRollback runs fn when the innermost scope in ctx, or one around it, is undone; the latest first.
func (db *DB) OnRollback(ctx context.Context, fn func()) {
	if s := scopeOf(ctx, db); s != nil {
		s.rollbacks = append(s.rollbacks, fn)
	}
}

// acquire takes a writer's connection; done gives it back, or drops it when it is broken.
func (db *DB) acquire(ctx context.Context) (c *conn, done func(broken bool), err error) {
	if db.dialect == "postgres" {
		if c, err = db.connect(ctx); err != nil {
			return nil, nil, err
		}
		return c, func(bool) { c.close() }, nil
	}
	select {
	case db.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if db.pinned == nil {
		if db.pinned, err = db.connect(ctx); err != nil {
			<-db.slot
			return nil, nil, err
		}
	}
	return db.pinned, func(broken bool) {
		if broken {
			db.pinned.drop()
			db.pinned = nil
		}
		<-db.slot
	}, nil
}

// Snapshot runs fn with a ctx in which all reads see the same moment, beside any writer.
func (db *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	raw, err := db.readers.Conn(ctx)
	if err != nil {
		return err
	}
	defer raw.Close()
	begin := "BEGIN"
	if db.dialect == "postgres" {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	c := &conn{raw: raw, dialect: db.dialect, prepared: map[string]*sql.Stmt{}}
	s := &scope{db: db, tx: &transaction{conn: c}, opened: true}
	if err := s.send(begin); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	inside := context.WithValue(ctx, scopeKey{db}, s)
	s.tx.handle = db.read.Session(&gorm.Session{NewDB: true, Context: inside})
	s.tx.handle.Statement.ConnPool = c
	defer func() {
		for _, p := range c.prepared {
			p.Close()
		}
		_ = s.send("ROLLBACK") // nothing was written
	}()
	return fn(inside)
}

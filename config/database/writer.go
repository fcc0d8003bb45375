package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// endWithin is how long PostgreSQL may take over a COMMIT or ROLLBACK, which no ctx cuts short.
const endWithin = 30 * time.Second

// txState is what a driver connection knows of the transaction on it.
type txState interface {
	begun()         // BEGIN succeeded
	end()           // our own COMMIT or ROLLBACK comes next
	ended()         // the transaction is over, one way or the other
	active() bool   // the engine has a transaction open
	lost() error    // why the transaction is gone though we did not end it; is ErrTxDead
	aborted() error // why the engine takes nothing but a rollback
	revived()       // a savepoint was restored
	kill(error)     // it must not be used any more
}

// writer is a connection that holds, or is about to hold, a transaction.
type writer struct {
	conn   *sql.Conn
	state  txState
	begin  string
	atOnce bool // statements are short and local: a ctx stops a transaction between them, never inside one
	broken bool // must not be used again
}

func (db *DB) openWriter(ctx context.Context) (*writer, error) {
	w, err := pin(ctx, db.writers)
	if err != nil {
		return nil, err
	}
	w.begin = "BEGIN"
	if db.dialect == "sqlite" {
		w.begin, w.atOnce = "BEGIN IMMEDIATE", true
		if err := checkWriter(ctx, w.conn); err != nil {
			w.discard()
			return nil, err
		}
	}
	return w, nil
}

func pin(ctx context.Context, pool *sql.DB) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn}
	err = conn.Raw(func(c any) error {
		w.state = c.(txState)
		return nil
	})
	return w, err
}

// acquire waits for the right to write.
func (db *DB) acquire(ctx context.Context) (*writer, error) {
	if db.readOnly {
		return nil, ErrReadOnly
	}
	if db.dialect == "postgres" {
		return db.openWriter(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case db.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the writer: %w", ctx.Err())
	}
	var err error
	switch {
	case db.closed:
		err = errClosed
	case db.pinned == nil:
		db.pinned, err = db.openWriter(ctx)
	}
	if err != nil {
		<-db.slot
		return nil, err
	}
	return db.pinned, nil
}

// release gives the right to write on.
func (db *DB) release(w *writer) {
	if w.broken {
		w.discard()
	}
	if db.dialect == "postgres" {
		if !w.broken {
			_ = w.conn.Close() // hands it back to its pool
		}
		return
	}
	if w.broken {
		db.pinned = nil
	}
	<-db.slot
}

// discard closes a connection for good. Rows that somebody forgot to close would make it wait, and no
// transaction may wait for that.
func (w *writer) discard() {
	go func() {
		_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = w.conn.Close()
	}()
}

// start acquires a writer and begins a transaction on it. A connection that died while it lay idle is
// replaced by another.
func (db *DB) start(ctx context.Context) (*writer, error) {
	for attempt := 0; ; attempt++ {
		w, err := db.acquire(ctx)
		if err != nil {
			return nil, fmt.Errorf("begin: %w", err)
		}
		if err = w.start(ctx); err == nil {
			return w, nil
		}
		db.release(w)
		if !w.broken || attempt == 2 {
			return nil, fmt.Errorf("begin: %w", err)
		}
	}
}

func (w *writer) start(ctx context.Context) error {
	if w.atOnce {
		ctx = context.Background()
	}
	_, err := w.conn.ExecContext(ctx, w.begin)
	if err != nil {
		w.broken = !IsRetryable(err) && ctx.Err() == nil
		return err
	}
	w.state.begun()
	return nil
}

// send runs a statement that steers the transaction, to its end.
func (w *writer) send(query string) error {
	ctx := context.Background()
	if !w.atOnce {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, endWithin)
		defer stop()
	}
	_, err := w.conn.ExecContext(ctx, query)
	return err
}

// commit ends the transaction. When it fails, nothing was kept, but for a connection that broke while
// PostgreSQL was answering: then nobody knows.
func (w *writer) commit() error {
	if err := w.state.lost(); err != nil {
		return err
	}
	if err := w.state.aborted(); err != nil { // PostgreSQL would call its rollback a success
		return fmt.Errorf("%w: %w", ErrTxDead, err)
	}
	w.state.end()
	if err := w.send("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	w.state.ended()
	return nil
}

// rollback undoes the transaction, unless that has happened already.
func (w *writer) rollback() {
	if w.state.lost() != nil { // a fresh connection is the safest ground after that
		w.broken = true
	}
	w.state.end()
	if w.state.active() && w.send("ROLLBACK") != nil {
		w.broken = true
	}
	w.state.ended()
}

package database

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// pulse is how often a leader proves that its session lives, and how long the answer may take.
const pulse = 5 * time.Second

// LeaderLock makes this process the only one that holds name on a PostgreSQL database. The lock lies on a
// session of its own, which lasts until release; lost is closed when the session breaks before that, and
// then another process may hold it. ErrLocked says that another holds it now. On SQLite the data
// directory's Lock serves this, and LeaderLock does nothing.
func LeaderLock(ctx context.Context, db *DB, name string) (release func() error, lost <-chan struct{}, err error) {
	gone := make(chan struct{})
	if db.dialect != "postgres" {
		return func() error { return nil }, gone, nil
	}
	session, err := pgx.Connect(ctx, db.dsn)
	if err != nil {
		return nil, nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if err := tryLock(ctx, session, "weilu leader "+name); err != nil {
		_ = session.Close(ctx)
		return nil, nil, fmt.Errorf("lock %s: %w", name, err)
	}
	live, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- hold(live, session, gone) }()
	return func() error {
		stop()
		err := <-done
		done <- err // for whoever calls again
		return err
	}, gone, nil
}

// A process that was killed holds its lock until the server has noticed: that long a new one tries.
const (
	lockTries = 20
	lockEvery = 100 * time.Millisecond
)

func tryLock(ctx context.Context, session *pgx.Conn, name string) error {
	for try := 1; ; try++ {
		var got bool
		err := session.QueryRow(ctx, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name).Scan(&got)
		if err != nil || got {
			return err
		}
		if try == lockTries {
			return ErrLocked
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockEvery):
		}
	}
}

// hold watches the session until ctx is done, and closes it.
func hold(ctx context.Context, session *pgx.Conn, lost chan struct{}) error {
	for ctx.Err() == nil && answers(ctx, session) {
	}
	if ctx.Err() == nil {
		close(lost)
	}
	closing, stop := context.WithTimeout(context.Background(), pulse)
	defer stop()
	return session.Close(closing)
}

// answers listens for a pulse, and asks when nothing was heard.
func answers(ctx context.Context, session *pgx.Conn) bool {
	listening, stop := context.WithTimeout(ctx, pulse)
	defer stop()
	_, err := session.WaitForNotification(listening)
	if err == nil || ctx.Err() != nil {
		return true
	}
	if !errors.Is(err, context.DeadlineExceeded) || session.IsClosed() {
		return false
	}
	asking, stop := context.WithTimeout(ctx, pulse)
	defer stop()
	return session.Ping(asking) == nil || ctx.Err() != nil
}

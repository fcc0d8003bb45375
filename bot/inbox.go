package bot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// accept takes the event's row in the inbox. A row that exists means that the event was accepted before.
func (e *Engine) accept(ctx context.Context, ev *Event) (seq int64, isNew bool, err error) {
	if ev.ID == "" {
		return 0, false, errors.New("accept: event without an id")
	}
	const insert = `INSERT INTO inbox (id, kind, at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`
	conn := e.db.Conn(ctx)
	if conn.Name() == "postgres" {
		err = conn.Statement.ConnPool.QueryRowContext(ctx, insert+` RETURNING seq`, ev.ID, string(ev.Kind), ev.At.UnixMilli()).Scan(&seq)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, false, nil
		}
	} else {
		var res sql.Result
		if res, err = conn.Statement.ConnPool.ExecContext(ctx, insert, ev.ID, string(ev.Kind), ev.At.UnixMilli()); err == nil {
			if n, _ := res.RowsAffected(); n == 0 {
				return 0, false, nil
			}
			seq, err = res.LastInsertId()
		}
	}
	if err != nil {
		return 0, false, fmt.Errorf("accept: %w", err)
	}
	return seq, true, nil
}

// setAside accepts an event that makes the machine panic, so that it blocks nothing behind it, and keeps why.
func (e *Engine) setAside(ctx context.Context, ev Event, why error) error {
	tidy(&ev, e.opts.Names)
	_, _, err := e.accept(ctx, &ev)
	if err != nil {
		return err
	}
	if j := e.jobs[ev.Job]; ev.Kind == Tick && j != nil && j.Ritual {
		if _, err := e.end(ctx, Occurrence{Job: ev.Job, Key: ev.Key, Slot: ev.Slot}, Skipped, SkippedFailed, ev.At); err != nil {
			return err
		}
	}
	_, err = exec(ctx, e.db, `UPDATE inbox SET problem = ? WHERE id = ?`, Clean(why.Error()), ev.ID)
	return err
}

// Accepted tells the inbox number of an event and whether it has been accepted.
func Accepted(ctx context.Context, s Storage, id string) (seq int64, ok bool, err error) {
	err = s.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT seq FROM inbox WHERE id = ?`, shorten(id)).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return seq, err == nil, err
}

package bot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	beatEvery = 30 * time.Second // how often it is kept that the program is awake
	outage    = 2 * time.Minute  // shorter gaps are none: a restart, a slow disk
)

// Outage is a time in which the bot heard and said nothing.
type Outage struct {
	From, To  time.Time
	Transport string // the one that had lost its login; empty: the whole program was down
}

// beat keeps that the program is awake at an instant. With live, a gap since the last beat was an outage;
// without, time has passed through it.
func (e *Engine) beat(ctx context.Context, at time.Time, live bool) error {
	if at.Sub(e.beaten) < beatEvery && !at.Before(e.beaten) {
		return nil
	}
	err := e.Do(ctx, func(ctx context.Context) error {
		var from, to int64
		err := e.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT from_at, to_at FROM beats ORDER BY from_at DESC LIMIT 1`).Scan(&from, &to)
		now := at.UnixMilli()
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		case err == nil && now <= to: // the clock was set back
			return nil
		case err == nil && (!live || now-to < outage.Milliseconds()):
			_, err = exec(ctx, e.db, `UPDATE beats SET to_at = ? WHERE from_at = ? AND to_at < ?`, now, from, now)
			return err
		}
		_, err = exec(ctx, e.db, `INSERT INTO beats (from_at, to_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, now, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	e.beaten = at
	return nil
}

// login keeps that a transport was logged in, or lost its login.
func (e *Engine) login(ctx context.Context, r *Request) error {
	_, err := exec(ctx, e.db, `INSERT INTO logins (at, transport, up) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		r.At.UnixMilli(), r.Transport, bit(r.Kind == SessionUp))
	if err != nil {
		return fmt.Errorf("keep login: %w", err)
	}
	return nil
}

// Outages are the times between two instants in which the bot heard and said nothing, in their order: those
// of the program that took 2 minutes or longer, and those of each transport between a lost login and the
// next. What was before the first sign of life is none. They are cut to the two instants.
func Outages(ctx context.Context, s Storage, from, to time.Time) ([]Outage, error) {
	list, err := sleeps(ctx, s, from, to)
	if err != nil {
		return nil, err
	}
	lost, err := logouts(ctx, s, from, to)
	if err != nil {
		return nil, err
	}
	list = append(list, lost...)
	slices.SortStableFunc(list, func(a, b Outage) int { return a.From.Compare(b.From) })
	return list, nil
}

func sleeps(ctx context.Context, s Storage, from, to time.Time) (list []Outage, err error) {
	rows, err := s.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT from_at, to_at FROM beats
		WHERE from_at <= ? AND to_at >= (SELECT COALESCE(MAX(to_at), 0) FROM beats WHERE to_at <= ?) ORDER BY from_at`,
		to.UnixMilli(), from.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("read heartbeats: %w", err)
	}
	defer rows.Close()
	var last time.Time
	for rows.Next() {
		var begin, end int64
		if err := rows.Scan(&begin, &end); err != nil {
			return nil, fmt.Errorf("read heartbeats: %w", err)
		}
		if !last.IsZero() {
			list = overlap(list, Outage{From: last, To: FromMillis(begin)}, from, to)
		}
		last = FromMillis(end)
	}
	if !last.IsZero() {
		list = overlap(list, Outage{From: last, To: to}, from, to)
	}
	return list, rows.Err()
}

// overlap adds the part of an outage that lies between two instants.
func overlap(list []Outage, o Outage, from, to time.Time) []Outage {
	if o.Transport == "" && o.To.Sub(o.From) < outage {
		return list
	}
	if o.From.Before(from) {
		o.From = from.UTC()
	}
	if o.To.After(to) {
		o.To = to.UTC()
	}
	if o.From.Before(o.To) {
		list = append(list, o)
	}
	return list
}

func logouts(ctx context.Context, s Storage, from, to time.Time) (list []Outage, err error) {
	rows, err := s.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT transport, at, up FROM logins WHERE at <= ? ORDER BY transport, at, up`, to.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("read logins: %w", err)
	}
	defer rows.Close()
	var transport string
	var down time.Time
	for rows.Next() {
		var name string
		var at int64
		var up int
		if err := rows.Scan(&name, &at, &up); err != nil {
			return nil, fmt.Errorf("read logins: %w", err)
		}
		if name != transport {
			if !down.IsZero() {
				list = overlap(list, Outage{down, to, transport}, from, to)
			}
			transport, down = name, time.Time{}
		}
		switch {
		case up == 0 && down.IsZero():
			down = FromMillis(at)
		case up == 1 && !down.IsZero():
			list = overlap(list, Outage{down, FromMillis(at), transport}, from, to)
			down = time.Time{}
		}
	}
	if !down.IsZero() {
		list = overlap(list, Outage{down, to, transport}, from, to)
	}
	return list, rows.Err()
}

// Awake is the first and the last sign of life of the program on this data; ok is false where there was none.
func Awake(ctx context.Context, s Storage) (first, last time.Time, ok bool, err error) {
	var from, to sql.NullInt64
	if err := s.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT MIN(from_at), MAX(to_at) FROM beats`).Scan(&from, &to); err != nil {
		return first, last, false, fmt.Errorf("read heartbeats: %w", err)
	}
	return FromMillis(from.Int64), FromMillis(to.Int64), from.Valid, nil
}

package bot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// hold is a row of holds: a transport that the other side wants to be slower, or, without a name, everything,
// because a manager said so.
type hold struct {
	name    string
	since   time.Time
	until   time.Time // zero: until it is taken back
	strikes int       // how many limits followed each other
	by      string    // the member who paused
}

// everything is the name of the hold that managers ask for.
const everything = ""

func readHold(ctx context.Context, s Storage, name string) (h hold, ok bool, err error) {
	h.name = name
	var since, until int64
	err = s.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT since, until, strikes, by_member FROM holds WHERE name = ?`, name).
		Scan(&since, &until, &h.strikes, &h.by)
	if errors.Is(err, sql.ErrNoRows) {
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("read hold %q: %w", name, err)
	}
	h.since, h.until = FromMillis(since), FromMillis(until)
	return h, true, nil
}

func writeHold(ctx context.Context, s Storage, h hold) error {
	_, err := exec(ctx, s, `INSERT INTO holds (name, since, until, strikes, by_member) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET since = excluded.since, until = excluded.until, strikes = excluded.strikes, by_member = excluded.by_member`,
		h.name, Millis(h.since), Millis(h.until), h.strikes, h.by)
	if err != nil {
		return fmt.Errorf("write hold %q: %w", h.name, err)
	}
	return nil
}

// paused tells whether a manager paused everything.
func paused(ctx context.Context, s Storage, now time.Time) (h hold, on bool, err error) {
	h, ok, err := readHold(ctx, s, everything)
	return h, ok && (h.until.IsZero() || now.Before(h.until)), err
}

// recall makes the pacer of a transport from what the outbox says of its last day.
func recall(ctx context.Context, s Storage, name string, pace Pace, zone *time.Location, now time.Time, chance *rand.Rand) (*pacer, error) {
	p := newPacer(name, pace, zone, chance)
	rows, err := s.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT sent_at, group_id,
		CASE WHEN COALESCE(LENGTH(picture), 0) > 0 THEN 1 ELSE 0 END, CASE WHEN text <> '' THEN 1 ELSE 0 END,
		CASE WHEN merge_key <> '' THEN 1 ELSE 0 END FROM outbox
		WHERE sent_at > 0 AND transport = ? AND sent_at > ? AND id = head ORDER BY sent_at, id`, name, now.Add(-24*time.Hour).UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("recall what %s said: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var picture, text, merge int
		var said spoken
		if err := rows.Scan(&at, &said.group, &picture, &text, &merge); err != nil {
			return nil, fmt.Errorf("recall what %s said: %w", name, err)
		}
		// Rounded up, so that no limit is passed by a moment; a clock that was ahead must not silence us.
		if said.at = FromMillis(at + 1); said.at.After(now) {
			said.at = now
		}
		said.picture, said.weight = picture == 1, weigh(picture == 1, text == 1)
		said.merged = merge == 1
		p.note(said)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("recall what %s said: %w", name, err)
	}
	var held bool
	if p.limit, held, err = readHold(ctx, s, name); err != nil {
		return nil, err
	}
	if n := len(p.sent); held && n > 0 {
		p.better = p.sent[n-1].at.After(p.limit.since)
	}
	return p, nil
}

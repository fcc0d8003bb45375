package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// walk goes along what waits for a transport, in order, and finds what may be said now. Whoever waits for the
// same receiver with the same urgency keeps their order: where one has to wait, those behind it wait too. Only a
// merged answer may be said earlier, in the message of an older one.
type walk struct {
	e     *Engine
	p     *pacer
	now   time.Time
	least Priority
	next  time.Time // when something that has to wait now may be said; zero: not known

	resting    []string
	heavy      time.Time // when something of weight two may be said
	pictures   time.Time
	night      bool
	from, till time.Time
}

// lane is what keeps its order.
type lane struct {
	priority      Priority
	group, member string
}

// waiting is a row of the outbox, as far as its turn depends on it.
type waiting struct {
	id             int64
	lane           lane
	feature, merge string
	picture        bool
	weight         int
	dated          bool
	notBefore      time.Time
	sorted         time.Time
}

func newWalk(e *Engine, p *pacer, now time.Time, least Priority, paused time.Time) *walk {
	w := &walk{e: e, p: p, now: now, least: least}
	w.resting, w.next = p.resting(now)
	w.next = earlier(w.next, paused)
	w.heavy, _ = p.ready(now, 2)
	w.pictures = p.picturesReady(now)
	w.night, w.from, w.till = p.quiet(now)
	if w.night {
		w.next = earlier(w.next, w.till)
	}
	return w
}

// walkPage is how many rows are read at once. Mostly the first row is the one.
const walkPage = 200

// pick finds what may be said now, with those that are merged with it.
func (w *walk) pick(ctx context.Context) ([]Outgoing, error) {
	held := map[lane][]Outgoing{} // lanes that wait, and the answer that waits for others to join it
	for after, size := (waiting{}), 8; ; size = walkPage {
		page, err := w.read(ctx, after, size)
		if err != nil {
			return nil, err
		}
		for _, c := range page {
			if bundle, ok := held[c.lane]; ok {
				if len(bundle) > 0 && (c.merge != bundle[0].Merge || c.feature != bundle[0].Feature) {
					return bundle, nil // nobody else waits because some wait for company
				}
				continue
			}
			picked, wait, err := w.look(ctx, c)
			if err != nil {
				return nil, err
			}
			if !wait.After(w.now) && len(picked) > 0 {
				return picked, nil
			}
			if !wait.IsZero() {
				held[c.lane] = picked
				w.next = earlier(w.next, wait)
			}
		}
		if len(page) < size {
			return nil, nil
		}
		after = page[len(page)-1]
	}
}

// look decides about one row. With a wait, it holds up its lane; with neither, it is passed over.
func (w *walk) look(ctx context.Context, c waiting) (picked []Outgoing, wait time.Time, err error) {
	switch {
	case slices.Contains(w.resting, c.lane.group):
		return nil, wait, nil
	case w.night && c.lane.priority > Answer && !(c.dated && !c.notBefore.Before(w.from)):
		return nil, wait, nil
	case c.picture && w.pictures.After(w.now):
		return nil, w.pictures, nil
	case c.weight > 1 && w.heavy.After(w.now):
		return nil, w.heavy, nil
	}
	if c.merge == "" {
		picked, err = w.e.outgoings(ctx, `id = ?`, c.id)
		return picked, wait, err
	}
	picked, err = w.e.outgoings(ctx, `state = 'pending' AND merge_key <> '' AND group_id = ? AND merge_key = ? AND feature = ?
		AND priority = ? AND transport = ? AND not_before <= ? ORDER BY id LIMIT ?`,
		c.lane.group, c.merge, c.feature, int(c.lane.priority), w.p.name, w.now.UnixMilli(), mergeItems+1)
	if err != nil || len(picked) == 0 {
		return nil, wait, err
	}
	n := fits(picked)
	full := n < len(picked) || n == mergeItems
	if !full && w.p.busy(c.lane.group, w.now) {
		wait = c.sorted.Add(w.p.pace.MergeWait)
	}
	return picked[:n], wait, nil
}

// read gives the next rows after one, in order.
func (w *walk) read(ctx context.Context, after waiting, size int) ([]waiting, error) {
	where := waitingFor(w.p.name) + ` AND priority <= ? AND (priority, id) > (?, ?)`
	args := []any{w.p.name, w.now.UnixMilli(), int(w.least), int(after.lane.priority), after.id}
	if w.night {
		where += ` AND (priority <= ? OR dated = 1)`
		args = append(args, int(Answer))
	}
	// A pace with a gap for the account leaves few groups that rest; beyond these, they are passed over one by one.
	if resting := w.resting[:min(len(w.resting), walkPage)]; len(resting) > 0 {
		where += ` AND group_id NOT IN (?` + strings.Repeat(", ?", len(resting)-1) + `)`
		for _, g := range resting {
			args = append(args, g)
		}
	}
	rows, err := w.e.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT id, priority, group_id, member_id, feature, merge_key,
		CASE WHEN COALESCE(LENGTH(picture), 0) > 0 THEN 1 ELSE 0 END, CASE WHEN text <> '' THEN 1 ELSE 0 END, dated, not_before, sorted_at
		FROM outbox WHERE `+where+` ORDER BY priority, id LIMIT ?`, append(args, size)...)
	if err != nil {
		return nil, fmt.Errorf("read what waits: %w", err)
	}
	defer rows.Close()
	var page []waiting
	for rows.Next() {
		var c waiting
		var picture, text, dated int
		var before, sorted int64
		if err := rows.Scan(&c.id, &c.lane.priority, &c.lane.group, &c.lane.member, &c.feature, &c.merge,
			&picture, &text, &dated, &before, &sorted); err != nil {
			return nil, fmt.Errorf("read what waits: %w", err)
		}
		c.picture, c.weight, c.dated = picture == 1, weigh(picture == 1, text == 1), dated == 1
		c.notBefore, c.sorted = FromMillis(before), FromMillis(sorted)
		page = append(page, c)
	}
	return page, rows.Err()
}

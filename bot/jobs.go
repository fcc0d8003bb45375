package bot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

type job struct {
	Job
	name string // "feature.job"
	last time.Time
	next time.Time // zero: never, or no spec
}

func (j *job) feature() string { return j.name[:len(j.name)-len(j.Name)-1] }

func (j *job) grace() time.Duration {
	if j.Grace == 0 {
		return defaultGrace
	}
	return j.Grace
}

// Start makes the engine ready to run: jobs that are new begin to count their slots at the given time, and
// what was being sent when the last process ended gets an unknown outcome, which its feature hears. It is
// called once, before Advance.
func (e *Engine) Start(ctx context.Context, at time.Time) error {
	return e.Do(ctx, func(ctx context.Context) error {
		sending, err := e.outgoings(ctx, `state = ? ORDER BY id`, string(Sending))
		if err != nil {
			return fmt.Errorf("start: %w", err)
		}
		for _, o := range sending {
			if err := e.settle(ctx, o, Unknown, "the process ended while sending", at); err != nil {
				return fmt.Errorf("start: %w", err)
			}
		}
		// What waits is sorted anew: transports may have changed.
		if _, err := exec(ctx, e.db, `UPDATE outbox SET transport = '' WHERE state = 'pending' AND transport <> ''`); err != nil {
			return fmt.Errorf("start: %w", err)
		}
		for _, j := range e.jobOrder {
			var last int64
			err := e.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT last FROM jobs WHERE name = ?`, j.name).Scan(&last)
			if errors.Is(err, sql.ErrNoRows) {
				last = at.UnixMilli()
				_, err = exec(ctx, e.db, `INSERT INTO jobs (name, last) VALUES (?, ?)`, j.name, last)
			}
			if err != nil {
				return fmt.Errorf("start job %s: %w", j.name, err)
			}
			if err := e.schedule(j, FromMillis(last)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *Engine) schedule(j *job, last time.Time) (err error) {
	j.last, j.next = last, time.Time{}
	if j.Spec == "" {
		return nil
	}
	if j.next, err = e.opts.Next(j.Spec, last); err != nil {
		return fmt.Errorf("job %s: %w", j.name, err)
	}
	return nil
}

// later stores a one-shot tick. While one of the same job and key waits, the earlier one stands.
func (e *Engine) later(ctx context.Context, name, key string, at time.Time) error {
	if e.jobs[name] == nil {
		return fmt.Errorf("later: no job %s", name)
	}
	if key == "" {
		return fmt.Errorf("later: job %s: a key is needed", name)
	}
	// The same tick happens only once, so one that is asked for anew after it happened is due a moment later.
	for {
		_, happened, err := Accepted(ctx, e.db, laterID(name, key, at.UnixMilli()))
		if err != nil {
			return fmt.Errorf("later: %w", err)
		}
		if !happened {
			break
		}
		at = at.Add(time.Millisecond)
	}
	_, err := exec(ctx, e.db, `INSERT INTO later (job, key, at) VALUES (?, ?, ?)
		ON CONFLICT (job, key) DO UPDATE SET at = excluded.at WHERE excluded.at < later.at`, name, key, at.UnixMilli())
	return err
}

// laterID is the event of a one-shot tick.
func laterID(job, key string, at int64) string { return fmt.Sprintf("tick/%s/%s/%d", job, key, at) }

// Advance fires everything that is due up to an instant, in the order of the slots. With live, the time of
// each tick is that instant, and slots that were missed follow their job's or plan's policy; without, time
// passes through the slots, and each tick happens at its own.
func (e *Engine) Advance(ctx context.Context, to time.Time, live bool) error {
	return e.advance(ctx, to, live, nil)
}

// AdvanceBy is Advance without live, for who moves the clock by hand: before each tick, and at the end, pass is told up to
// when time passes, and may do what happens in between. moved tells that this may have made another tick due.
func (e *Engine) AdvanceBy(ctx context.Context, to time.Time, pass func(ctx context.Context, until time.Time) (moved bool, err error)) error {
	return e.advance(ctx, to, false, pass)
}

func (e *Engine) advance(ctx context.Context, to time.Time, live bool, pass func(context.Context, time.Time) (bool, error)) error {
	e.clock.Lock()
	defer e.clock.Unlock()
	to = to.UTC()
	if err := e.beat(ctx, to, live); err != nil {
		return err
	}
	fired := ""
	for {
		ev, err := e.nextTick(ctx, to, live)
		if err != nil {
			return err
		}
		if pass != nil {
			until := to
			if ev != nil {
				until = ev.Slot
			}
			if moved, err := pass(ctx, until); err != nil || moved {
				if err != nil {
					return err
				}
				continue
			}
		}
		if ev == nil {
			return nil
		}
		if ev.Key != "" && ev.ID == fired { // it was set aside, and still waits
			if err := e.Do(ctx, func(ctx context.Context) error { _, err := e.spend(ctx, ev); return err }); err != nil {
				return err
			}
			continue
		}
		fired = ev.ID
		if live {
			ev.At = to
		}
		if err := e.Deliver(ctx, []Event{*ev}); err != nil {
			return fmt.Errorf("tick %s: %w", ev.ID, err)
		}
		if j := e.jobs[ev.Job]; j != nil && ev.Key == "" {
			if err := e.schedule(j, ev.Slot); err != nil {
				return err
			}
		}
	}
}

// Waits tells whether something that was said is due at a time, and when the next is due that is not yet; zero: none is.
func (e *Engine) Waits(ctx context.Context, at time.Time) (due bool, next time.Time, err error) {
	var later sql.NullInt64
	now := at.UnixMilli()
	err = e.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT
		EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND transport = '' AND not_before <= ?) OR
		EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND transport <> '' AND not_before <= ?),
		(SELECT MIN(t) FROM (SELECT MIN(not_before) AS t FROM outbox WHERE state = 'pending' AND transport = '' AND not_before > ?
			UNION ALL SELECT MIN(not_before) FROM outbox WHERE state = 'pending' AND transport <> '' AND not_before > ?) pending)`,
		now, now, now, now).Scan(&due, &later)
	if err != nil {
		return false, next, fmt.Errorf("outbox: %w", err)
	}
	if later.Valid {
		next = FromMillis(later.Int64)
	}
	return due, next, nil
}

// nextTick is the earliest tick that is due, or nil.
func (e *Engine) nextTick(ctx context.Context, to time.Time, live bool) (*Event, error) {
	var first *Event
	earlier := func(slot time.Time) bool { return !slot.After(to) && (first == nil || slot.Before(first.Slot)) }
	for _, j := range e.jobOrder {
		if live {
			if err := e.catchUp(ctx, j, to); err != nil {
				return nil, err
			}
		}
		if !j.next.IsZero() && earlier(j.next) {
			first = &Event{Job: j.name, Slot: j.next, ID: slotID(j.name, j.next)}
		}
	}
	var name, key string
	var at int64
	err := e.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT job, key, at FROM later ORDER BY at, job, key LIMIT 1`).Scan(&name, &key, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read later: %w", err)
	}
	if err == nil && earlier(FromMillis(at)) {
		first = &Event{Job: name, Key: key, Slot: FromMillis(at), ID: laterID(name, key, at)}
	}
	p, err := e.duePlan(ctx, to)
	for err == nil && p != nil && live {
		var passed bool
		if passed, err = e.catchUpPlan(ctx, p, to); err != nil || !passed {
			break
		}
		p, err = e.duePlan(ctx, to)
	}
	if err != nil {
		return nil, err
	}
	if p != nil && earlier(p.next) {
		first = &Event{Job: p.Job, Key: p.Key, Slot: p.next, ID: laterID(p.Job, p.Key, p.next.UnixMilli())}
	}
	if first != nil {
		first.Kind, first.At, first.SeenAt = Tick, first.Slot, first.Slot
	}
	return first, nil
}

// slotID is the event of a slot of a job's spec.
func slotID(job string, slot time.Time) string {
	return fmt.Sprintf("tick/%s/%s", job, slot.UTC().Format(time.RFC3339))
}

// catchUp moves a job past the slots that its policy leaves out.
func (e *Engine) catchUp(ctx context.Context, j *job, now time.Time) error {
	if j.Spec == "" || j.next.IsZero() || j.next.After(now) {
		return nil
	}
	following := func(slot time.Time) (time.Time, error) { return e.opts.Next(j.Spec, slot) }
	left, next, err := leaveOut(j.CatchUp, j.grace(), j.next, now, following)
	if err != nil || len(left) == 0 {
		return err
	}
	e.log.Info("missed slots left out", "job", j.name, "slots", len(left))
	last := left[len(left)-1].slot
	err = e.Do(ctx, func(ctx context.Context) error {
		if j.Ritual {
			for _, l := range left {
				if _, err := e.end(ctx, Occurrence{Job: j.name, Slot: l.slot}, l.how, l.reason, now); err != nil {
					return err
				}
			}
		}
		_, err := exec(ctx, e.db, `UPDATE jobs SET last = ? WHERE name = ?`, last.UnixMilli(), j.name)
		return err
	})
	if err != nil {
		return err
	}
	j.last, j.next = last, next
	return nil
}

// catchUpPlan moves a plan past the slots that its policy leaves out, and tells whether there were any.
func (e *Engine) catchUpPlan(ctx context.Context, p *planned, now time.Time) (passed bool, err error) {
	following := func(slot time.Time) (time.Time, error) { return e.following(p, slot) }
	left, _, err := leaveOut(p.CatchUp, p.Grace, p.next, now, following)
	if err != nil || len(left) == 0 {
		return false, err
	}
	e.log.Info("missed slots left out", "job", p.Job, "key", p.Key, "slots", len(left))
	return true, e.Do(ctx, func(ctx context.Context) error {
		for _, l := range left {
			missed := *p
			missed.next = l.slot
			if err := e.skipOver(ctx, &missed, l.how, l.reason, now); err != nil {
				return err
			}
		}
		return e.pass(ctx, p, left[len(left)-1].slot)
	})
}

// leftOut is a slot that is not run.
type leftOut struct {
	slot   time.Time
	how    Ending
	reason string
}

// leaveOut tells which due slots a policy leaves out, beginning with next, and what comes after them.
func leaveOut(policy CatchUp, grace time.Duration, next, now time.Time,
	following func(time.Time) (time.Time, error)) (left []leftOut, after time.Time, err error) {
	for !next.IsZero() && !next.After(now) {
		if after, err = following(next); err != nil {
			return nil, next, err
		}
		switch {
		case policy == Skip && now.Sub(next) > grace:
			left = append(left, leftOut{next, Skipped, SkippedMissed})
		case policy == Collapse && !after.IsZero() && !after.After(now):
			left = append(left, leftOut{next, Collapsed, ""})
		default:
			return left, next, nil
		}
		next = after
	}
	return left, next, nil
}

// spend takes a tick with a key off what waits, and tells whether it was still wanted: what is planned anew
// between the reading of a tick and its turn leaves it behind.
func (e *Engine) spend(ctx context.Context, ev *Event) (wanted bool, err error) {
	res, err := exec(ctx, e.db, `DELETE FROM later WHERE job = ? AND key = ? AND at = ?`, ev.Job, ev.Key, ev.Slot.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("later: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("later: %w", err)
	}
	p, err := e.planOf(ctx, ev.Job, ev.Key)
	if err != nil || p == nil || !p.next.Equal(ev.Slot) {
		return n > 0, err
	}
	return true, e.pass(ctx, p, p.next)
}

// runJob runs the job that a tick belongs to, and takes the tick off what waits.
func (e *Engine) runJob(ctx context.Context, r *Request) error {
	o := Occurrence{Job: r.Job, Key: r.Key, Slot: r.Slot}
	j := e.jobs[r.Job]
	if j != nil {
		r.grace = j.grace()
	}
	if r.Key != "" {
		p, err := e.planOf(ctx, r.Job, r.Key)
		if err != nil {
			return err
		}
		if p != nil {
			o.Title, o.Group, r.grace = p.Title, p.Group, p.Grace
		}
		if wanted, err := e.spend(ctx, &r.Event); err != nil || !wanted {
			return err
		}
	} else if _, err := exec(ctx, e.db, `UPDATE jobs SET last = ? WHERE name = ?`, r.Slot.UnixMilli(), r.Job); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	if j == nil {
		e.log.Warn("a tick of a job that no longer exists is dropped", "job", r.Job, "key", r.Key)
		return nil
	}
	r.Args = noCommand
	if j.Ritual {
		return e.perform(ctx, r, j, o)
	}
	return e.attempt(ctx, r, j.feature(), j.Run)
}

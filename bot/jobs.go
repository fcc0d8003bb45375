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
// each tick is that instant, and slots of a job that were missed follow its policy; without, time passes
// through the slots, and each tick happens at its own.
func (e *Engine) Advance(ctx context.Context, to time.Time, live bool) error {
	e.clock.Lock()
	defer e.clock.Unlock()
	to = to.UTC()
	fired := ""
	for {
		ev, err := e.nextTick(ctx, to, live)
		if err != nil || ev == nil {
			return err
		}
		if ev.Key != "" && ev.ID == fired { // it was set aside, and still waits
			if err := e.Do(ctx, func(ctx context.Context) error { return e.spend(ctx, ev) }); err != nil {
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

// nextTick is the earliest tick that is due, or nil.
func (e *Engine) nextTick(ctx context.Context, to time.Time, live bool) (*Event, error) {
	var first *job
	for _, j := range e.jobOrder {
		if live {
			if err := e.catchUp(ctx, j, to); err != nil {
				return nil, err
			}
		}
		if !j.next.IsZero() && !j.next.After(to) && (first == nil || j.next.Before(first.next)) {
			first = j
		}
	}
	ev := &Event{Kind: Tick}
	var at int64
	err := e.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT job, key, at FROM later ORDER BY at, job, key LIMIT 1`).Scan(&ev.Job, &ev.Key, &at)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("read later: %w", err)
	case err == nil && at <= to.UnixMilli() && (first == nil || at < first.next.UnixMilli()):
		ev.Slot = FromMillis(at)
		ev.ID = laterID(ev.Job, ev.Key, at)
	case first != nil:
		ev.Job, ev.Key, ev.Slot = first.name, "", first.next
		ev.ID = fmt.Sprintf("tick/%s/%s", ev.Job, ev.Slot.UTC().Format(time.RFC3339))
	default:
		return nil, nil
	}
	ev.At, ev.SeenAt = ev.Slot, ev.Slot
	return ev, nil
}

// catchUp moves a job past the slots that its policy leaves out when more than one has been missed.
func (e *Engine) catchUp(ctx context.Context, j *job, now time.Time) error {
	if j.Spec == "" || j.CatchUp == RunAll || j.next.IsZero() || j.next.After(now) {
		return nil
	}
	last, next, skipped := j.last, j.next, 0
	for {
		after, err := e.opts.Next(j.Spec, next)
		if err != nil {
			return fmt.Errorf("job %s: %w", j.name, err)
		}
		missed := j.CatchUp == Skip && now.Sub(next) > skipAfter
		if !missed && (after.IsZero() || after.After(now)) {
			break
		}
		last, next = next, after
		skipped++
		if next.IsZero() || next.After(now) {
			break
		}
	}
	if skipped == 0 {
		return nil
	}
	e.log.Info("missed slots left out", "job", j.name, "slots", skipped, "policy", int(j.CatchUp))
	err := e.Do(ctx, func(ctx context.Context) error {
		_, err := exec(ctx, e.db, `UPDATE jobs SET last = ? WHERE name = ?`, last.UnixMilli(), j.name)
		return err
	})
	if err != nil {
		return err
	}
	return e.schedule(j, last)
}

// skipAfter is how late a slot of a job with the policy Skip may still run.
const skipAfter = time.Minute

// spend takes a one-shot tick off what waits.
func (e *Engine) spend(ctx context.Context, ev *Event) error {
	if _, err := exec(ctx, e.db, `DELETE FROM later WHERE job = ? AND key = ? AND at = ?`, ev.Job, ev.Key, ev.Slot.UnixMilli()); err != nil {
		return fmt.Errorf("later: %w", err)
	}
	return nil
}

// runJob runs the job that a tick belongs to, and takes the tick off what waits.
func (e *Engine) runJob(ctx context.Context, r *Request) error {
	if r.Key != "" {
		if err := e.spend(ctx, &r.Event); err != nil {
			return err
		}
	} else if _, err := exec(ctx, e.db, `UPDATE jobs SET last = ? WHERE name = ?`, r.Slot.UnixMilli(), r.Job); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	j := e.jobs[r.Job]
	if j == nil {
		e.log.Warn("a tick of a job that no longer exists is dropped", "job", r.Job, "key", r.Key)
		return nil
	}
	r.Args = noCommand
	feature := r.Job[:len(r.Job)-len(j.Name)-1]
	return e.attempt(ctx, r, feature, j.Run)
}

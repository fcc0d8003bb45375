package bot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Plan is when a job is due for a key: once, or again and again. Managers make and change plans while the
// program runs; it is stored, and there may be tens of thousands.
type Plan struct {
	Job   string // of the feature that plans; see Job.Name
	Key   string // the feature's name for it, which comes back as Request.Key: "12/g3"
	Title string // what it is called in lists
	Group string // where it speaks; may be empty

	Spec string    // cron in the community's zone; empty: once, at At
	At   time.Time // when it is due, where it is due once

	From, Until time.Time // a repeated one is due at from <= slot < until; zero: no bound

	Grace   time.Duration // how long after its slot it still counts as in time; 0: that of the job
	CatchUp CatchUp       // of slots that passed while the program was down
}

type planned struct {
	Plan
	next time.Time // zero: never again
}

func (p *planned) within(slot time.Time) bool {
	return !slot.Before(p.From) && (p.Until.IsZero() || slot.Before(p.Until))
}

// Plan makes a job of the feature due as p says, from now on. A plan of the same job and key is replaced. It
// is stored with the handler's work. Slots at or before r.At do not come, except an At.
func (r *Request) Plan(ctx context.Context, p Plan) error {
	return r.engine.plan(ctx, r.feature+"."+p.Job, p, r.At)
}

// Unplan takes back the plan of a job and key. There need not be one.
func (r *Request) Unplan(ctx context.Context, job, key string) error {
	return r.engine.unplan(ctx, r.feature+"."+job, key, r.At)
}

func (e *Engine) plan(ctx context.Context, name string, p Plan, now time.Time) error {
	j := e.jobs[name]
	if j == nil {
		return fmt.Errorf("plan: no job %s", name)
	}
	if p.Key == "" || (p.Spec == "") == p.At.IsZero() {
		return fmt.Errorf("plan of %s: it has a key, and either a spec or a time", name)
	}
	if p.Grace == 0 {
		p.Grace = j.grace()
	}
	p.Job = name
	plan := &planned{Plan: p, next: p.At}
	if p.Spec != "" {
		var err error
		if plan.next, err = e.following(plan, now); err != nil {
			return err
		}
	}
	if err := e.unplan(ctx, name, p.Key, now); err != nil {
		return err
	}
	_, err := exec(ctx, e.db, `INSERT INTO plans (job, key, title, group_id, spec, from_at, until_at, grace, catch_up, next)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, name, p.Key, Clean(p.Title), p.Group, p.Spec, Millis(p.From), Millis(p.Until),
		p.Grace.Milliseconds(), int(p.CatchUp), Millis(plan.next))
	if err != nil {
		return fmt.Errorf("plan of %s: %w", name, err)
	}
	return nil
}

// following is a repeated plan's first slot after an instant; zero where there is none.
func (e *Engine) following(p *planned, after time.Time) (time.Time, error) {
	if p.Spec == "" {
		return time.Time{}, nil
	}
	if before := p.From.Add(-time.Nanosecond); !p.From.IsZero() && before.After(after) {
		after = before
	}
	next, err := e.opts.Next(p.Spec, after)
	if err != nil {
		return time.Time{}, fmt.Errorf("plan of %s: %w", p.Job, err)
	}
	if !p.Until.IsZero() && !next.Before(p.Until) {
		return time.Time{}, nil
	}
	return next, nil
}

// unplan removes a plan. What of it is due by now and was not run yet ends as changed.
func (e *Engine) unplan(ctx context.Context, name, key string, now time.Time) error {
	p, err := e.planOf(ctx, name, key)
	if err != nil || p == nil {
		return err
	}
	for !p.next.IsZero() && !p.next.After(now) {
		if err := e.skipOver(ctx, p, Skipped, SkippedChanged, now); err != nil {
			return err
		}
		if p.next, err = e.following(p, p.next); err != nil {
			return err
		}
	}
	if _, err := exec(ctx, e.db, `DELETE FROM plans WHERE job = ? AND key = ?`, name, key); err != nil {
		return fmt.Errorf("plan of %s: %w", name, err)
	}
	return nil
}

// skipOver records that the next slot of a plan is not run.
func (e *Engine) skipOver(ctx context.Context, p *planned, how Ending, reason string, at time.Time) error {
	if j := e.jobs[p.Job]; j == nil || !j.Ritual {
		return nil
	}
	_, err := e.end(ctx, p.occurrence(), how, reason, at)
	return err
}

func (p *planned) occurrence() Occurrence {
	return Occurrence{Job: p.Job, Key: p.Key, Title: p.Title, Group: p.Group, Slot: p.next}
}

const planColumns = `SELECT job, key, title, group_id, spec, from_at, until_at, grace, catch_up, next FROM plans `

func scanPlan(row interface{ Scan(dest ...any) error }) (*planned, error) {
	var p planned
	var from, until, grace, next int64
	if err := row.Scan(&p.Job, &p.Key, &p.Title, &p.Group, &p.Spec, &from, &until, &grace, &p.CatchUp, &next); err != nil {
		return nil, err
	}
	p.From, p.Until, p.next = FromMillis(from), FromMillis(until), FromMillis(next)
	p.Grace = time.Duration(grace) * time.Millisecond
	return &p, nil
}

func (e *Engine) onePlan(ctx context.Context, where string, args ...any) (*planned, error) {
	p, err := scanPlan(e.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, planColumns+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	return p, nil
}

func (e *Engine) planOf(ctx context.Context, name, key string) (*planned, error) {
	return e.onePlan(ctx, `WHERE job = ? AND key = ?`, name, key)
}

// duePlan is the plan that is due first, up to an instant; nil where none is.
func (e *Engine) duePlan(ctx context.Context, to time.Time) (*planned, error) {
	return e.onePlan(ctx, `WHERE next > 0 AND next <= ? ORDER BY next, job, key LIMIT 1`, to.UnixMilli())
}

func (e *Engine) plansBefore(ctx context.Context, to time.Time) ([]*planned, error) {
	rows, err := e.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, planColumns+`WHERE next > 0 AND next < ? ORDER BY next, job, key`, to.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("read plans: %w", err)
	}
	defer rows.Close()
	var list []*planned
	for rows.Next() {
		p, err := scanPlan(rows)
		if err != nil {
			return nil, fmt.Errorf("read plans: %w", err)
		}
		if j := e.jobs[p.Job]; j != nil && j.Ritual {
			list = append(list, p)
		}
	}
	return list, rows.Err()
}

// pass moves a plan on from a slot that has ended, which is p.next or a later one. A plan that is never due
// again is removed.
func (e *Engine) pass(ctx context.Context, p *planned, ended time.Time) error {
	next, err := e.following(p, ended)
	if err != nil {
		e.log.Error("a plan can't go on and is removed", "job", p.Job, "key", p.Key, "err", err)
		next = time.Time{}
	}
	if next.IsZero() {
		_, err = exec(ctx, e.db, `DELETE FROM plans WHERE job = ? AND key = ? AND next = ?`, p.Job, p.Key, p.next.UnixMilli())
	} else {
		_, err = exec(ctx, e.db, `UPDATE plans SET next = ? WHERE job = ? AND key = ? AND next = ?`,
			next.UnixMilli(), p.Job, p.Key, p.next.UnixMilli())
	}
	if err != nil {
		return fmt.Errorf("plan of %s: %w", p.Job, err)
	}
	return nil
}

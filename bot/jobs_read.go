package bot

import (
	"context"
	"fmt"
	"time"
)

// JobView is one job of a feature, and where it stands.
type JobView struct {
	Name    string // "feature.job"
	Feature string
	Title   string // of a ritual: the key of the feature's text that names it; may be empty
	Spec    string // its cron spec; empty: it runs only when it was asked for

	Last time.Time // the slot of the spec that passed last, or when the job began to count; zero without a spec
	Next time.Time // the next slot; before the present: it is late. Zero: there is none

	Waiting int       // ticks that were asked for and planned
	Soonest time.Time // when the first of them is due

	// Ending, Reason and Ended are how its newest occurrence of the last 31 days ended; only rituals have them.
	Ending Ending
	Reason string
	Ended  time.Time
}

// Due is when the job is due next; zero: it is not.
func (v JobView) Due() time.Time {
	if v.Next.IsZero() || !v.Soonest.IsZero() && v.Soonest.Before(v.Next) {
		return v.Soonest
	}
	return v.Next
}

// endingsOf is how far back Jobs looks for endings.
const endingsOf = 31 * 24 * time.Hour

// Jobs are the jobs of all features in their order, as they are stored. It reads beside whatever runs.
func (e *Engine) Jobs(ctx context.Context, at time.Time) ([]JobView, error) {
	views := make([]JobView, len(e.jobOrder))
	by := map[string]*JobView{}
	for i, j := range e.jobOrder {
		views[i] = JobView{Name: j.name, Feature: j.feature(), Title: j.Title, Spec: j.Spec}
		by[j.name] = &views[i]
	}
	p := Pacing{db: e.db}
	err := p.each(ctx, func(scan func(...any) error) error {
		var name string
		var last int64
		if err := scan(&name, &last); err != nil {
			return err
		}
		v := by[name]
		if v == nil || v.Spec == "" {
			return nil
		}
		v.Last = FromMillis(last)
		var err error
		v.Next, err = e.opts.Next(v.Spec, v.Last)
		return err
	}, `SELECT name, last FROM jobs`)
	for _, q := range []string{`SELECT job, COUNT(*), MIN(at) FROM later GROUP BY job`, `SELECT job, COUNT(*), MIN(next) FROM plans WHERE next > 0 GROUP BY job`} {
		if err == nil {
			err = p.each(ctx, func(scan func(...any) error) error {
				var name string
				var n int
				var soonest int64
				if err := scan(&name, &n, &soonest); err != nil {
					return err
				}
				if v := by[name]; v != nil {
					v.Waiting, v.Soonest = v.Waiting+n, earlier(v.Soonest, FromMillis(soonest))
				}
				return nil
			}, q)
		}
	}
	if err == nil {
		err = p.each(ctx, func(scan func(...any) error) error {
			var name, ending, reason string
			var decided int64
			if err := scan(&name, &ending, &reason, &decided); err != nil {
				return err
			}
			if v := by[name]; v != nil {
				v.Ending, v.Reason, v.Ended = Ending(ending), reason, FromMillis(decided)
			}
			return nil
		}, `SELECT job, ending, reason, decided_at FROM occurrences WHERE slot > ? AND slot <= ? ORDER BY slot`, at.Add(-endingsOf).UnixMilli(), at.UnixMilli())
	}
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return views, nil
}

// Beaten is when it was last kept that the program is awake; zero: never. A running one keeps it every half minute.
func Beaten(ctx context.Context, s Storage) (time.Time, error) {
	var at int64
	err := s.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT COALESCE(MAX(to_at), 0) FROM beats`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("read heartbeats: %w", err)
	}
	if at == 0 {
		return time.Time{}, nil
	}
	return FromMillis(at), nil
}

// newestOf is among how many events, by when they were accepted, the newest is looked for.
const newestOf = 1000

// Newest is the latest time of the events that were accepted last; zero: there is none. It is later than the present where
// a clock was wrong.
func Newest(ctx context.Context, s Storage) (time.Time, error) {
	var at int64
	err := s.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT COALESCE(MAX(at), 0) FROM (SELECT at FROM inbox ORDER BY seq DESC LIMIT ?) newest`, newestOf).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("the newest event: %w", err)
	}
	if at == 0 {
		return time.Time{}, nil
	}
	return FromMillis(at), nil
}

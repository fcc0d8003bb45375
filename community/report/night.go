package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// atOnce is how many Days one event rolls up, so that nobody waits long behind it.
const atOnce = 7

// errEnough ends a reading early.
var errEnough = errors.New("enough")

// night rolls up the Days whose openers had their time for a reply, and again what is doubted, some at a time.
func (f *feature) night(ctx context.Context, r *bot.Request) error {
	until := f.c.Calendar.Day(r.At) - 2
	s, err := f.state(ctx)
	if err != nil {
		return err
	}
	p, err := f.people(ctx)
	if err != nil {
		return err
	}
	if s.day > 0 {
		if err := f.compare(ctx, &s, p); err != nil {
			return err
		}
	} else if err := f.begin(ctx, &s); err != nil || s.day == 0 {
		return err
	}
	if err := f.ledgerNight(ctx); err != nil {
		return err
	}
	more, err := f.again(ctx, p, &s)
	if err != nil {
		return err
	}
	if !more && s.day < until {
		to := min(s.day+atOnce, until)
		if err := f.rollAll(ctx, p, s.day+1, to+1); err != nil {
			return err
		}
		s.day, more = to, to < until
	}
	if err := f.keep(ctx, r.At, s, p); err != nil || !more {
		return err
	}
	return r.Later(ctx, r.At, nightJob, fmt.Sprintf("%d/%d", int(s.day), r.Seq))
}

// begin finds the Day before the first message, and clears what another calendar made.
func (f *feature) begin(ctx context.Context, s *rolled) error {
	for _, stmt := range [...]string{`DELETE FROM report_days`, `DELETE FROM report_doubts`, `DELETE FROM report_points`, `DELETE FROM report_ledger`} {
		if _, err := f.db.Exec(ctx, stmt); err != nil {
			return fmt.Errorf("rollups: %w", err)
		}
	}
	first, ok, err := f.c.Tiers.Began(ctx)
	if ok {
		s.day = first - 1
	}
	return err
}

// again makes some Days of doubted groups anew, and tells whether any are left.
func (f *feature) again(ctx context.Context, p *people, s *rolled) (more bool, err error) {
	for g, from := range s.doubtOf {
		to := min(from+atOnce*4, s.day+1)
		if from < to {
			days, err := f.roll(ctx, p, g, from, to)
			if err != nil {
				return false, err
			}
			if err := f.write(ctx, g, from, to, days); err != nil {
				return false, err
			}
		}
		if to > s.day {
			delete(s.doubtOf, g)
			continue
		}
		s.doubtOf[g] = to
		more = true
	}
	return more, nil
}

func (f *feature) rollAll(ctx context.Context, p *people, from, to community.Day) error {
	groups, err := f.spokenIn(ctx, from, to)
	if err != nil {
		return err
	}
	for _, g := range groups {
		days, err := f.roll(ctx, p, g, from, to)
		if err != nil {
			return err
		}
		if err := f.write(ctx, g, from, to, days); err != nil {
			return err
		}
	}
	return nil
}

// spokenIn are the groups with messages on the Days from <= Day < to.
func (f *feature) spokenIn(ctx context.Context, from, to community.Day) (groups []community.GroupID, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var g community.GroupID
		err := scan(&g)
		groups = append(groups, g)
		return err
	}, `SELECT DISTINCT group_id FROM activity WHERE day >= ? AND day < ? ORDER BY group_id`, int(from), int(to))
	if err != nil {
		return nil, fmt.Errorf("groups with messages: %w", err)
	}
	return groups, nil
}

// keep writes how far the rollups go.
func (f *feature) keep(ctx context.Context, now time.Time, s rolled, p *people) error {
	var out strings.Builder
	for _, id := range sortedKeys(p.out) {
		out.WriteString(string(id) + " ")
	}
	if _, err := f.db.Exec(ctx, `INSERT INTO report_rolled (one, day, calendar, left_out) VALUES (1, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET day = excluded.day, calendar = excluded.calendar, left_out = excluded.left_out`,
		int(s.day), f.c.Calendar.String(), out.String()); err != nil {
		return fmt.Errorf("rollups: %w", err)
	}
	if _, err := f.db.Exec(ctx, `DELETE FROM report_doubts`); err != nil {
		return fmt.Errorf("rollups: %w", err)
	}
	for g, d := range s.doubtOf {
		if err := f.doubt(ctx, g, d); err != nil {
			return err
		}
	}
	f.keepLast(ctx, now, s.day)
	return nil
}

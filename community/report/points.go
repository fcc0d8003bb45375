package report

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// Flow is what moved of points, less what was taken back.
type Flow struct {
	Issued  int64 `json:"issued"`
	Spent   int64 `json:"spent"` // when redemptions were fulfilled
	Expired int64 `json:"expired"`
}

func (f *Flow) add(t points.Turnover) {
	f.Issued += t.Issued
	f.Spent += t.Spent
	f.Expired += t.Expired
}

// summed is how far transfers are summed up by Day: those up to the first number are, and the next night sums those up to
// the second, when none of them can be on its way any more.
type summed struct{ upto, next int64 }

func (f *feature) summed(ctx context.Context) (s summed, err error) {
	err = f.db.Row(ctx, `SELECT upto, next FROM report_ledger WHERE one = 1`).Scan(&s.upto, &s.next)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("sums of points: %w", err)
	}
	return s, nil
}

// mostTransfers is how many transfers one night sums up at the most.
const mostTransfers = 500_000

// ledgerNight sums up by Day what moved until the night before.
func (f *feature) ledgerNight(ctx context.Context) error {
	s, err := f.summed(ctx)
	if err != nil {
		return err
	}
	latest, err := f.ledger().Latest(ctx)
	if err != nil {
		return err
	}
	to := min(s.next, s.upto+mostTransfers)
	days := map[community.Day]*Flow{}
	if err := f.turnover(ctx, s.upto, to, days); err != nil {
		return err
	}
	for d, flow := range days {
		if _, err := f.db.Exec(ctx, `INSERT INTO report_points (day, issued, spent, expired) VALUES (?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET
			issued = report_points.issued + excluded.issued, spent = report_points.spent + excluded.spent, expired = report_points.expired + excluded.expired`,
			int(d), flow.Issued, flow.Spent, flow.Expired); err != nil {
			return fmt.Errorf("sums of points: %w", err)
		}
	}
	_, err = f.db.Exec(ctx, `INSERT INTO report_ledger (one, upto, next) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET upto = excluded.upto, next = excluded.next`, max(to, s.upto), latest)
	if err != nil {
		return fmt.Errorf("sums of points: %w", err)
	}
	return nil
}

func (f *feature) turnover(ctx context.Context, after, upto int64, days map[community.Day]*Flow) error {
	if upto <= after {
		return nil
	}
	return f.ledger().Turnover(ctx, after, upto, func(t points.Turnover) error {
		d := f.c.Calendar.Day(t.At)
		if days[d] == nil {
			days[d] = &Flow{}
		}
		days[d].add(t)
		return nil
	})
}

// flows is what moved on each Day from <= Day < to.
func (f *feature) flows(ctx context.Context, from, to community.Day) (map[community.Day]*Flow, error) {
	s, err := f.summed(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := f.ledger().Latest(ctx)
	if err != nil {
		return nil, err
	}
	days := map[community.Day]*Flow{}
	if err := f.turnover(ctx, s.upto, latest, days); err != nil {
		return nil, err
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var d community.Day
		var one Flow
		if err := scan(&d, &one.Issued, &one.Spent, &one.Expired); err != nil {
			return err
		}
		if days[d] == nil {
			days[d] = &Flow{}
		}
		days[d].add(points.Turnover{Issued: one.Issued, Spent: one.Spent, Expired: one.Expired})
		return nil
	}, `SELECT day, issued, spent, expired FROM report_points WHERE day >= ? AND day < ?`, int(from), int(to))
	if err != nil {
		return nil, fmt.Errorf("sums of points: %w", err)
	}
	for d := range days {
		if d < from || d >= to {
			delete(days, d)
		}
	}
	return days, nil
}

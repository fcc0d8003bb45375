package nudge

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/uplift"
)

// lookAfter is how many Days after the end of a quarter, or month, what is hoped for is known of everybody in it.
const lookAfter = Within + 1

// settleOutcomes keeps of everybody whose Days are over whether they did what was hoped for: whoever they are by now, and
// whether they heard of it or not.
func (f *feature) settleOutcomes(ctx context.Context, today community.Day) error {
	type open struct {
		family, quarter string
		unit
		day community.Day
	}
	var list []open
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var o open
		var at int64
		if err := scan(&o.family, &o.quarter, &o.Member, &at, &o.day); err != nil {
			return err
		}
		o.At = bot.FromMillis(at)
		list = append(list, o)
		return nil
	}, `SELECT family, quarter, member_id, at, day FROM nudge_units WHERE outcome < 0 AND day < ? ORDER BY day, family, member_id`, int(today-Within))
	if err != nil {
		return fmt.Errorf("open outcomes: %w", err)
	}
	goals := map[string]string{}
	families, err := f.families(ctx)
	if err != nil {
		return err
	}
	for i := range families {
		goals[families[i].Name] = families[i].Goal
	}
	for _, o := range list {
		done, err := f.reached(ctx, goals[o.family], o.Member, o.At, o.day)
		if err != nil {
			return err
		}
		outcome := 0
		if done {
			outcome = 1
		}
		if _, err := f.db.Exec(ctx, `UPDATE nudge_units SET outcome = ? WHERE family = ? AND quarter = ? AND member_id = ?`, outcome, o.family, o.quarter, string(o.Member)); err != nil {
			return fmt.Errorf("outcome of %s: %w", o.family, err)
		}
	}
	return nil
}

// reached tells whether somebody did what is hoped for after an instant, until the end of the last Day that counts.
func (f *feature) reached(ctx context.Context, goal string, member community.MemberID, at time.Time, day community.Day) (bool, error) {
	if goal != Spoke && f.c.Facts.Known(goal) {
		n, err := f.c.Facts.Count(ctx, goal, member, at, f.c.Calendar.Start(day+Within+1))
		return n > 0, err
	}
	ids, err := f.c.IDs(ctx, member)
	if err != nil {
		return false, err
	}
	in, args := community.In(ids, int(day), int(day+Within), at.UnixMilli())
	n := 0
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM activity WHERE member_id IN `+in+` AND day BETWEEN ? AND ? AND last_at > ?`, args...).Scan(&n); err != nil {
		return false, fmt.Errorf("words of %s: %w", member, err)
	}
	return n > 0, nil
}

// effect is what is known of a family in a quarter.
type effect struct {
	quarter  string
	due      bool // the planned look has come
	look     community.Day
	open     int // people whose Days are not over
	result   uplift.Result
	verdict  uplift.Verdict
	least    float64 // the rise that so many people would show
	variants []wording
	refused  map[string]int // for whom it was nothing in the end, by reason
	reached  int            // who got something
}

// wording is what one text came to, and how it does beside the first of them.
type wording struct {
	label   string
	arm     uplift.Arm
	beside  uplift.Result
	verdict uplift.Verdict
}

// quarterBounds are the first Day of a quarter like 2026Q4 and the Day after its last.
func quarterBounds(quarter string) (first, after community.Day, ok bool) {
	var y, q int
	if n, err := fmt.Sscanf(quarter, "%4dQ%1d", &y, &q); n != 2 || err != nil || q < 1 || q > 4 || y < 2000 || quarter != fmt.Sprintf("%dQ%d", y, q) {
		return 0, 0, false
	}
	return community.Date(y, time.Month(3*q-2), 1), community.Date(y, time.Month(3*q+1), 1), true
}

// effectOf is what is known of a family in a quarter, seen from a Day. It reads tables only.
func (f *feature) effectOf(ctx context.Context, family, quarter string, today community.Day) (*effect, error) {
	_, after, _ := quarterBounds(quarter)
	e := &effect{quarter: quarter, look: after + lookAfter, refused: map[string]int{}}
	e.due = today >= e.look
	units, err := f.units(ctx, family, quarter)
	if err != nil {
		return nil, err
	}
	var treated, held uplift.Arm
	arms := map[string]*uplift.Arm{}
	for _, u := range units {
		if u.Outcome < 0 {
			e.open++
			continue
		}
		if u.Held {
			held.N, held.K = held.N+1, held.K+u.Outcome
			continue
		}
		treated.N, treated.K = treated.N+1, treated.K+u.Outcome
		if arms[u.Variant] == nil {
			arms[u.Variant] = &uplift.Arm{}
		}
		arms[u.Variant].N, arms[u.Variant].K = arms[u.Variant].N+1, arms[u.Variant].K+u.Outcome
	}
	e.result = uplift.Compare(treated, held)
	e.verdict = e.result.Verdict(e.due)
	e.least = uplift.Detectable(treated.N, held.N, uplift.Arm{N: treated.N + held.N, K: treated.K + held.K}.Rate())
	for i, label := range slices.Sorted(maps.Keys(arms)) {
		w := wording{label: label, arm: *arms[label]}
		if i > 0 {
			w.beside = uplift.Compare(w.arm, e.variants[0].arm)
			w.verdict = w.beside.Verdict(e.due)
		}
		e.variants = append(e.variants, w)
	}
	return e, f.outgoing(ctx, e, family)
}

// outgoing counts what was sent in a quarter, and what was not in the end.
func (f *feature) outgoing(ctx context.Context, e *effect, family string) error {
	first, after, _ := quarterBounds(e.quarter)
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var state, reason string
		var n int
		if err := scan(&state, &reason, &n); err != nil {
			return err
		}
		switch state {
		case sent, unknown:
			e.reached += n
		case withheld:
			e.refused[reason] += n
		case failed:
			e.refused[failed] += n
		}
		return nil
	}, `SELECT state, reason, COUNT(*) FROM nudge_sends WHERE family = ? AND at >= ? AND at < ? GROUP BY state, reason`,
		family, f.c.Calendar.Start(first).UnixMilli(), f.c.Calendar.Start(after).UnixMilli())
	if err != nil {
		return fmt.Errorf("what was sent of %s: %w", family, err)
	}
	return nil
}

// months are the results of a family by the months in which people's sides were assigned, the last two that are known whole.
func (f *feature) months(ctx context.Context, family string, today community.Day) (list []uplift.Result, err error) {
	known := today - lookAfter // the first Day of the first month that is not known whole, or later
	first, _ := known.Month()
	for range 2 {
		first, _ = (first - 1).Month()
		_, after := first.Month()
		units, err := f.units(ctx, family, quarterOf(first))
		if err != nil {
			return nil, err
		}
		var treated, held uplift.Arm
		for _, u := range units {
			if day := f.c.Calendar.Day(u.At); day < first || day >= after || u.Outcome < 0 {
				continue
			}
			arm := &treated
			if u.Held {
				arm = &held
			}
			arm.N, arm.K = arm.N+1, arm.K+u.Outcome
		}
		list = append(list, uplift.Compare(treated, held))
	}
	slices.Reverse(list)
	return list, nil
}

// mostReasons is how many reasons are told, those of most people first.
const mostReasons = 6

// byNumber are the reasons for which people got nothing, most people first.
func byNumber(reasons map[string]int) []string {
	list := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int { return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b)) })
	return list[:min(len(list), mostReasons)]
}

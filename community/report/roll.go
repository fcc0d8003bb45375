package report

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// groupDay is one Day in one group as its messages tell it. Who is left out counts in speakers only.
type groupDay struct {
	speakers map[community.MemberID]int // messages, by the ids under which they were said
	hours    [24]int                    // messages by the hour on the community's clock
	waits    []int64                    // of its openers, in milliseconds; unanswered where nobody replied
}

// roll reads the messages of one group on the Days from <= Day < to, and of the next Day as far as openers wait for a
// reply. Days without messages are missing.
func (f *feature) roll(ctx context.Context, p *people, group community.GroupID, from, to community.Day) (map[community.Day]*groupDay, error) {
	days := map[community.Day]*groupDay{}
	if p.tests[group] {
		return days, nil
	}
	of := func(at int64) *groupDay {
		d := f.c.Calendar.Day(bot.FromMillis(at))
		if days[d] == nil {
			days[d] = &groupDay{speakers: map[community.MemberID]int{}}
		}
		return days[d]
	}
	start, end := f.c.Calendar.Start(from).UnixMilli(), f.c.Calendar.Start(to).UnixMilli()
	t, err := f.before(ctx, p, group, start)
	if err != nil {
		return nil, err
	}
	keep := func(opened, wait int64, ended bool) {
		if ended && opened >= start {
			day := of(opened)
			day.waits = append(day.waits, wait)
		}
	}
	zone := f.c.Calendar.Zone()
	err = f.said(ctx, func(at int64, id community.MemberID) bool {
		day := of(at)
		day.speakers[id]++
		if who, counts := p.counts(id); counts {
			day.hours[bot.FromMillis(at).In(zone).Hour()]++
			keep(t.hear(at, who))
		}
		return true
	}, `SELECT at, member_id FROM messages WHERE group_id = ? AND at >= ? AND at < ? ORDER BY at, seq`, string(group), start, end)
	if err != nil || !t.open {
		return days, err
	}
	opened, wait := t.openAt, int64(unanswered)
	err = f.said(ctx, func(at int64, id community.MemberID) bool {
		who, counts := p.counts(id)
		if !counts || who == t.last {
			return true
		}
		wait = t.waited(at)
		return false
	}, `SELECT at, member_id FROM messages WHERE group_id = ? AND at >= ? AND at <= ? ORDER BY at, seq`, string(group), end, opened+patience)
	keep(opened, wait, true)
	return days, err
}

// before is the talk of a group as it stands at an instant.
func (f *feature) before(ctx context.Context, p *people, group community.GroupID, start int64) (talk, error) {
	var last community.MemberID
	var times []int64
	var other bool
	var otherAt int64
	err := f.said(ctx, func(at int64, id community.MemberID) bool {
		who, counts := p.counts(id)
		switch {
		case !counts:
			return true
		case last == "" || who == last:
			last, times = who, append(times, at)
			return true
		}
		other, otherAt = true, at
		return false
	}, `SELECT at, member_id FROM messages WHERE group_id = ? AND at < ? ORDER BY at DESC, seq DESC`, string(group), start)
	slices.Reverse(times)
	return resume(last, times, other, otherAt), err
}

// said calls each for the rows of a query of messages, until it says no.
func (f *feature) said(ctx context.Context, each func(at int64, id community.MemberID) bool, query string, args ...any) error {
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var at int64
		var id community.MemberID
		if err := scan(&at, &id); err != nil {
			return err
		}
		if !each(at, id) {
			return errEnough
		}
		return nil
	}, query, args...)
	if err != nil && err != errEnough { //nolint:errorlint // it comes back as it is
		return fmt.Errorf("read messages: %w", err)
	}
	return nil
}

// write keeps the rollups of a group for the Days from <= Day < to in place of those that are there.
func (f *feature) write(ctx context.Context, group community.GroupID, from, to community.Day, days map[community.Day]*groupDay) error {
	if _, err := f.db.Exec(ctx, `DELETE FROM report_days WHERE group_id = ? AND day >= ? AND day < ?`, string(group), int(from), int(to)); err != nil {
		return fmt.Errorf("rollup of %s: %w", group, err)
	}
	for _, d := range slices.Sorted(maps.Keys(days)) {
		g := days[d]
		if _, err := f.db.Exec(ctx, `INSERT INTO report_days (day, group_id, speakers, hours, waits) VALUES (?, ?, ?, ?, ?)`,
			int(d), string(group), speakersText(g.speakers), numbersText(g.hours[:]), numbersText(g.waits)); err != nil {
			return fmt.Errorf("rollup of %s on %s: %w", group, d, err)
		}
	}
	return nil
}

func sortedKeys[V any](m map[community.MemberID]V) []community.MemberID {
	return slices.Sorted(maps.Keys(m))
}

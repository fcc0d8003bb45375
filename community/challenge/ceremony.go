package challenge

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// named in a ceremony or a summary at most.
const (
	graduatesShown = 20
	leadersShown   = 3
	sameDay        = 10 * time.Hour // how long the summary of a Day is worth saying
)

// summary tells each group how the Day went that has ended, and holds the ceremony of what ended with it.
func (f *feature) summary(ctx context.Context, r *bot.Request) error {
	list, err := f.challenges(ctx, `WHERE state = 'open' ORDER BY id`)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	said, held := 0, nobody
	for _, c := range list {
		if c.over(today) {
			if err := f.settleAll(ctx, r, c); err != nil {
				return err
			}
			said++
			continue
		}
		reason, err := f.sumUp(ctx, r, c, f.c.Calendar.Day(r.Slot)-1)
		if err != nil {
			return err
		}
		if reason == "" {
			said++
		} else {
			held = cmp.Or(reason, held)
		}
	}
	if said == 0 {
		r.Skip(held)
	}
	return nil
}

// sumUp tells the groups of a challenge how a Day went.
func (f *feature) sumUp(ctx context.Context, r *bot.Request, c *challenge, day community.Day) (reason string, err error) {
	all, err := f.runners(ctx, c, day)
	if err != nil {
		return "", err
	}
	groups := byGroup(all)
	reason, said := nobody, false
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		in, err := f.inGroup(ctx, r, g)
		if err != nil {
			return "", err
		}
		if in == nil {
			continue
		}
		text, err := f.dayText(ctx, in, c, day, groups[g])
		if err != nil {
			return "", err
		}
		if text == "" {
			continue
		}
		u := community.Unasked{Group: g, Feature: "challenge", Text: text}
		if reason, err = f.c.Noise.Try(ctx, r.At, u); err != nil {
			return "", err
		}
		if reason != "" {
			if err := f.c.Noise.Withhold(ctx, r.At, u, reason); err != nil {
				return "", err
			}
			continue
		}
		r.Send(bot.Outgoing{Group: string(g), Text: text, Priority: bot.Friendly, NotAfter: r.At.Add(sameDay)})
		said = true
	}
	if said {
		return "", nil
	}
	return reason, nil
}

func byGroup(all []*runner) map[community.GroupID][]*runner {
	groups := map[community.GroupID][]*runner{}
	for _, p := range all {
		groups[p.Group] = append(groups[p.Group], p)
	}
	return groups
}

// dayText is the summary of a Day in a group; empty where nobody checked in.
func (f *feature) dayText(ctx context.Context, in *bot.Request, c *challenge, day community.Day, list []*runner) (string, error) {
	done := 0
	for _, p := range list {
		if p.marks[Done] || p.marks[MadeUp] {
			done++
		}
	}
	if done == 0 {
		return "", nil
	}
	text := in.T("summary", "Name", c.Name, "Day", said(day), "Done", done, "All", len(list))
	leaders, err := f.leaders(ctx, in, c, day)
	if err != nil || leaders == "" {
		return text, err
	}
	return text + "\n" + leaders, nil
}

// leaders are the first of the board of a Day, in one line; empty where nobody is two Days in a row.
func (f *feature) leaders(ctx context.Context, in *bot.Request, c *challenge, day community.Day) (string, error) {
	top, err := f.top(ctx, c, day, 0)
	if err != nil {
		return "", err
	}
	if top, err = f.onDay(ctx, c, day, top); err != nil {
		return "", err
	}
	var names []string
	for _, p := range top[:min(len(top), leadersShown)] {
		if p.Days < 2 {
			continue
		}
		name, err := f.c.Called(ctx, p.Member)
		if err != nil {
			return "", err
		}
		names = append(names, in.T("leader", "Name", name, "Days", p.Days))
	}
	if len(names) == 0 {
		return "", nil
	}
	return in.T("leaders."+string(c.Mode), "Names", strings.Join(names, in.T("and"))), nil
}

// onDay is a board as it was at the end of a Day: who has marked a later one is judged without it.
func (f *feature) onDay(ctx context.Context, c *challenge, day community.Day, board []placed) (list []placed, err error) {
	since := map[community.MemberID]bool{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		since[id] = true
		return err
	}, `SELECT DISTINCT member_id FROM challenge_marks WHERE challenge_id = ? AND day > ? AND gone_seq = 0`, c.ID, int(day))
	if err != nil {
		return nil, fmt.Errorf("who was at challenge %d since: %w", c.ID, err)
	}
	for _, p := range board {
		ids, err := f.c.IDs(ctx, p.Member)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(ids, func(id community.MemberID) bool { return since[id] }) {
			part, _, err := f.part(ctx, c.ID, ids)
			if err != nil {
				return nil, err
			}
			part.Joins = slices.DeleteFunc(part.Joins, func(j Join) bool { return j.Day > day })
			part.Marks = slices.DeleteFunc(part.Marks, func(m Mark) bool { return m.Day > day })
			s := Judge(c.Terms, *part)
			p.Days, p.Total = s.progress(c, day), s.Total
		}
		if p.Total > 0 {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b placed) int {
		return cmp.Or(cmp.Compare(b.Days, a.Days), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Member, b.Member))
	})
	return list, nil
}

// close settles a challenge: from now on nothing counts in it, but for what happened before and comes late, and Days that are
// made up.
func (f *feature) close(ctx context.Context, r *bot.Request, c *challenge) error {
	if c.First != 0 {
		c.Last = min(c.Last, f.c.Calendar.Day(r.At))
	}
	_, err := f.db.Exec(ctx, `UPDATE challenges SET state = 'settled', settled_at = ?, last_day = ? WHERE id = ? AND state = 'open'`, r.At.UnixMilli(), int(c.Last), c.ID)
	if err != nil {
		return fmt.Errorf("settle challenge %d: %w", c.ID, err)
	}
	c.State, c.Ended = Settled, r.At
	return nil
}

// settleAll closes a challenge and tells each of its groups how it went. That is owed to whoever took part, so no
// budget holds it back; at night it waits for the morning.
func (f *feature) settleAll(ctx context.Context, r *bot.Request, c *challenge) error {
	if err := f.complete(ctx, r, c); err != nil {
		return err
	}
	if err := f.close(ctx, r, c); err != nil {
		return err
	}
	all, err := f.everybody(ctx, c, f.c.Calendar.Day(r.At))
	if err != nil {
		return err
	}
	groups := byGroup(all)
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		in, err := f.inGroup(ctx, r, g)
		if err != nil {
			return err
		}
		if in == nil {
			continue
		}
		text, err := f.ceremony(ctx, in, c, groups[g])
		if err != nil {
			return err
		}
		r.Send(bot.Outgoing{Group: string(g), Text: text, Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
	}
	return nil
}

// ceremony is what a group is told at the end: figures, who reached the goal, and who came far. Who stands on no board is
// counted, and not named.
func (f *feature) ceremony(ctx context.Context, in *bot.Request, c *challenge, list []*runner) (string, error) {
	var graduates []*runner
	days := 0
	for _, p := range list {
		if days += p.Total; p.Reached > 0 {
			graduates = append(graduates, p)
		}
	}
	slices.SortFunc(graduates, func(a, b *runner) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Reached, b.Reached))
	})
	lines := []string{
		in.T("ceremony.title", "Name", c.Name),
		in.T("ceremony.figures", "All", len(list), "Done", len(graduates), "Rate", percent(len(graduates), len(list)), "Days", days),
	}
	hidden, err := f.c.Unranked(ctx)
	if err != nil {
		return "", err
	}
	unnamed := func(p *runner) bool { return hidden[p.Member] }
	if graduates = slices.DeleteFunc(graduates, unnamed); len(graduates) > 0 {
		var names []string
		for _, p := range graduates[:min(len(graduates), graduatesShown)] {
			name, err := f.c.Called(ctx, p.Member)
			if err != nil {
				return "", err
			}
			names = append(names, name)
		}
		key := "ceremony.names"
		if len(graduates) > graduatesShown {
			key = "ceremony.names_more"
		}
		lines = append(lines, in.T(key, "Names", strings.Join(names, in.T("and")), "Count", len(graduates)))
	}
	list = slices.DeleteFunc(slices.Clone(list), unnamed)
	slices.SortFunc(list, func(a, b *runner) int { return cmp.Or(cmp.Compare(b.Best, a.Best), cmp.Compare(a.Member, b.Member)) })
	if len(list) > 0 && list[0].Best > 1 {
		name, err := f.c.Called(ctx, list[0].Member)
		if err != nil {
			return "", err
		}
		lines = append(lines, in.T("ceremony.longest", "Name", name, "Days", list[0].Best))
	}
	return strings.Join(append(lines, in.T("ceremony.thanks")), "\n"), nil
}

// percent is a part of a whole in percent, rounded.
func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return (100*part + whole/2) / whole
}

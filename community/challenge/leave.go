package challenge

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// leaveAhead is how many Days ahead a leave can be taken.
const leaveAhead = 14

// leave is 请假 早起 明天 出差: the row is kept, without counting. The reason stays between member and bot.
func (f *feature) leave(ctx context.Context, r *bot.Request) error {
	c, words, s, err := f.taking(ctx, r)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	wanted, ok := readSeveral(words, today)
	if !ok {
		return r.Refuse("leave.which", "Name", c.Name)
	}
	from, to := wanted[0], wanted[len(wanted)-1]
	switch {
	case from < today:
		return r.Refuse("leave.past", "Name", c.Name)
	case to > today+leaveAhead:
		return r.Refuse("leave.far", "Days", leaveAhead)
	case from < s.First || to > s.Last:
		return r.Refuse("makeup.outside", "Name", c.Name, "First", said(s.First), "Last", said(s.Last))
	}
	var days []community.Day
	for _, d := range wanted {
		if s.kind(d) == "" {
			days = append(days, d)
		}
	}
	switch left := c.MaxOff - s.Leaves; {
	case len(days) == 0 && s.kind(from) == Leave:
		return r.Refuse("leave.already", "Day", said(from))
	case len(days) == 0:
		return r.Refuse("leave.done", "Day", said(from))
	case len(days) > left:
		return r.Refuse("leave.enough", "Name", c.Name, "Most", c.MaxOff, "Left", max(0, left))
	}
	o, err := f.change(ctx, r, c, community.MemberID(r.Actor.Member), func(ctx context.Context) error {
		for _, d := range days {
			m := Mark{Origin: community.MemberID(r.Actor.Origin), Day: d, Kind: Leave, Seq: r.Seq, Earns: r.Actor.Role < bot.Moderator}
			if _, err := f.mark(ctx, c.ID, &m, r.At, shown{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	text := r.T("leave.done_for", "Name", r.Actor.Name, "Challenge", c.Name, "Days", spanOf(days), "Left", c.MaxOff-o.After.Leaves)
	for _, w := range o.Won {
		text += f.saidWin(r, c, w)
	}
	r.Reply(text)
	return nil
}

// spanOf is some Days as members read them: from the first to the last, or one by one where there are gaps.
func spanOf(days []community.Day) string {
	first, last := days[0], days[len(days)-1]
	if n := len(days); n > 2 && last == first+community.Day(n)-1 {
		return said(first) + "～" + said(last)
	}
	var list []string
	for _, d := range days {
		list = append(list, said(d))
	}
	return strings.Join(list, "、")
}

// unleave is 销假 早起 明天.
func (f *feature) unleave(ctx context.Context, r *bot.Request) error {
	c, words, s, err := f.taking(ctx, r)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	wanted, ok := readSeveral(words, today)
	if !ok {
		return r.Refuse("leave.which_back", "Name", c.Name)
	}
	from, to := wanted[0], wanted[len(wanted)-1]
	switch {
	case from < today:
		return r.Refuse("leave.over", "Day", said(from))
	case to > today+leaveAhead:
		return r.Refuse("leave.far", "Days", leaveAhead)
	}
	var days []community.Day
	for _, d := range wanted {
		if s.kind(d) == Leave {
			days = append(days, d)
		}
	}
	if len(days) == 0 {
		return r.Refuse("leave.none", "Day", said(from))
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if _, err := f.change(ctx, r, c, community.MemberID(r.Actor.Member), func(ctx context.Context) error {
		in, args := community.In(ids)
		for _, d := range days {
			if _, err := f.db.Exec(ctx, `UPDATE challenge_marks SET gone_seq = ? WHERE challenge_id = ? AND kind = 'leave' AND gone_seq = 0 AND day = ?
				AND member_id IN `+in, append([]any{r.Seq, c.ID, int(d)}, args...)...); err != nil {
				return fmt.Errorf("take leave back: %w", err)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	r.Reply(r.T("leave.back", "Challenge", c.Name, "Days", spanOf(days)))
	return nil
}

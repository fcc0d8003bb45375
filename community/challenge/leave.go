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
	c, words, s, err := f.taking(ctx, r, f.now)
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
	c, words, s, err := f.taking(ctx, r, f.now)
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
			if _, err := f.db.Exec(ctx, `UPDATE challenge_marks SET gone_seq = ? WHERE challenge_id = ? AND kind IN ('leave', 'rested') AND gone_seq = 0 AND day = ?
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

// rest counts the Days of leave that are over towards the goals of who took them, some in each transaction.
func (f *feature) rest(ctx context.Context, r *bot.Request) error {
	n, err := f.restIn(ctx, r, "", f.c.Calendar.Day(r.At))
	if err != nil || n < grantChunk {
		return err
	}
	return r.Later(ctx, r.At, "rested", "")
}

// restIn is rest for the Days before one, of all challenges or of those that fit a condition; n is how many there were.
func (f *feature) restIn(ctx context.Context, r *bot.Request, where string, before community.Day, args ...any) (n int, err error) {
	type rested struct {
		challenge int64
		Mark
	}
	var list []rested
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		m := rested{Mark: Mark{Kind: Rested, Seq: r.Seq}}
		err := scan(&m.challenge, &m.Origin, &m.Day, &m.Earns)
		list = append(list, m)
		return err
	}, `SELECT k.challenge_id, k.member_id, k.day, k.earns FROM challenge_marks k JOIN challenges c ON c.id = k.challenge_id
		WHERE c.state = 'open' AND k.kind = 'leave' AND k.gone_seq = 0 AND k.day >= ? AND k.day < ? `+where+` AND NOT EXISTS
		(SELECT 1 FROM challenge_marks o WHERE o.challenge_id = k.challenge_id AND o.member_id = k.member_id AND o.day = k.day AND o.kind = 'rested' AND o.gone_seq = 0)
		ORDER BY k.challenge_id, k.member_id, k.day LIMIT ?`, append(append([]any{int(before - lookBack), int(before)}, args...), grantChunk)...)
	if err != nil {
		return 0, fmt.Errorf("leave that is over: %w", err)
	}
	for _, m := range list {
		c, err := f.byID(ctx, m.challenge)
		if err != nil {
			return 0, err
		}
		o, err := f.change(ctx, r, c, m.Origin, func(ctx context.Context) error {
			_, err := f.mark(ctx, c.ID, &m.Mark, r.At, shown{})
			return err
		})
		if err != nil {
			return 0, err
		}
		if err := f.tell(ctx, r, c, m.Origin, o.Won); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// tell tells somebody in private what they have won while they said nothing.
func (f *feature) tell(ctx context.Context, r *bot.Request, c *challenge, who community.MemberID, won []Win) error {
	if len(won) == 0 {
		return nil
	}
	person, err := f.c.Who(ctx, who)
	if err != nil {
		return err
	}
	in := r.In("challenge")
	text := in.T("won.told", "Challenge", c.Name)
	for _, w := range won {
		text += f.saidWin(in, c, w)
	}
	r.Send(bot.Outgoing{Member: string(person), Text: text, Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
	return nil
}

package challenge

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// makeUpWithin is how long after its end a Day can be made up.
const makeUpWithin = 48 * time.Hour

// makeUp is 补卡 早起 昨天: it uses a card for a Day that was missed, also where the challenge has ended since.
func (f *feature) makeUp(ctx context.Context, r *bot.Request) error {
	c, words, s, err := f.taking(ctx, r, f.lately)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	if c.State == Settled {
		s.Last = min(s.Last, f.c.Calendar.Day(c.Ended), today-1)
	}
	day, to, _, ok := readDays(words, today, false)
	if !ok || to != day {
		if words != "" {
			return r.Refuse("makeup.which", "Name", c.Name)
		}
		if day, ok = f.lastMissed(s, r.At); !ok {
			return r.Refuse("makeup.nothing", "Name", c.Name)
		}
	}
	switch kind := s.kind(day); {
	case day < s.First || day > s.Last:
		return r.Refuse("makeup.outside", "Name", c.Name, "First", said(s.First), "Last", said(s.Last))
	case day >= today:
		return r.Refuse("makeup.today", "Name", c.Name)
	case kind != "" && kind != Leave:
		return r.Refuse("makeup.done", "Day", said(day))
	case r.At.Sub(f.c.Calendar.Start(day+1)) > makeUpWithin:
		return r.Refuse("makeup.late", "Day", said(day))
	case s.Cards == 0:
		return r.Refuse("makeup.no_card", "Every", cardEvery)
	}
	o, err := f.change(ctx, r, c, community.MemberID(r.Actor.Member), func(ctx context.Context) error {
		m := Mark{Origin: community.MemberID(r.Actor.Origin), Day: day, Kind: MadeUp, Seq: r.Seq, Earns: r.Actor.Role < bot.Moderator}
		_, err := f.mark(ctx, c.ID, &m, r.At, shown{})
		return err
	})
	if err != nil {
		return err
	}
	text := r.T("makeup.done_for", "Name", r.Actor.Name, "Challenge", c.Name, "Day", said(day), "Days", o.After.progress(c, today), "Cards", o.After.Cards)
	for _, w := range o.Won {
		text += f.saidWin(r, c, w)
	}
	r.Reply(text)
	return nil
}

// lastMissed is the latest Day that can still be made up.
func (f *feature) lastMissed(s Standing, at time.Time) (community.Day, bool) {
	today := f.c.Calendar.Day(at)
	for d := min(today-1, s.Last); d >= s.First && at.Sub(f.c.Calendar.Start(d+1)) <= makeUpWithin; d-- {
		if s.kind(d) == "" {
			return d, true
		}
	}
	return 0, false
}

// taking is the challenge that a member means, as it is found, and takes part in, and where they stand.
func (f *feature) taking(ctx context.Context, r *bot.Request, found finder) (c *challenge, words string, s Standing, err error) {
	if c, words, err = found(ctx, r); err != nil {
		return nil, "", s, err
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return nil, "", s, err
	}
	part, rows, err := f.part(ctx, c.ID, ids)
	switch {
	case err != nil:
		return nil, "", s, err
	case banned(rows):
		return nil, "", s, r.Refuse("out", "Name", c.Name)
	case !takesPart(rows):
		return nil, "", s, r.Refuse("join_this", "Name", c.Name)
	}
	return c, words, Judge(c.Terms, *part), f.there(ctx, r, c, ids)
}

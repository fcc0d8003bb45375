package challenge

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// checkIn is 打卡 早起 6:10起床.
func (f *feature) checkIn(ctx context.Context, r *bot.Request) error {
	list, err := f.held(ctx, r)
	if err != nil {
		return err
	}
	c, words, err := f.which(ctx, r, list)
	if err != nil {
		return err
	}
	return f.count(ctx, r, c, shown{words: words})
}

// count counts a check-in, once its proof is whole.
func (f *feature) count(ctx context.Context, r *bot.Request, c *challenge, s shown) error {
	s, err := f.paired(ctx, r, c, s)
	if err != nil {
		return err
	}
	at, before, err := f.moment(ctx, r, c, s)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(at)
	if before.kind(today) == Done {
		return r.Refuse("done.already", "Challenge", c.Name, "For", f.countedFor(r, today))
	}
	if whole, err := f.prove(ctx, r, c, s); err != nil || !whole {
		return err
	}
	m, o, err := f.record(ctx, r, c, at, s)
	if err != nil {
		return err
	}
	f.say(r, c, today, o)
	return f.doubt(ctx, r, c, m, s)
}

// moment is the instant for which a check-in counts, and where its member stands: of a proof in two parts the instant of the
// first, where that can count.
func (f *feature) moment(ctx context.Context, r *bot.Request, c *challenge, s shown) (at time.Time, before Standing, err error) {
	if !s.begun.IsZero() && c.Proof.lacks(s) == "" {
		if before, err = f.mayCount(ctx, r, c, s.begun); err == nil && before.kind(f.c.Calendar.Day(s.begun)) != Done {
			return s.begun, before, nil
		}
	}
	before, err = f.mayCount(ctx, r, c, r.At)
	return r.At, before, err
}

// mayCount refuses what can't count at an instant: of somebody who doesn't take part, or outside of the time.
func (f *feature) mayCount(ctx context.Context, r *bot.Request, c *challenge, at time.Time) (s Standing, err error) {
	today := f.c.Calendar.Day(at)
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return s, err
	}
	part, rows, err := f.part(ctx, c.ID, ids)
	if err != nil {
		return s, err
	}
	switch {
	case banned(rows):
		return s, r.Refuse("out", "Name", c.Name)
	case !takesPart(rows):
		return s, r.Refuse("join_this", "Name", c.Name)
	}
	if err := f.there(ctx, r, c, ids); err != nil {
		return s, err
	}
	s = Judge(c.Terms, *part)
	switch {
	case today < s.First:
		return s, r.Refuse("early", "Name", c.Name, "Day", said(s.First))
	case today > s.Last:
		return s, r.Refuse("over", "Name", c.Name)
	case !c.within(f.c.Calendar, today, at):
		return s, r.Refuse("window", "Name", c.Name, "Windows", c.saidWindows())
	}
	return s, nil
}

// say answers a check-in. In busy moments the answers of a group are said in one message.
func (f *feature) say(r *bot.Request, c *challenge, day community.Day, o outcome) {
	out := bot.Outgoing{Text: f.answer(r, c, day, o), Priority: bot.Answer, Member: r.Actor.Member}
	if r.Actor.Group != "" {
		item := r.T("merged", "Name", r.Actor.Name, "Days", o.After.progress(c, day))
		if earned := o.Earned + worth(o.Won); earned > 0 {
			item += r.T("done.points", "Points", earned)
		}
		if len(o.Won) > 0 {
			item += "🎉"
		}
		out.Group, out.Member = r.Actor.Group, ""
		out.Merge, out.MergeHead, out.MergeItem = c.topic(day), r.T("merged.head", "Challenge", c.Name)+f.countedFor(r, day), item
	}
	r.Send(out)
}

// answer is what a check-in came to, as it is said alone.
func (f *feature) answer(r *bot.Request, c *challenge, day community.Day, o outcome) string {
	text := r.T("done."+string(c.Mode), "Name", r.Actor.Name, "Challenge", c.Name, "Days", o.After.progress(c, day), "Target", c.Target)
	if o.Earned > 0 {
		text += r.T("done.points", "Points", o.Earned)
	}
	if o.Night {
		text += r.T("counted_for", "Day", said(day))
	} else {
		text += f.countedFor(r, day)
	}
	for _, w := range o.Won {
		text += f.saidWin(r, c, w)
	}
	return text
}

// topic is what answers that can be said together have in common.
func (c *challenge) topic(day community.Day) string { return c.Name + "/" + day.String() }

// saidWin tells somebody what they have won.
func (f *feature) saidWin(r *bot.Request, c *challenge, w Win) string {
	key := "won.milestone."
	if w.At == 0 {
		key = "won.goal."
	}
	return "\n" + r.T(key+string(w.Kind), "Challenge", c.Name, "Days", w.At, "Points", w.Amount, "Prize", w.Prize.Name)
}

func worth(list []Win) (sum int64) {
	for _, w := range list {
		if w.Kind == Points {
			sum += w.Amount
		}
	}
	return sum
}

// progress is the number that a challenge is about: Days in a row, or altogether.
func (s Standing) progress(c *challenge, today community.Day) int {
	if c.Mode == Consecutive {
		return s.Streak(today)
	}
	return s.Total
}

func (s Standing) kind(d community.Day) Kind { return s.States[int(d-s.First)] }

// countedFor says which Day it is where the calendar shows the next date already.
func (f *feature) countedFor(r *bot.Request, day community.Day) string {
	if r.At.In(f.c.Calendar.Zone()).Format(time.DateOnly) == day.String() {
		return ""
	}
	return r.T("counted_for", "Day", said(day))
}

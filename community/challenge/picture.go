package challenge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/draw"
)

// weeksDrawn is how many weeks a calendar shows at the most: the latest.
const weeksDrawn = 13

// states are the Days of a calendar in colours.
var states = map[Kind]draw.DayState{Done: draw.DoneDay, MadeUp: draw.MadeUpDay, Leave: draw.LeaveDay, Granted: draw.GivenDay}

// calendar is 打卡日历 早起: one's Days as a picture.
func (f *feature) calendar(ctx context.Context, r *bot.Request) error {
	c, err := f.toSee(ctx, r, false)
	if err != nil {
		return err
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	part, rows, err := f.part(ctx, c.ID, ids)
	switch {
	case err != nil:
		return err
	case banned(rows):
		return r.Refuse("out", "Name", c.Name)
	case !takesPart(rows):
		return r.Refuse("join_this", "Name", c.Name)
	}
	s := Judge(c.Terms, *part)
	png, err := f.drawn(r, c, s).PNG(f.Fonts)
	if err != nil {
		return fmt.Errorf("calendar: %w", err)
	}
	f.show(r, png, r.T("calendar.done", "Name", r.Actor.Name, "Challenge", c.Name))
	return nil
}

// show answers with a picture.
func (f *feature) show(r *bot.Request, png []byte, text string) {
	o := bot.Outgoing{Text: text, Picture: png, Priority: bot.Answer, Group: r.Actor.Group}
	if o.Group == "" {
		o.Member = r.Actor.Member
	}
	r.Send(o)
}

// drawn is a calendar, ready to be drawn.
func (f *feature) drawn(r *bot.Request, c *challenge, s Standing) draw.Calendar {
	today := f.c.Calendar.Day(r.At)
	cal := draw.Calendar{
		Title: r.T("calendar.title", "Name", c.Name), Name: r.Actor.Name, Footer: f.Community,
		Figures: r.T("calendar.figures", "Streak", s.Streak(c.asOf(f.c.Calendar, today)), "Total", s.Total, "Target", c.Target),
	}
	for i, name := range []rune(r.T("weekdays")) {
		if i < len(cal.Weekdays) {
			cal.Weekdays[i] = string(name)
		}
	}
	for _, e := range []struct {
		state draw.DayState
		key   string
	}{{draw.DoneDay, "done"}, {draw.MadeUpDay, "made_up"}, {draw.LeaveDay, "leave"}, {draw.GivenDay, "granted"}, {draw.Missed, "missed"}, {draw.ToCome, "to_come"}} {
		cal.Legend = append(cal.Legend, draw.Entry{State: e.state, Text: r.T("sign." + e.key)})
	}
	end := min(s.Last, max(today+13, s.First))
	for monday := max(mondayOf(s.First), mondayOf(end)-7*(weeksDrawn-1)); monday <= end; monday += 7 {
		week := draw.Week{Label: said(monday)}
		for i := range week.Days {
			week.Days[i] = s.drawnDay(monday+community.Day(i), today)
		}
		cal.Weeks = append(cal.Weeks, week)
	}
	return cal
}

func mondayOf(d community.Day) community.Day { return d - community.Day((int(d.Weekday())+6)%7) }

// drawnDay is how a Day looks.
func (s Standing) drawnDay(d, today community.Day) draw.Day {
	_, _, day := d.Date()
	look := draw.Day{Number: strconv.Itoa(day), Today: d == today, State: states[s.kind(d)]}
	switch {
	case d < s.First || d > s.Last:
		return draw.Day{}
	case look.State != draw.Outside:
	case d >= today:
		look.State = draw.ToCome
	default:
		look.State = draw.Missed
	}
	return look
}

// certificate is 证书 早起: for whoever reached what it is promised for, also after the end.
func (f *feature) certificate(ctx context.Context, r *bot.Request) error {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	in, args := community.In(ids)
	list, err := f.challenges(ctx, `WHERE state <> 'cancelled' AND id IN (SELECT challenge_id FROM challenge_members WHERE member_id IN `+in+`) ORDER BY id DESC`, args...)
	if err != nil {
		return err
	}
	wanted, _ := named(list, r.Args)
	refusal, refusedOne := r.Refuse("certificate.none"), false
	for _, c := range list {
		if wanted != nil && c != wanted {
			continue
		}
		p, rows, err := f.part(ctx, c.ID, ids)
		if err != nil {
			return err
		}
		s := Judge(c.Terms, *p)
		due, no := s.certificate(c, c.asOf(f.c.Calendar, f.c.Calendar.Day(r.At)))
		switch {
		case banned(rows):
			if due != nil || wanted != nil {
				refusal, refusedOne = r.Refuse("certificate.out", "Name", c.Name), true
			}
		case due != nil:
			return f.certify(r, c, s, *due)
		case wanted != nil || s.Reached > 0 && !refusedOne:
			refusal, refusedOne = r.Refuse(no.key, "Name", c.Name, "Days", no.days, "Target", no.target), true
		}
	}
	return refusal
}

// refused is why there is no certificate.
type refused struct {
	key          string
	days, target int
}

// certificate is the last prize of that kind that somebody has reached; nil with the reason where there is none. Staff win
// nothing, and have a certificate all the same.
func (s Standing) certificate(c *challenge, today community.Day) (due *Prize, no refused) {
	no.key = "certificate.no_prize"
	for _, p := range c.Prizes {
		if p.Kind != Certificate {
			continue
		}
		most := s.Total
		if c.Mode == Consecutive {
			most = s.Best
		}
		reached := p.At > 0 && most >= p.At || p.At == 0 && s.Reached > 0
		won := slices.ContainsFunc(s.Wins, func(w Win) bool { return w.N == p.N })
		switch {
		case won || reached && !p.Later:
			if due == nil || p.At == 0 || due.At > 0 && p.At > due.At {
				due = &p
			}
		case reached:
			no.key = "certificate.later"
		case no.key == "certificate.no_prize":
			no = refused{"certificate.not_yet", s.progress(c, today), cmp.Or(p.At, c.Target)}
		}
	}
	return due, no
}

// certify draws a certificate with the name and the days.
func (f *feature) certify(r *bot.Request, c *challenge, s Standing, p Prize) error {
	first, last, total, title, done := s.Goal.First, s.Goal.Last, s.Goal.Total, "certificate.title", "certificate.done"
	if p.At > 0 {
		first, last, total, title, done = s.First, s.Last, s.Total, "certificate.title_days", "certificate.done_days"
	}
	last = min(last, f.c.Calendar.Day(r.At))
	number := fmt.Sprintf("No. %d-%d", c.ID, s.Reached)
	for _, w := range s.Wins {
		if w.N == p.N {
			number = fmt.Sprintf("No. %d-%d", c.ID, w.By.Seq)
		}
	}
	png, err := draw.Certificate{
		Title: r.T(title), Name: r.Actor.Name, Text: r.T("certificate.text", "Name", c.Name), Figure: strconv.Itoa(total), Unit: r.T("certificate.unit"),
		Period: first.String() + " ～ " + last.String(), Number: number, Community: f.Community,
	}.PNG(f.Fonts)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	f.show(r, png, r.T(done, "Name", r.Actor.Name, "Challenge", c.Name, "Days", p.At))
	return nil
}

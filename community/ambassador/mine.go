package ambassador

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// listedMine is how many invitations 我的邀请 shows: the latest, those that may still earn first.
const listedMine = 10

// sum is what a person's invitations come to.
type sum struct {
	Claims, Counting, Spoke, Stayed int
	Vested, Open                    int64 // points
}

// sumOf counts the invitations by the codes of some ids.
func (f *feature) sumOf(ctx context.Context, ids []community.MemberID) (s sum, err error) {
	list, err := f.by(ctx, ids)
	if err != nil {
		return s, err
	}
	for _, v := range list {
		s.Claims++
		s.Vested += v.Vested
		if v.State != Counts {
			continue
		}
		s.Counting++
		if v.SpokeDay > 0 {
			s.Spoke++
		}
		if f.stayed(v) {
			s.Stayed++
		}
	}
	return s, nil
}

// mine is 我的邀请: every invitation with what it has earned, what is missing for the next part, or why it does not count.
func (f *feature) mine(ctx context.Context, r *bot.Request) error {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	list, err := f.by(ctx, ids)
	if err != nil {
		return err
	}
	invited, err := f.invitedBy(ctx, r, ids)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		text := r.T("mine.none")
		if invited != "" {
			text = invited
		}
		r.Reply(text)
		return nil
	}
	slices.SortStableFunc(list, func(a, b *invite) int { // what may still earn first, then the latest
		if a.Open != b.Open {
			if a.Open {
				return -1
			}
			return 1
		}
		return int(b.ID - a.ID)
	})
	var rest int64
	lines := []string{""}
	s, err := f.sumOf(ctx, ids)
	if err != nil {
		return err
	}
	for i, v := range list {
		line, open, err := f.line(ctx, r, v)
		if err != nil {
			return err
		}
		rest += open
		if i < listedMine {
			lines = append(lines, line)
		}
	}
	lines[0] = r.T("mine.title", "Claims", s.Claims, "Counting", s.Counting, "Stayed", s.Stayed, "Vested", s.Vested, "Open", rest)
	if len(list) > listedMine {
		lines = append(lines, r.T("mine.more", "Count", len(list)-listedMine))
	}
	if target, ok := f.nextTarget(s.Stayed); ok {
		lines = append(lines, f.targetLine(r, target, s.Stayed))
	}
	if invited != "" {
		lines = append(lines, invited)
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// invitedBy tells a newcomer who invited them, or why nobody did; empty where they never said.
func (f *feature) invitedBy(ctx context.Context, r *bot.Request, ids []community.MemberID) (string, error) {
	list, err := f.of(ctx, ids)
	if err != nil || len(list) == 0 {
		return "", err
	}
	v := list[0]
	for _, o := range list {
		if o.State == Counts {
			v = o
		}
	}
	name, err := f.inviterName(ctx, v)
	if err != nil {
		return "", err
	}
	if v.State != Counts {
		return r.T("mine.not", "Inviter", name, "Why", r.T("why."+string(v.State))), nil
	}
	return r.T("mine.invited", "Inviter", name, "Day", v.CameDay.String()), nil
}

// line is one invitation as its inviter reads it, and how much it may still earn.
func (f *feature) line(ctx context.Context, r *bot.Request, v *invite) (text string, open int64, err error) {
	name, err := f.c.Called(ctx, v.Member)
	if err != nil {
		return "", 0, err
	}
	head := r.T("mine.line", "Name", name, "Day", v.CameDay.String()[len("2026-"):])
	if v.State != Counts {
		return head + r.T("mine.no", "Why", r.T("why."+string(v.State))), 0, nil
	}
	if !v.Earns {
		return head + r.T("mine.no", "Why", r.T("why.capped", "Day", f.cfg.PerDay, "Month", f.cfg.PerMonth)), 0, nil
	}
	held, err := f.held(ctx, v.ID)
	if err != nil {
		return "", 0, err
	}
	ids, err := f.c.IDs(ctx, v.Member)
	if err != nil {
		return "", 0, err
	}
	parts, err := f.parts(ctx, v, ids, f.c.Calendar.Day(r.At))
	if err != nil {
		return "", 0, err
	}
	spokeToday, err := f.activeOn(ctx, ids, f.c.Calendar.Day(r.At))
	if err != nil {
		return "", 0, err
	}
	for i, p := range parts {
		if p.State == Pending {
			open += p.Amount
		}
		if spokeToday { // today counts from its end on
			parts[i].Lacks = max(0, p.Lacks-1)
		}
	}
	earned := r.T("mine.earned", "Vested", v.Vested, "All", v.Inviter)
	if held {
		return head + earned + r.T("mine.held"), open, nil
	}
	return head + earned + f.next(r, v, parts), open, nil
}

// next says what is missing for the next part of a reward, or how it ended.
func (f *feature) next(r *bot.Request, v *invite, parts []Part) string {
	today := f.c.Calendar.Day(r.At)
	for _, p := range parts {
		switch {
		case p.State == Lost:
			return r.T("next.left", "Day", p.Day.String()[len("2026-"):])
		case p.State != Pending:
		case p.Words:
			return r.T("next.words", "Amount", p.Amount)
		case p.Lacks > 0:
			return r.T("next.active", "Amount", p.Amount, "Lacks", p.Lacks, "Day", p.Day.String()[len("2026-"):], "Later", p.Day > today)
		default:
			return r.T("next.wait", "Amount", p.Amount, "Days", int(p.Day-today), "Day", p.Day.String()[len("2026-"):])
		}
	}
	for _, p := range parts {
		if p.State == Missed {
			return r.T("next.missed")
		}
	}
	return r.T("next.done")
}

// nextTarget is the lowest target that is not reached yet.
func (f *feature) nextTarget(stayed int) (Target, bool) {
	for _, t := range f.cfg.Targets {
		if stayed < t.Invites {
			return t, true
		}
	}
	return Target{}, false
}

func (f *feature) targetLine(r *bot.Request, t Target, stayed int) string {
	prize := ""
	if t.Points > 0 {
		prize = r.T("target.points", "Points", t.Points)
	}
	if t.Badge != "" {
		prize += r.T("target.badge", "Badge", t.Badge, "Both", t.Points > 0)
	}
	return r.T("target.next", "Count", t.Invites-stayed, "Prize", prize, "Invites", t.Invites)
}

// explain explains what inviting earns.
func (f *feature) explain(r *bot.Request) string {
	r = r.In("ambassador")
	if f.cfg.Inviter == 0 && f.cfg.Newcomer == 0 {
		return ""
	}
	var steps []string
	for _, p := range f.cfg.Parts {
		key := "explain.later"
		if p.After == 0 {
			key = "explain.first"
		}
		steps = append(steps, r.T(key, "Percent", p.Percent, "Days", p.After, "Active", p.Active))
	}
	return fmt.Sprintf("%s%s", r.T("explain", "Inviter", f.cfg.Inviter, "Newcomer", f.cfg.Newcomer), r.T("explain.steps", "Steps", strings.Join(steps, r.T("explain.comma"))))
}

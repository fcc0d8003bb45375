package tier

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// mine is 我的等级: what one holds, what each requirement of the next tier asks for and what one has of it, the cheapest
// step, and when it is looked at again. In a group it is short.
func (f *feature) mine(ctx context.Context, r *bot.Request) error {
	if max(r.Actor.Role, r.Actor.Asleep) >= bot.Moderator || r.Actor.Bot {
		r.Reply(r.T("mine.staff", "Name", r.Actor.Name))
		return nil
	}
	lines, err := f.explain(ctx, r, community.MemberID(r.Actor.Member), r.Actor.Name, "mine")
	if err != nil {
		return err
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// of is 等级 @x, with what the facts are made of; it is answered in private, where that can be.
func (f *feature) of(ctx context.Context, r *bot.Request) error {
	who, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	if rest != "" {
		return r.Refuse("of.usage", "Command", r.Command())
	}
	name, err := f.c.Called(ctx, who.ID)
	if err != nil {
		return err
	}
	if who.Role >= bot.Moderator || who.Bot {
		return r.Refuse("staff", "Name", name)
	}
	lines, err := f.explain(ctx, r, who.ID, name, "of")
	if err != nil {
		return err
	}
	open, err := f.c.Reachable(ctx, r.Actor.Member)
	if err != nil {
		return err
	}
	if !open && r.Actor.Group != "" { // whom somebody talks with is nothing for the group
		r.Reply(strings.Join(lines, "\n"))
		return nil
	}
	more, err := f.evidence(ctx, r, who.ID)
	if err != nil {
		return err
	}
	r.Whisper(r.Actor.Member, strings.Join(append(lines, more...), "\n"))
	return nil
}

// explain says all that is to be said of somebody's tier, by the evaluator that decides: to them in the texts "mine", to others
// in those of "of".
func (f *feature) explain(ctx context.Context, r *bot.Request, member community.MemberID, name, in string) ([]string, error) {
	s, err := f.c.Tiers.Of(ctx, member)
	if err != nil {
		return nil, err
	}
	today := f.c.Calendar.Day(r.At)
	facts, _, err := f.c.Tiers.Facts(ctx, member, today)
	if err != nil {
		return nil, err
	}
	ladder, _, err := f.c.Tiers.Ladder(ctx, today+1)
	if err != nil {
		return nil, err
	}
	v := ladder.Classify(facts, s.Tier)
	head := r.T(in+".head", "Name", name, "Tier", named(r.T, s.Tier))
	if s.Since > 0 {
		head += r.T("mine.since", "Date", date(s.Since))
	}
	lines := []string{head}
	lock, err := f.c.Tiers.Locked(ctx, member, today)
	if err != nil {
		return nil, err
	}
	if lock != nil {
		key := "mine.locked"
		if lock.Until > 0 {
			key = "mine.locked.until"
		}
		return append(lines, r.T(key, "Date", date(lock.Until))), nil
	}
	lines = append(lines, f.standing(r, s, v, in)...)
	if next, ok := v.Next(); ok {
		lines = append(lines, r.T("mine.next", "Tier", named(r.T, next.Tier)))
		lines = append(lines, checked(r.T, next)...)
		lines = append(lines, r.T("mine.step", "Step", steps(r.T, next.Missing())))
	}
	return append(lines, r.T("mine.review", "Date", date(review(s, tiers.Day(today))))), nil
}

// standing is what is to be said of what is held: that it will be more in the morning, that it is asked about, or that it is
// below what it asks for.
func (f *feature) standing(r *bot.Request, s tiers.Standing, v tiers.Verdict, in string) (lines []string) {
	switch {
	case s.Waits != "":
		return []string{r.T(in+".waits", "Tier", named(r.T, s.Waits))}
	case v.Earned.Above(v.Held):
		return []string{r.T(in+".rises", "Tier", named(r.T, v.Earned))}
	case v.Low:
		kept, _ := v.Kept()
		key, on := in+".low", tiers.Day(0)
		if s.Warned > 0 {
			key, on = in+".warned", s.Warned+tiers.Grace
		}
		return []string{r.T(key, "Tier", named(r.T, v.Held), "Step", steps(r.T, kept.Missing()), "Date", date(on))}
	}
	return nil
}

// review is the Day on which what is held is looked at again: when the grace of a warning ends, or the first of the next month.
func review(s tiers.Standing, today tiers.Day) tiers.Day {
	if s.Warned > 0 {
		return s.Warned + tiers.Grace
	}
	_, next := community.Day(today).Month()
	return tiers.Day(next)
}

// checked is each need of a rung, with what somebody has of it.
func checked(t func(key string, kv ...any) string, c tiers.Check) (lines []string) {
	for _, a := range c.Answers {
		var parts []string
		for _, p := range a.Parts {
			parts = append(parts, t("fact."+string(p.Fact), "Has", p.Has, "Least", p.Least))
		}
		mark := "⬜"
		if a.Met() {
			mark = "✅"
		}
		lines = append(lines, mark+" "+strings.Join(parts, t("or")))
	}
	return lines
}

// steps says what is missing, the cheapest way.
func steps(t func(key string, kv ...any) string, missing []tiers.Part) string {
	parts := make([]string, len(missing))
	for i, p := range missing {
		parts[i] = t("step."+string(p.Fact), "N", p.Missing())
	}
	return strings.Join(parts, t("and"))
}

// most is how many people or Days are named as evidence.
const most = 8

// evidence is what somebody's facts are made of.
func (f *feature) evidence(ctx context.Context, r *bot.Request, member community.MemberID) (lines []string, err error) {
	_, e, err := f.c.Tiers.Facts(ctx, member, f.c.Calendar.Day(r.At))
	if err != nil {
		return nil, err
	}
	if n := len(e.Active); n > 0 {
		var days []string
		for _, d := range e.Active[max(0, n-most):] {
			days = append(days, d.String()[5:])
		}
		lines = append(lines, r.T("why.active", "N", n, "Days", strings.Join(days, r.T("comma"))))
	}
	for _, people := range [...]struct {
		key string
		ids []community.MemberID
	}{{"why.partners", e.Partners}, {"why.influence", e.Influenced}} {
		if len(people.ids) == 0 {
			continue
		}
		some := people.ids[:min(len(people.ids), most)]
		names, err := f.c.Names(ctx, some...)
		if err != nil {
			return nil, err
		}
		var list []string
		for _, id := range some {
			list = append(list, names[id])
		}
		lines = append(lines, r.T(people.key, "N", len(people.ids), "Names", strings.Join(list, r.T("comma"))))
	}
	var gifts []string
	for _, g := range e.Contributions {
		gifts = append(gifts, r.T("gift."+string(g.Kind), "N", g.N))
	}
	if len(gifts) > 0 {
		lines = append(lines, r.T("why.contributions", "List", strings.Join(gifts, r.T("comma"))))
	}
	return lines, nil
}

// ladder is 等级标准: what each tier asks for, and what will change.
func (f *feature) ladder(ctx context.Context, r *bot.Request) error {
	now, next, err := f.c.Tiers.Ladder(ctx, f.c.Calendar.Day(r.At))
	if err != nil {
		return err
	}
	text := r.T("ladder.title") + "\n" + rungs(r.T, now)
	if next.From > 0 {
		text += "\n" + r.T("ladder.next", "Date", date(next.From)) + "\n" + rungs(r.T, next.Ladder)
	}
	r.Reply(text + "\n" + r.T("ladder.foot"))
	return nil
}

// rungs describes a ladder, highest tier first.
func rungs(t func(key string, kv ...any) string, l tiers.Ladder) string {
	var lines []string
	for i := len(l) - 1; i >= 0; i-- {
		var needs []string
		for _, need := range l[i].Needs {
			var ways []string
			for _, q := range need {
				ways = append(ways, t("need."+string(q.Fact), "N", q.Least))
			}
			needs = append(needs, strings.Join(ways, t("or")))
		}
		if l[i].Confirm {
			needs = append(needs, t("need.confirm"))
		}
		if len(needs) == 0 {
			needs = []string{t("need.nothing")}
		}
		lines = append(lines, t("ladder.line", "Tier", named(t, l[i].Tier), "Needs", strings.Join(needs, t("comma"))))
	}
	return strings.Join(lines, "\n")
}

// mineLine is what 我的 says of the tier.
func (f *feature) mineLine(ctx context.Context, r *bot.Request, member community.MemberID) (string, error) {
	if max(r.Actor.Role, r.Actor.Asleep) >= bot.Moderator || r.Actor.Bot {
		return "", nil
	}
	s, err := f.c.Tiers.Of(ctx, member)
	if err != nil {
		return "", err
	}
	return r.In("tier").T("line", "Tier", named(r.In("tier").T, s.Tier)), nil
}

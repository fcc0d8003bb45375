package report

import (
	"context"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) commands() []bot.Command {
	return []bot.Command{
		{Names: []string{"报告", "report"}, Usage: "usage.report", Help: "help.report", Role: bot.Manager, Run: f.tell},
		{Names: []string{"日报", "dailyreport"}, Help: "help.daily", Role: bot.Manager, Run: f.tellOver(OfDay)},
		{Names: []string{"周报", "weeklyreport"}, Help: "help.weekly", Role: bot.Manager, Run: f.tellOver(OfWeek)},
		{Names: []string{"月报", "monthlyreport"}, Help: "help.monthly", Role: bot.Manager, Run: f.tellOver(OfMonth)},
	}
}

// tell is 报告 上月 本群: a report in private, as a picture and in words.
func (f *feature) tell(ctx context.Context, r *bot.Request) error {
	p, here, ok := f.wanted(r)
	if !ok {
		return r.Refuse("report.which", "Command", r.Command())
	}
	ask := Ask{Period: p}
	if here {
		if r.Actor.Group == "" {
			return r.Refuse("report.no_group")
		}
		ask.Group = community.GroupID(r.Actor.Group)
	}
	return f.answer(ctx, r, ask)
}

func (f *feature) tellOver(kind Kind) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error {
		return f.answer(ctx, r, Ask{Period: f.over(kind, r)})
	}
}

// answer tells who asks in private: a report names people.
func (f *feature) answer(ctx context.Context, r *bot.Request, ask Ask) error {
	if ask.Period.First > f.c.Calendar.Day(r.At) {
		return r.Refuse("report.future", "Period", ask.Period)
	}
	rep, err := f.report(ctx, r.Query(), ask)
	if err != nil {
		return err
	}
	return f.show(r, bot.Outgoing{Member: r.Actor.Member, Priority: bot.Answer}, rep)
}

// wanted reads what a manager asks for: which period, and whether only of this group.
func (f *feature) wanted(r *bot.Request) (p Period, here, ok bool) {
	today := f.c.Calendar.Day(r.At)
	words := strings.Fields(bot.Fold(r.Args))
	if n := len(words); n > 0 && (words[n-1] == "本群" || words[n-1] == "here") {
		here, words = true, words[:n-1]
	}
	switch len(words) {
	case 0:
		return f.over(OfMonth, r), here, true
	case 1:
		p, ok = one(words[0], today)
		return p, here, ok
	case 2, 3:
		last := words[len(words)-1]
		if len(words) == 3 && !slices.Contains([]string{"到", "至", "~", "-", "—", "～"}, words[1]) {
			return p, here, false
		}
		from, err := community.ParseDay(words[0])
		to, err2 := community.ParseDay(last)
		if err != nil || err2 != nil {
			return p, here, false
		}
		p, err = Range(from, to)
		return p, here, err == nil
	}
	return p, here, false
}

// one is a period that one word names.
func one(word string, today community.Day) (Period, bool) {
	now := func(kind Kind) Period { return Around(kind, today) }
	before := func(kind Kind) Period { return Around(kind, now(kind).First-1) }
	switch word {
	case "今天", "今日", "today":
		return now(OfDay), true
	case "昨天", "昨日", "日", "yesterday", "day":
		return before(OfDay), true
	case "本周", "这周", "this-week":
		return now(OfWeek), true
	case "上周", "周", "week", "last-week":
		return before(OfWeek), true
	case "本月", "这个月", "this-month":
		return now(OfMonth), true
	case "上月", "上个月", "月", "month", "last-month":
		return before(OfMonth), true
	case "本季", "本季度":
		return now(OfQuarter), true
	case "上季", "上季度", "季", "季度", "quarter":
		return before(OfQuarter), true
	}
	for _, kind := range []Kind{OfMonth, OfQuarter, OfDay} {
		if p, err := Parse(kind, word); err == nil {
			return p, true
		}
	}
	return Period{}, false
}

package report

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// deliveries are the reports that come by themselves.
func (f *feature) deliveries() (jobs []bot.Job) {
	at, err := community.TimeOfDay(f.cfg.At)
	if err != nil {
		return nil // Validate tells
	}
	clock := fmt.Sprintf("%d %d ", int(at.Minutes())%60, int(at.Hours()))
	for _, j := range []struct {
		on    bool
		name  string
		days  string
		run   func(context.Context, *bot.Request) error
		title string
	}{
		{f.cfg.Daily, "daily", "* * *", f.briefing(OfDay), "job.daily"},
		{f.cfg.Weekly, "weekly", "* * 1", f.briefing(OfWeek), "job.weekly"},
		{f.cfg.Monthly, "monthly", "1 * *", f.monthly, "job.monthly"},
	} {
		if j.on {
			jobs = append(jobs, bot.Job{Name: j.name, Spec: clock + j.days, CatchUp: bot.Collapse, Ritual: true, Backstage: true, Title: j.title, Run: j.run})
		}
	}
	return jobs
}

// briefing tells the managers in one message of the Day or week that is over.
func (f *feature) briefing(kind Kind) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error {
		managers, err := f.c.Roster.Managers(ctx)
		if err != nil || len(managers) == 0 {
			r.Skip("nobody")
			return err
		}
		rep, err := f.report(ctx, r.Query(), Ask{Period: f.over(kind, r)})
		if err != nil {
			return err
		}
		if rep.MAU == 0 {
			r.Skip("nothing")
			return nil
		}
		text := f.brief(r, rep)
		for _, id := range managers {
			r.Send(bot.Outgoing{Member: string(id), Text: text, Priority: bot.Notice})
		}
		return nil
	}
}

// over is the last period of a kind that is over.
func (f *feature) over(kind Kind, r *bot.Request) Period {
	return Around(kind, Around(kind, f.c.Calendar.Day(r.At)).First-1)
}

// monthly sends the managers the report of the month that is over, and the groups a short version.
func (f *feature) monthly(ctx context.Context, r *bot.Request) error {
	managers, err := f.c.Roster.Managers(ctx)
	if err != nil {
		return err
	}
	groups := []community.Place{}
	if f.cfg.Groups {
		if groups, err = f.c.AdoptedGroups(ctx); err != nil {
			return err
		}
	}
	if len(managers)+len(groups) == 0 {
		r.Skip("nobody")
		return nil
	}
	month := f.over(OfMonth, r)
	if len(managers) > 0 {
		rep, err := f.report(ctx, r.Query(), Ask{Period: month})
		if err != nil {
			return err
		}
		if rep.MAU == 0 {
			r.Skip("nothing")
			return nil
		}
		for _, id := range managers {
			if err := f.show(r, bot.Outgoing{Member: string(id), Priority: bot.Notice}, rep); err != nil {
				return err
			}
		}
	}
	for _, g := range groups {
		rep, err := f.report(ctx, r.Query(), Ask{Period: month, Group: g.ID})
		if err != nil {
			return err
		}
		if rep.Messages == 0 {
			continue
		}
		text := r.T("group.month", "Month", month, "Speakers", rep.Speakers, "Messages", rep.Messages, "New", rep.NewMembers)
		ok, err := f.c.Noise.TakeFor(ctx, r.At, community.Unasked{Group: g.ID, Feature: Name, Text: text})
		if err != nil {
			return err
		}
		if ok {
			r.Say(string(g.ID), text)
		}
	}
	return nil
}

// show sends a report as a picture with its brief.
func (f *feature) show(r *bot.Request, o bot.Outgoing, rep *Report) (err error) {
	o.Text = f.brief(r, rep)
	if o.Picture, err = rep.File(r.Query(), f.Fonts, "png"); err != nil {
		return err
	}
	r.Send(o)
	return nil
}

// brief is a report in one message: the main figures, what went wrong, what to do, and where there is more.
func (f *feature) brief(r *bot.Request, rep *Report) string {
	w := words{r.Query().In(Name), rep}
	lines := []string{w.title()}
	if rep.Group != nil {
		lines[0] += w.t("brief.group", "Group", rep.Group.Name)
	}
	if rep.MAU == 0 {
		lines = append(lines, w.t("lead.nobody"))
	}
	for _, name := range []string{"mau", "messages", "new_members", "dau_mean", "speaker_rate", "d7_retention", "median_first_reply_s"} {
		m := rep.metric(name)
		if m.Value == nil || rep.MAU == 0 || rep.Period.Kind == OfDay && (name == "dau_mean" || name == "d7_retention" || name == "speaker_rate") {
			continue
		}
		line := w.t("brief.line", "Title", m.Title, "Value", w.value(*m, m.Value)) + arrow(m.Trend)
		if m.Previous != nil {
			line += w.t("brief.then", "Value", w.value(*m, m.Previous))
		}
		lines = append(lines, line)
	}
	if n := rep.Open; n > 0 {
		lines = append(lines, w.t("brief.open", "N", n))
	}
	if n := len(rep.Wrong.Outages); n > 0 {
		lines = append(lines, w.t("wrong.online", "Rate", percent(*rep.Coverage.Online), "N", n, "Time", duration(w.q, float64(rep.Coverage.OutageS))))
	}
	for i, s := range rep.Suggestions {
		if i == 0 {
			lines = append(lines, "", w.t("todo"))
		}
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, s.Do))
	}
	if f.Address != nil && f.Address() != "" {
		lines = append(lines, "", w.t("brief.more", "Link", f.Address()+"/v/report.report?"+rep.query()))
	}
	return strings.Join(lines, "\n")
}

// query is the report's period as parameters of its page.
func (r *Report) query() string {
	s := "kind=" + string(r.Period.Kind) + "&date=" + r.Period.First
	if r.Period.Kind == OfRange {
		s += "&until=" + r.Period.Last
	}
	if r.Group != nil {
		s += "&group=" + string(r.Group.ID)
	}
	return s
}

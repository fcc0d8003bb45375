// Package agenda shows what is to be said and what was: every occurrence of every ritual, and how it ended.
package agenda

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

type agenda struct {
	db bot.Storage
	c  *community.Community
}

// New makes the feature.
func New(db bot.Storage, c *community.Community) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	a := &agenda{db, c}
	return bot.Feature{
		Name: "agenda", Locales: texts, Section: bot.Activity, Alarms: a.alarms(),
		Commands: []bot.Command{{Names: []string{"排程", "agenda"}, Usage: "usage", Help: "help", Role: bot.Moderator, Run: a.show}},
		Views: []bot.View{{
			Name: "agenda", Title: "title", Role: bot.Moderator, Read: a.page,
			Params: []bot.Param{{Name: "day", Label: "day", Kind: bot.Date}},
		}},
	}
}

// shown is how many occurrences of a Day the chat shows at the most.
const shown = 15

// show answers with yesterday, today and tomorrow, or with the day that is asked for.
func (a *agenda) show(ctx context.Context, r *bot.Request) error {
	today := a.c.Calendar.Day(r.At)
	days := []community.Day{today - 1, today, today + 1}
	if asked := strings.TrimSpace(r.Args); asked != "" {
		day, ok := dayOf(asked, today)
		if !ok {
			return r.Refuse("which")
		}
		days = []community.Day{day}
	}
	names, err := a.c.GroupNames(ctx)
	if err != nil {
		return err
	}
	var lines []string
	for _, day := range days {
		part, err := a.day(ctx, r, day, today, names)
		if err != nil {
			return err
		}
		lines = append(lines, part...)
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// dayOf reads which Day is meant: 昨天 今天 明天 后天, or a date.
func dayOf(asked string, today community.Day) (community.Day, bool) {
	for i, names := range [...][2]string{{"前天", ""}, {"昨天", "yesterday"}, {"今天", "today"}, {"明天", "tomorrow"}, {"后天", ""}} {
		if word := bot.Fold(asked); word == names[0] || names[1] != "" && word == names[1] {
			return today + community.Day(i-2), true
		}
	}
	day, err := community.ParseDay(bot.Fold(asked))
	return day, err == nil
}

// day is what the chat shows of a Day: its name, its outages, its occurrences. In a group that is what
// concerns the group.
func (a *agenda) day(ctx context.Context, r *bot.Request, day, today community.Day, names map[community.GroupID]string) ([]string, error) {
	from, to := a.c.Calendar.Start(day), a.c.Calendar.Start(day+1)
	list, err := r.Occurrences(ctx, from, to)
	if err != nil {
		return nil, err
	}
	lines := []string{r.T("heading", "Name", a.dayName(r.T, day, today))}
	outages, err := bot.Outages(ctx, a.db, from, earlier(to, r.At))
	if err != nil {
		return nil, err
	}
	for _, o := range outages {
		lines = append(lines, r.T("outage", "From", a.clock(r.T, o.From, day), "To", a.clock(r.T, o.To, day), "Transport", o.Transport))
	}
	n := 0
	for _, o := range list {
		if here := r.Actor.Group; here != "" && !concerns(o, here) {
			continue
		}
		if n++; n > shown {
			continue
		}
		lines = append(lines, r.T("line", "Time", a.clock(r.T, o.Slot, day), "Title", title(r, o), "Where", where(r.T, o, names, r.Actor.Group),
			"State", state(r.T, r.In, o, a.deadline(r.T, day))))
	}
	if n > shown {
		lines = append(lines, r.T("more", "N", n-shown))
	}
	if n == 0 {
		lines = append(lines, r.T("none"))
	}
	return lines, nil
}

// concerns tells whether a group hears of an occurrence: it was or is to be said there, or may be.
func concerns(o bot.Occurrence, here string) bool {
	switch {
	case o.Group != "":
		return o.Group == here
	case o.Backstage:
		return false
	}
	return len(o.Words) == 0 || slices.Contains(o.Heard, here)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// text is Request.T or Query.T.
type text = func(key string, kv ...any) string

// clock is the time of day; where the Day goes on after midnight, it says that it is of the next date.
func (a *agenda) clock(t text, at time.Time, day community.Day) string {
	said := at.In(a.c.Calendar.Zone()).Format("15:04")
	switch date := community.DateOf(at, a.c.Calendar.Zone()); date {
	case day:
		return said
	case day + 1:
		return t("next_day", "Time", said)
	}
	return at.In(a.c.Calendar.Zone()).Format("01-02 15:04")
}

// deadline puts into words until when something could have been said.
func (a *agenda) deadline(t text, day community.Day) func(at time.Time) string {
	return func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return a.clock(t, at, day)
	}
}

// dayName is "今天 11月23日 周一".
func (a *agenda) dayName(t text, day, today community.Day) string {
	_, month, date := day.Date()
	name := t("date", "Month", int(month), "Date", date, "Weekday", t(fmt.Sprintf("weekday.%d", day.Weekday())), "MonthName", month.String()[:3])
	if near := day - today; near >= -1 && near <= 1 {
		return t(fmt.Sprintf("near.%d", near+1)) + " " + name
	}
	return name
}

// titled is a Request or a Query.
type titled interface{ JobTitle(job string) string }

// title is what an occurrence is called: by its plan, or else by its job.
func title(r titled, o bot.Occurrence) string {
	if o.Title == "" {
		return r.JobTitle(o.Job)
	}
	return community.Excerpt(o.Title, titleLength)
}

// titleLength is how many characters of a title are shown.
const titleLength = 24

// where names the group of an occurrence, unless it is the one that is looked from.
func where(t text, o bot.Occurrence, names map[community.GroupID]string, here string) string {
	if o.Group == "" || o.Group == here {
		return ""
	}
	return t("where", "Group", names[community.GroupID(o.Group)])
}

// state says how an occurrence ended, and what became of its words.
func state[R interface{ T(string, ...any) string }](t text, in func(feature string) R, o bot.Occurrence, deadline func(time.Time) string) string {
	if o.Ending == bot.ToCome {
		return t("to_come")
	}
	said := t("ending."+string(o.Ending), "Reason", reason(t, in, o))
	switch {
	case o.Silent() && o.Words[bot.Pending] > 0:
		said = t("ending.waiting")
	case o.Silent():
		said = t("ending.silent")
	}
	for _, outcome := range [...]bot.Outcome{bot.Pending, bot.Sending, bot.Failed, bot.Unknown} {
		if n := o.Words[outcome]; n > 0 {
			said += t("words."+string(outcome), "N", n)
		}
	}
	for _, u := range o.Withheld {
		said += t("withheld."+string(u.Cause), "N", u.N, "Until", deadline(u.NotAfter))
	}
	return said
}

// reason is why an occurrence was skipped: in the words of its feature where it has some, or else of this one.
func reason[R interface{ T(string, ...any) string }](t text, in func(feature string) R, o bot.Occurrence) string {
	if o.Reason == "" {
		return ""
	}
	feature, _, _ := strings.Cut(o.Job, ".")
	key := "skipped." + o.Reason
	if said := in(feature).T(key); said != key {
		return said
	}
	if said := t(key); said != key {
		return said
	}
	return o.Reason
}

package post

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// entry is one time of a post, in all groups in which it ends or will end alike.
type entry struct {
	bot.Occurrence
	post   *post
	groups []community.GroupID
	reason string // why it will not be sent, as things stand; of one to come
}

// title is what the post was called at the time.
func (e *entry) title() string {
	if e.Ending == bot.ToCome || e.Title == "" {
		return e.post.title()
	}
	return community.Excerpt(e.Title, titleLength)
}

// entries are the times of all posts in from <= slot < to.
func (f *feature) entries(ctx context.Context, ask occurrences, who persons, from, to time.Time) ([]*entry, error) {
	list, err := ask(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var ids []int64
	list = slices.DeleteFunc(list, func(o bot.Occurrence) bool { return o.Job != "post."+sayJob })
	for _, o := range list {
		if id, _, _, ok := readKey(o.Key); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	posts, err := f.byIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	stages := map[int64]bool{}
	for id, p := range posts {
		a, err := p.assent(who)
		if err != nil {
			return nil, err
		}
		stages[id] = a.enough(f.cfg.need(), f.cfg.OwnerMaySkip)
	}
	var found []*entry
	same := map[string]*entry{}
	days := f.days()
	for _, o := range list {
		id, g, _, _ := readKey(o.Key)
		p := posts[id]
		if p == nil {
			continue
		}
		e := &entry{Occurrence: o, post: p}
		if o.Ending == bot.ToCome {
			if e.reason, err = foreseenReason(ctx, days, p, o.Slot, stages[id]); err != nil {
				return nil, err
			}
		}
		like := fmt.Sprint(id, "/", o.Slot.UnixMilli(), o.Ending, o.Reason, o.Words)
		for _, u := range o.Withheld {
			like += fmt.Sprint("/", u.Cause, u.N)
		}
		if same[like] == nil {
			same[like] = e
			found = append(found, e)
		}
		same[like].groups = append(same[like].groups, g)
	}
	return found, nil
}

// foreseenReason is why a post will not be sent at a slot to come, as things stand.
func foreseenReason(ctx context.Context, d *days, p *post, slot time.Time, agreed bool) (string, error) {
	if p.State == paused {
		return isPaused, nil
	}
	reason, err := d.excluded(ctx, p, slot)
	if reason == "" && !agreed {
		reason = unapproved
	}
	return reason, err
}

// entryState says how an entry ended, or how it stands.
func (f *feature) entryState(t text, e *entry) string {
	if e.Ending != bot.ToCome || e.reason == "" {
		return f.ending(t, e.Occurrence, t("to_come"))
	}
	if e.reason == unapproved {
		return t("to_come.unapproved")
	}
	return t("to_come.not", "Reason", reasonText(t, e.reason))
}

// The bounds of what the chat shows of the calendar.
const (
	linesShown = 60
	dayShown   = 8
	weekDays   = 7
)

// calendar is 内容日历: a week from today, this month, or the month that is asked for. In a group, for that group.
func (f *feature) calendar(ctx context.Context, r *bot.Request) error {
	today := f.c.Calendar.Day(r.At)
	first, after, ok := period(strings.TrimSpace(r.Args), today)
	if !ok {
		return r.Refuse("calendar.which")
	}
	list, err := f.entries(ctx, r.Occurrences, f.who(ctx), f.c.Calendar.Start(first), f.c.Calendar.Start(after))
	if err != nil {
		return err
	}
	if here := community.GroupID(r.Actor.Group); here != "" {
		list = slices.DeleteFunc(list, func(e *entry) bool { return !slices.Contains(e.groups, here) })
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return err
	}
	lines := []string{r.T("calendar.title", "From", first.String(), "To", (after - 1).String())}
	if len(list) == 0 {
		lines = append(lines, r.T("calendar.none"))
	}
	r.Reply(strings.Join(append(lines, f.calendarLines(r, list, names)...), "\n"))
	return nil
}

// calendarLines are the posts by Day.
func (f *feature) calendarLines(r *bot.Request, list []*entry, names map[community.GroupID]string) (lines []string) {
	for i := 0; i < len(list); {
		day := f.c.Calendar.Day(list[i].Slot)
		j := i
		for j < len(list) && f.c.Calendar.Day(list[j].Slot) == day {
			j++
		}
		if len(lines) >= linesShown {
			return append(lines, r.T("calendar.more", "N", len(list)-i))
		}
		lines = append(lines, f.dayName(r.T, r.In("community").T, day))
		for _, e := range list[i:min(j, i+dayShown)] {
			where := ""
			if r.Actor.Group == "" {
				where = groupList(names, e.groups)
			}
			lines = append(lines, r.T("calendar.line", "Time", f.clock(r.T, e.Slot), "Number", e.post.number(), "Title", e.title(),
				"Groups", where, "State", f.entryState(r.T, e), "Out", e.Ending == bot.ToCome && e.reason != "" && e.reason != unapproved))
		}
		if n := j - i - dayShown; n > 0 {
			lines = append(lines, r.T("more", "N", n))
		}
		i = j
	}
	return lines
}

// clock is the time of day; after midnight it says that it is of the next date.
func (f *feature) clock(t text, at time.Time) string {
	said := at.In(f.c.Calendar.Zone()).Format("15:04")
	if community.DateOf(at, f.c.Calendar.Zone()) != f.c.Calendar.Day(at) {
		return t("calendar.next_day") + said
	}
	return said
}

// dayName is 11月23日 周一.
func (f *feature) dayName(t, words text, day community.Day) string {
	_, month, date := day.Date()
	return t("calendar.day", "Date", t("date", "Month", int(month), "MonthName", month.String()[:3], "Day", date), "Weekday", words(fmt.Sprintf("when.weekday.%d", day.Weekday())))
}

// period reads 周, 月 or 2026-12.
func period(asked string, today community.Day) (first, after community.Day, ok bool) {
	switch bot.Fold(asked) {
	case "", "周", "本周", "week":
		return today, today + weekDays, true
	case "月", "本月", "month":
		first, after = today.Month()
		return first, after, true
	}
	first, after, err := community.ParseMonth(strings.NewReplacer("年", "-", "月", "", "/", "-").Replace(bot.Fold(asked)))
	return first, after, err == nil
}

package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// TooLate is the reason for what waited until it was not worth saying any more: while the bot was paused, or logged out.
const TooLate = "too_late"

// withheldShown is how many lines the command prints, withheldPreview how many characters of each text.
const (
	withheldShown   = 20
	withheldPreview = 60
)

// Withheld is something that was not said.
type Withheld struct {
	ID      int64 // among those that were withheld before they were said; 0 for TooLate
	Group   GroupID
	Private bool // it was for one member, and is not shown to others
	Day     Day
	At      time.Time
	Feature string
	Preview string    // the beginning of the text, on one line
	Reason  string    // OverBudget, AtNight, TooLate, or a word of whoever withheld it
	Due     time.Time // TooLate: when it was to be said
}

// Withheld is what was not said to a group in from <= at < to, in order; where group is empty, to all groups, and to
// members in private.
func (n *Noise) Withheld(ctx context.Context, group GroupID, from, to time.Time) ([]Withheld, error) {
	q := n.db.Conn(ctx).Where("day >= ? AND day <= ? AND at >= ? AND at < ?", n.calendar.Day(from), n.calendar.Day(to),
		from.UnixMilli(), to.UnixMilli()).Order("at, id")
	if group != "" {
		q = q.Where("group_id = ?", group)
	}
	var rows []withheldRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("withheld from %s: %w", from, err)
	}
	var list []Withheld
	for _, row := range rows {
		list = append(list, Withheld{
			ID: row.ID, Group: row.Group, Day: row.Day, At: bot.FromMillis(row.At), Feature: row.Feature, Preview: row.Preview, Reason: row.Reason,
		})
	}
	overdue, err := bot.Overdues(ctx, n.db, from, to)
	if err != nil {
		return nil, err
	}
	for _, o := range overdue {
		if group != "" && o.Group != string(group) {
			continue
		}
		w := Withheld{Group: GroupID(o.Group), Private: o.Group == "", Day: n.calendar.Day(o.At), At: o.At, Feature: o.Feature, Reason: TooLate, Due: o.Due}
		if !w.Private {
			w.Preview = Excerpt(o.Text, withheldPreview)
		}
		list = append(list, w)
	}
	slices.SortStableFunc(list, func(a, b Withheld) int { return a.At.Compare(b.At) })
	return list, nil
}

// since is when the list of a Day begins: with the night that the Day begins in or after, so that whoever looks in the
// morning sees all of the night.
func (n *Noise) since(day Day) time.Time {
	start := n.calendar.Start(day)
	if n.night.From == n.night.Until {
		return start
	}
	y, m, d := start.In(n.calendar.Zone()).Date()
	for _, date := range [...]int{d, d - 1} {
		from, until := n.clock(y, m, date, n.night.From), n.clock(y, m, date, n.night.Until)
		if n.night.Until < n.night.From {
			until = n.clock(y, m, date+1, n.night.Until)
		}
		if !from.After(start) && start.Sub(until) < 12*time.Hour {
			return from
		}
	}
	return start
}

// Commands is how a moderator sees what was withheld since last night, or on a Day: in a group for that group, in
// private for all.
func (n *Noise) Commands() []bot.Command {
	return []bot.Command{{
		Names: []string{"勿扰清单", "withheld"}, Usage: "usage.withheld", Help: "help.withheld", Role: bot.Moderator, Run: n.printWithheld,
	}}
}

// withheldDay reads which Day is meant; ok is false where it is not understood.
func withheldDay(asked string, today Day) (day Day, ok bool) {
	switch asked = bot.Fold(strings.TrimSpace(asked)); asked {
	case "", "今天", "today":
		return today, true
	case "昨天", "yesterday":
		return today - 1, true
	case "前天":
		return today - 2, true
	}
	day, err := ParseDay(asked)
	return day, err == nil
}

func (n *Noise) printWithheld(ctx context.Context, r *bot.Request) error {
	today := n.calendar.Day(r.At)
	day, ok := withheldDay(r.Args, today)
	if !ok {
		return r.Refuse("withheld.which")
	}
	from, name, date := n.since(day), "", DateOf(r.At, n.calendar.Zone())
	if day != today {
		date = day
		name = n.calendar.sayDate(r.T, n.calendar.Start(day), r.At)
	}
	list, err := n.Withheld(ctx, GroupID(r.Actor.Group), from, n.calendar.Start(day+1))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("withheld.none", "Day", name))
		return nil
	}
	lines := []string{r.T("withheld.title", "N", len(list), "Day", name)}
	all := len(list)
	list = slices.DeleteFunc(list, func(w Withheld) bool { return w.Private })
	for _, w := range list[:min(len(list), withheldShown)] {
		where := ""
		if r.Actor.Group == "" {
			if where, err = n.groupName(ctx, w.Group); err != nil {
				return err
			}
			where = "[" + where + "] "
		}
		lines = append(lines, r.T("withheld.line", "Time", n.withheldClock(w.At, date), "Where", where,
			"Preview", w.Preview, "Reason", reasonText(r, w.Reason, n.withheldClock(w.Due, date))))
	}
	if more := len(list) - withheldShown; more > 0 {
		lines = append(lines, r.T("withheld.more", "N", more))
	}
	if private := all - len(list); private > 0 {
		lines = append(lines, r.T("withheld.private", "N", private))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// withheldClock is a time of day, with its date where that is not the one that is looked at.
func (n *Noise) withheldClock(at time.Time, date Day) string {
	if DateOf(at, n.calendar.Zone()) == date {
		return at.In(n.calendar.Zone()).Format("15:04")
	}
	return at.In(n.calendar.Zone()).Format("01-02 15:04")
}

// groupName is what a group is called, or else its id.
func (n *Noise) groupName(ctx context.Context, id GroupID) (string, error) {
	var names []string
	if err := n.db.Conn(ctx).Table("groups").Where("id = ?", id).Pluck("name", &names).Error; err != nil {
		return "", fmt.Errorf("name of %s: %w", id, err)
	}
	if len(names) == 0 || CleanName(names[0]) == "" {
		return string(id), nil
	}
	return Shorten(CleanName(names[0]), nameEchoed), nil
}

func reasonText(r *bot.Request, reason, due string) string {
	key := "withheld.reason." + reason
	if text := r.T(key, "Due", due); text != key {
		return text
	}
	return reason
}

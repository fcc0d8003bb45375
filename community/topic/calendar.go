package topic

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// ahead is how many dates are planned, with today.
const ahead = 7

// The states of a date of a column in a group. Planned and posted ones use their topic.
const (
	dayPlanned = "planned"
	dayEmpty   = "empty"   // no topic fits; tried again
	daySkipped = "skipped" // a manager wants none
	dayPosted  = "posted"
	dayMissed  = "missed" // it came too late, or was withheld
)

// occasion is one date of a column in a group.
type occasion struct {
	id     int64
	column string
	group  community.GroupID
	date   community.Day
	topic  int64
	text   string // the wording of this date alone; empty: the topic's
	state  string
	slot   time.Time

	words string // what is to be asked
}

const occasionColumns = `d.id, d.column_name, d.group_id, d.date, d.topic_id, d.text, d.state, d.slot, COALESCE(t.text, '')
	FROM topic_days d LEFT JOIN topic_topics t ON t.id = d.topic_id `

func scanOccasion(scan func(...any) error) (o occasion, err error) {
	var date int
	var slot int64
	err = scan(&o.id, &o.column, &o.group, &date, &o.topic, &o.text, &o.state, &slot, &o.words)
	o.date, o.slot = community.Day(date), bot.FromMillis(slot)
	if o.text != "" {
		o.words = o.text
	}
	return o, err
}

// occasions are the dates that a condition fits.
func (f *topic) occasions(ctx context.Context, where string, args ...any) (list []occasion, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		o, err := scanOccasion(scan)
		list = append(list, o)
		return err
	}, `SELECT `+occasionColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return list, nil
}

// occasion reads one date.
func (f *topic) occasion(ctx context.Context, where string, args ...any) (o occasion, ok bool, err error) {
	o, err = scanOccasion(f.db.Row(ctx, `SELECT `+occasionColumns+where, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return occasion{}, false, nil
	}
	if err != nil {
		return occasion{}, false, fmt.Errorf("calendar: %w", err)
	}
	return o, true, nil
}

// date is the local date of an instant.
func (f *topic) date(at time.Time) community.Day {
	return community.Date(at.In(f.c.Calendar.Zone()).Date())
}

// fill plans a topic for each of the next dates that has none, in all columns of all groups.
func (f *topic) fill(ctx context.Context, r *bot.Request, groups []group) error {
	if err := f.settle(ctx, r); err != nil {
		return err
	}
	today := f.date(r.At)
	for _, g := range groups {
		for _, col := range f.columns() {
			if !col.posts(g) {
				continue
			}
			if err := f.fillColumn(ctx, r, col, g, today, r.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillColumn plans the dates of one column in one group whose slots are after an instant.
func (f *topic) fillColumn(ctx context.Context, r *bot.Request, col Column, g group, today community.Day, after time.Time) error {
	known := map[community.Day]string{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var date int
		var state string
		err := scan(&date, &state)
		known[community.Day(date)] = state
		return err
	}, `SELECT date, state FROM topic_days WHERE column_name = ? AND group_id = ? AND date >= ? AND date < ?`, col.Name, string(g.id), int(today), int(today+ahead))
	if err != nil {
		return fmt.Errorf("calendar: %w", err)
	}
	var list []Candidate
	var uses Uses
	for date := today; date < today+ahead; date++ {
		slot, posts := col.slot(date, f.c.Calendar.Zone())
		state, there := known[date]
		if !posts || !slot.After(after) || there && state != dayEmpty {
			continue
		}
		if uses == nil {
			if list, err = f.candidates(ctx, col.Name, g); err != nil {
				return err
			}
			if uses, err = f.uses(ctx, col.Name, g.id); err != nil {
				return err
			}
		}
		state = dayPlanned
		id, ok := Pick(list, uses, date, r.Rand())
		if !ok {
			state = dayEmpty
		} else {
			uses[id] = append(uses[id], date)
		}
		if there {
			_, err = f.db.Exec(ctx, `UPDATE topic_days SET topic_id = ?, state = ? WHERE column_name = ? AND group_id = ? AND date = ? AND state = 'empty'`,
				id, state, col.Name, string(g.id), int(date))
		} else {
			_, err = f.db.Exec(ctx, `INSERT INTO topic_days (column_name, group_id, date, topic_id, state, slot) VALUES (?, ?, ?, ?, ?, ?)`,
				col.Name, string(g.id), int(date), id, state, slot.UnixMilli())
		}
		if err != nil {
			return fmt.Errorf("calendar: %w", err)
		}
	}
	return nil
}

// uses are the dates on which a group had and will have the topics of a column.
func (f *topic) uses(ctx context.Context, column string, g community.GroupID) (Uses, error) {
	uses := Uses{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id int64
		var date int
		err := scan(&id, &date)
		uses[id] = append(uses[id], community.Day(date))
		return err
	}, `SELECT topic_id, date FROM topic_days WHERE column_name = ? AND group_id = ? AND state IN ('planned', 'posted') ORDER BY date`, column, string(g))
	if err != nil {
		return nil, fmt.Errorf("uses of topics: %w", err)
	}
	return uses, nil
}

// warn tells managers, once a week for a column, that it has no topic for a date to come.
func (f *topic) warn(ctx context.Context, r *bot.Request) error {
	list, err := f.occasions(ctx, `WHERE d.state = 'empty' AND d.slot > ? ORDER BY d.slot, d.column_name, d.id`, r.At.UnixMilli())
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, o := range list {
		if told[o.column] {
			continue
		}
		told[o.column] = true
		now := r.At.UnixMilli()
		ok, err := f.seldom(ctx, "dry/"+o.column, now, now-(7*24*time.Hour-time.Hour).Milliseconds())
		if err != nil {
			return fmt.Errorf("warn: %w", err)
		}
		if ok {
			if err := f.tellManagers(ctx, r, r.T("warn.dry", "Column", o.column, "Date", shortDay(o.date))); err != nil {
				return err
			}
		}
	}
	return nil
}

func shortDay(d community.Day) string { return d.String()[len("2006-"):] }

// calendar is 话题日历: in a group that group's, in private all.
func (f *topic) calendar(ctx context.Context, r *bot.Request) error {
	if err := f.keep(ctx, r); err != nil {
		return err
	}
	list, err := f.coming(ctx, r)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("calendar.none"))
		return nil
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return err
	}
	lines := []string{r.T("calendar.title")}
	for _, o := range list {
		where := ""
		if r.Actor.Group == "" {
			where = " [" + names[o.group] + "]"
		}
		lines = append(lines, r.T("calendar.line", "ID", o.id, "When", f.when(r.T, o), "Where", where, "Column", o.column, "Topic", f.describe(r.T, o)))
	}
	r.Reply(strings.Join(append(lines, r.T("calendar.how", "ID", list[0].id)), "\n"))
	return nil
}

// coming are the dates to come of the group of r, or of all groups in private.
func (f *topic) coming(ctx context.Context, r *bot.Request) ([]occasion, error) {
	where, args := `WHERE d.slot > ? AND d.state <> 'posted'`, []any{r.At.UnixMilli()}
	if r.Actor.Group != "" {
		where, args = where+` AND d.group_id = ?`, append(args, r.Actor.Group)
	}
	return f.occasions(ctx, where+` ORDER BY d.slot, d.group_id, d.column_name LIMIT 60`, args...)
}

// when is a date with its weekday and time.
func (f *topic) when(t func(string, ...any) string, o occasion) string {
	return shortDay(o.date) + " " + t(fmt.Sprintf("weekday.%d", int(o.date.Weekday()))) + " " + o.slot.In(f.c.Calendar.Zone()).Format("15:04")
}

// describe is what a date will ask.
func (f *topic) describe(t func(string, ...any) string, o occasion) string {
	switch {
	case o.state == dayEmpty || o.state == daySkipped || o.state == dayMissed:
		return t("day." + o.state)
	case o.text != "":
		return t("day.reworded", "ID", o.topic, "Text", o.words)
	}
	return t("day.topic", "ID", o.topic, "Text", o.words)
}

package challenge

import (
	"context"
	"fmt"
	"strconv"

	"github.com/weilu-im/weilu/bot"
)

// chapter tells a report which challenges ran, who took part and who reached the goal. Staff and bots are left out.
func (f *feature) chapter(ctx context.Context, q *bot.Query, s bot.Span) (bot.Page, error) {
	list, err := f.challenges(ctx, `WHERE state <> 'cancelled' ORDER BY id`)
	if err != nil {
		return bot.Page{}, err
	}
	from, to := f.c.Calendar.Day(s.From), f.c.Calendar.Day(s.To)
	t := bot.Table{Key: "challenges", Columns: []bot.Column{{Key: "name", Title: q.T("view.name")}, {Key: "state", Title: q.T("view.state")},
		{Key: "members", Title: q.T("view.members"), Numbers: true}, {Key: "done", Title: q.T("view.done"), Numbers: true}, {Key: "reached", Title: q.T("view.reached"), Numbers: true}}}
	all, checkins := map[string]bool{}, 0
	for _, c := range list {
		if c.First != 0 && (c.First >= to || c.Last < from) || s.Group != "" && string(c.Group) != s.Group {
			continue
		}
		people, marks, err := f.took(ctx, c.ID, int(from), int(to))
		if err != nil {
			return bot.Page{}, err
		}
		if marks == 0 {
			continue
		}
		for id := range people {
			all[id] = true
		}
		checkins += marks
		var reached int
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_standings WHERE challenge_id = ? AND reached > 0`, c.ID).Scan(&reached); err != nil {
			return bot.Page{}, fmt.Errorf("challenge %d: %w", c.ID, err)
		}
		t.Rows = append(t.Rows, bot.Row{Key: strconv.FormatInt(c.ID, 10), Cells: []bot.Cell{{Text: f.c.Words.ScreenName(c.Name)},
			{Text: q.T("state." + c.stands(to-1)), Value: string(c.State)}, count(len(people)), count(marks), count(reached)}})
	}
	if len(t.Rows) == 0 {
		return bot.Page{}, nil
	}
	return bot.Page{Figures: []bot.Figure{{Key: "members", Title: q.T("view.members"), Cell: count(len(all))}, {Key: "done", Title: q.T("view.done"), Cell: count(checkins)}}, Tables: []bot.Table{t}}, nil
}

// took are the people who checked in to a challenge on some Days, and how often.
func (f *feature) took(ctx context.Context, id int64, from, to int) (map[string]bool, int, error) {
	d, err := f.c.Directory(ctx)
	if err != nil {
		return nil, 0, err
	}
	out, err := f.c.Uncounted(ctx)
	if err != nil {
		return nil, 0, err
	}
	people, marks := map[string]bool{}, 0
	rows, err := f.marksBy(ctx, id, from, to)
	for member, n := range rows {
		if who := d.Who(member); !out[who] {
			people[string(who)] = true
			marks += n
		}
	}
	return people, marks, err
}

package agenda

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// page is the console's agenda: the Day that is asked for, or else yesterday, today and tomorrow.
func (a *agenda) page(ctx context.Context, q *bot.Query) (bot.Page, error) {
	today := a.c.Calendar.Day(q.At)
	first, last := today-1, today+1
	if asked := q.Params["day"]; asked != "" {
		day, ok := dayOf(asked, today)
		if !ok {
			return bot.Page{Note: q.T("which.page")}, nil
		}
		first, last = day, day
	}
	from, to := a.c.Calendar.Start(first), a.c.Calendar.Start(last+1)
	list, err := q.Occurrences(ctx, from, to)
	if err != nil {
		return bot.Page{}, err
	}
	names, err := a.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "occurrences", Empty: q.T("empty"), Columns: []bot.Column{
		{Key: "day", Title: q.T("column.day")}, {Key: "slot", Title: q.T("column.slot")}, {Key: "title", Title: q.T("column.title")},
		{Key: "group", Title: q.T("column.group")}, {Key: "ending", Title: q.T("column.ending")},
	}}
	for _, o := range list {
		day := a.c.Calendar.Day(o.Slot)
		t.Rows = append(t.Rows, bot.Row{Key: o.Job + "/" + o.Key + "/" + o.Slot.Format("20060102T150405"), Cells: []bot.Cell{
			{Text: a.dayName(q.T, day, today), Value: day.String()}, {Text: a.clock(q.T, o.Slot, day), Value: o.Slot}, {Text: title(q, o)},
			{Text: names[community.GroupID(o.Group)]}, {Text: state(q.T, q.In, o, a.deadline(q.T, day)), Value: string(o.Ending)},
		}})
	}
	outages, err := a.outages(ctx, q, first, last)
	if err != nil {
		return bot.Page{}, err
	}
	return bot.Page{Tables: []bot.Table{t, outages}}, nil
}

// outages are the times in which the bot heard and said nothing.
func (a *agenda) outages(ctx context.Context, q *bot.Query, first, last community.Day) (bot.Table, error) {
	t := bot.Table{Key: "outages", Title: q.T("outages"), Empty: q.T("outages.none"), Columns: []bot.Column{
		{Key: "from", Title: q.T("column.from")}, {Key: "to", Title: q.T("column.to")}, {Key: "minutes", Title: q.T("column.minutes"), Numbers: true},
		{Key: "transport", Title: q.T("column.transport")},
	}}
	list, err := bot.Outages(ctx, a.db, a.c.Calendar.Start(first), earlier(a.c.Calendar.Start(last+1), q.At))
	if err != nil {
		return t, err
	}
	const format = "01-02 15:04"
	for _, o := range list {
		minutes := int64(o.To.Sub(o.From).Minutes())
		what := o.Transport
		if what == "" {
			what = q.T("outages.all")
		}
		t.Rows = append(t.Rows, bot.Row{Key: o.Transport + o.From.Format("20060102T150405"), Cells: []bot.Cell{
			{Text: o.From.In(a.c.Calendar.Zone()).Format(format), Value: o.From}, {Text: o.To.In(a.c.Calendar.Zone()).Format(format), Value: o.To},
			{Text: q.T("minutes", "N", minutes), Value: minutes}, {Text: what},
		}})
	}
	return t, nil
}

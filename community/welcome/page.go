package welcome

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// pageDays is how many Days the page looks back.
const pageDays = 30

// page shows the joins of the last Days by Day and group, and what became of them.
func (w *welcome) page(ctx context.Context, q *bot.Query) (bot.Page, error) {
	outcomes := [...]outcome{greeted, late, digest, spoken, left, known, withheld, waiting}
	t := bot.Table{Key: "joins", Empty: q.T("view.empty"), Columns: []bot.Column{
		{Key: "day", Title: q.T("view.day")}, {Key: "group", Title: q.T("view.group")}, {Key: "joins", Title: q.T("view.joins"), Numbers: true},
	}}
	for _, as := range outcomes {
		t.Columns = append(t.Columns, bot.Column{Key: string(as), Title: q.T("outcome." + string(as)), Numbers: true})
	}
	names, err := w.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	today := w.c.Calendar.Day(q.At)
	rows, err := w.db.Conn(ctx).Raw(`SELECT group_id, learned_at, outcome FROM arrivals WHERE learned_at >= ? ORDER BY learned_at DESC`,
		w.c.Calendar.Start(today-pageDays+1).UnixMilli()).Rows()
	if err != nil {
		return bot.Page{}, fmt.Errorf("read joins: %w", err)
	}
	defer rows.Close()
	type place struct {
		day   community.Day
		group community.GroupID
	}
	var order []place
	counts := map[place]map[outcome]int64{}
	for rows.Next() {
		var p place
		var at int64
		var as outcome
		if err := rows.Scan(&p.group, &at, &as); err != nil {
			return bot.Page{}, fmt.Errorf("read joins: %w", err)
		}
		p.day = w.c.Calendar.Day(bot.FromMillis(at))
		if counts[p] == nil {
			counts[p] = map[outcome]int64{}
			order = append(order, p)
		}
		counts[p][as]++
	}
	for _, p := range order {
		row := bot.Row{Key: p.day.String() + "/" + string(p.group), Cells: []bot.Cell{{Text: p.day.String()}, {Text: names[p.group]}, {}}}
		all := int64(0)
		for _, as := range outcomes {
			n := counts[p][as]
			all += n
			row.Cells = append(row.Cells, number(n))
		}
		row.Cells[2] = number(all)
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, rows.Err()
}

func number(n int64) bot.Cell {
	if n == 0 {
		return bot.Cell{Value: n}
	}
	return bot.Cell{Text: fmt.Sprint(n), Value: n}
}

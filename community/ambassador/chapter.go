package ambassador

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

// chapterShown is how many ambassadors a report shows.
const chapterShown = 5

// chapter tells a report who came by invitations, beside who came by themselves.
func (f *feature) chapter(ctx context.Context, q *bot.Query, s bot.Span) (bot.Page, error) {
	if s.Group != "" {
		return bot.Page{}, nil // invitations lead into the community
	}
	from, to := f.c.Calendar.Day(s.From), f.c.Calendar.Day(s.To)
	sum, err := f.funnels(ctx, from, to, min(f.c.Calendar.Day(q.At), to+31))
	if err != nil || sum.Invited.Said == 0 {
		return bot.Page{}, err
	}
	p := bot.Page{Figures: []bot.Figure{
		{Key: "said", Title: q.T("column.said_n"), Cell: count(sum.Invited.Said)}, {Key: "invited", Title: q.T("report.invited"), Cell: count(sum.Invited.Joined)},
		{Key: "organic", Title: q.T("report.organic"), Cell: count(sum.Organic.Joined)}, {Key: "paid", Title: q.T("column.earned"), Cell: count(sum.Vested)},
	}}
	funnel := bot.Table{Key: "funnel", Columns: columns(q, "source said_n# joined# spoke# spoke_rate# d7# d7_rate# d30# d30_rate#")}
	for _, x := range []struct {
		key string
		f   Funnel
	}{{"invited", sum.Invited}, {"organic", sum.Organic}} {
		funnel.Rows = append(funnel.Rows, bot.Row{Key: x.key, Cells: append([]bot.Cell{{Text: q.T("report." + x.key)}}, cells(x.f)...)})
	}
	owners, err := f.ownersTable(ctx, q, &sum)
	owners.Rows = owners.Rows[:min(chapterShown, len(owners.Rows))]
	p.Tables = []bot.Table{funnel, owners}
	return p, err
}

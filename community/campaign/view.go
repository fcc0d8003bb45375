package campaign

import (
	"context"
	"strconv"

	"github.com/weilu-im/weilu/bot"
)

// view is all campaigns, those that run with the commands that change them.
func (f *campaign) view() bot.View {
	return bot.View{Name: "budgets", Title: "view.title", Role: bot.Manager, Acts: []bot.Act{{Command: "新建活动"}}, Read: f.read}
}

func (f *campaign) read(ctx context.Context, q *bot.Query) (bot.Page, error) {
	all, err := f.c.Budgets.Running(ctx, true)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "budgets", Empty: q.T("list.none"), Columns: []bot.Column{
		{Key: "id", Title: q.T("view.id")}, {Key: "name", Title: q.T("view.name")},
		{Key: "funded", Title: q.T("view.funded"), Numbers: true}, {Key: "given", Title: q.T("view.given"), Numbers: true},
		{Key: "left", Title: q.T("view.left"), Numbers: true}, {Key: "returned", Title: q.T("view.returned"), Numbers: true},
		{Key: "until", Title: q.T("view.until")}, {Key: "state", Title: q.T("view.state")}}}
	for _, b := range all {
		state := "running"
		if !b.Closed.IsZero() {
			state = "over"
		}
		row := bot.Row{Key: b.ID, Cells: []bot.Cell{
			{Text: b.ID}, {Text: f.c.Words.ScreenName(b.Name)}, number(b.Funded), number(b.Given()), number(b.Left), number(b.Returned),
			{Text: b.Until.String()}, {Text: q.T("view." + state), Value: state}}}
		if state == "running" {
			row.Acts = []bot.Act{{Command: "活动发放", Args: b.ID}, {Command: "追加预算", Args: b.ID}, {Command: "结束活动", Args: b.ID, Grave: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

func number(n int64) bot.Cell { return bot.Cell{Text: strconv.FormatInt(n, 10), Value: n} }

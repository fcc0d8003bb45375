package wallet

import (
	"context"
	"strconv"

	"github.com/weilu-im/weilu/bot"
)

func (w *wallet) views() []bot.View {
	return []bot.View{{
		Name: "board", Title: "view.board", Role: bot.Member,
		Params: []bot.Param{{Name: "period", Label: "view.period", Kind: bot.Choice, Choices: []string{week, month, all}}},
		Read:   w.readBoard,
	}}
}

// readBoard is a board as a page. Members see as much of it as in the group, managers all.
func (w *wallet) readBoard(ctx context.Context, q *bot.Query) (bot.Page, error) {
	table := bot.Table{
		Key: "board", Empty: q.T("board.empty." + q.Params["period"]),
		Columns: []bot.Column{
			{Key: "rank", Title: q.T("view.rank"), Numbers: true}, {Key: "member", Title: q.T("view.member")}, {Key: "points", Title: q.T("view.points"), Numbers: true},
		},
	}
	out, err := w.c.Unranked(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	top, err := w.ranking(ctx, q.Params["period"], q.At, out)
	if err != nil {
		return bot.Page{}, err
	}
	if q.Actor.Role < bot.Manager {
		top = top[:min(len(top), w.cfg.Board)]
	}
	from, _ := strconv.Atoi(q.After) // of something else it is the beginning
	from = min(max(from, 0), len(top))
	part := top[from:min(len(top), from+q.Limit)]
	if end := from + len(part); end < len(top) {
		table.Next = strconv.Itoa(end)
	}
	names, err := w.c.Names(ctx, members(part)...)
	if err != nil {
		return bot.Page{}, err
	}
	for _, s := range part {
		table.Rows = append(table.Rows, bot.Row{Key: string(s.Member), Cells: []bot.Cell{
			{Text: strconv.Itoa(s.Rank), Value: int64(s.Rank)},
			{Text: names[s.Member], Member: string(s.Member)},
			{Text: strconv.FormatInt(s.Amount, 10), Value: s.Amount},
		}})
	}
	return bot.Page{Tables: []bot.Table{table}}, nil
}

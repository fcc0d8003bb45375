package wallet

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// ledgerView shows all transfers, newest first.
func (w *wallet) ledgerView() bot.View {
	return bot.View{Name: "ledger", Title: "ledger.title", Role: bot.Manager, Read: w.readLedger, Params: []bot.Param{
		{Name: "member", Label: "ledger.member", Kind: bot.MemberID},
		{Name: "rule", Label: "ledger.rule", Kind: bot.Identifier},
		{Name: "month", Label: "ledger.month", Kind: bot.Month},
	}}
}

func (w *wallet) readLedger(ctx context.Context, q *bot.Query) (bot.Page, error) {
	d, err := w.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	ask := points.ListQuery{Rule: community.RuleNamed(q, q.Params["rule"]), Limit: q.Limit + 1}
	if id := q.Params["member"]; id != "" {
		ask.Accounts = d.Accounts(community.MemberID(bot.Fold(id)))
	}
	if month := q.Params["month"]; month != "" {
		first, after, err := community.ParseMonth(month)
		if err != nil {
			return bot.Page{Note: q.T("ledger.no_month")}, nil //nolint:nilerr // it is the reader's mistake
		}
		ask.Since, ask.Until = w.c.Calendar.Start(first), w.c.Calendar.Start(after)
	}
	if ask.Before, err = strconv.ParseInt(q.After, 10, 64); err != nil {
		ask.Before = 0
	}
	list, err := w.c.Purse.List(ctx, ask)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "transfers", Empty: q.T("ledger.none")}
	for _, key := range []string{"number", "at", "from", "to", "amount", "reason", "rule", "seal", "reversed"} {
		t.Columns = append(t.Columns, bot.Column{Key: key, Title: q.T("column." + key), Numbers: key == "number" || key == "amount" || key == "seal"})
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = fmt.Sprint(list[len(list)-1].ID)
	}
	if t.Rows, err = w.ledgerRows(ctx, d, q, list); err != nil {
		return bot.Page{}, err
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

func (w *wallet) ledgerRows(ctx context.Context, d *community.Directory, q *bot.Query, list []points.Listed) (rows []bot.Row, err error) {
	var ids []community.MemberID
	for _, p := range list {
		for _, a := range [...]points.Account{p.From, p.To} {
			if id, ok := d.Holder(a); ok {
				ids = append(ids, id)
			}
		}
	}
	names, err := d.Called(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		rule, _, _ := strings.Cut(p.Key, "/")
		reversed := bot.Cell{Text: "", Value: false}
		if p.Reversal != "" {
			reversed = bot.Cell{Text: q.T("ledger.reversed"), Value: true}
		}
		reason := p.Reason
		if p.Kind == points.KindRepayment {
			reason = q.T("history.repaid")
		}
		rows = append(rows, bot.Row{Key: fmt.Sprint(p.ID), Cells: []bot.Cell{
			number(p.ID), w.c.Clock(p.At), accountCell(d, q, names, p.From), accountCell(d, q, names, p.To), number(p.Amount),
			{Text: bot.Clean(reason)}, community.RuleCell(q, rule), number(p.Seal), reversed,
		}, Acts: []bot.Act{{Command: "对账", Args: fmt.Sprint(p.ID), Whole: true}}})
	}
	return rows, nil
}

func number(n int64) bot.Cell { return bot.Cell{Text: fmt.Sprint(n), Value: n} }

// accountCell shows an account: the member whose it is, or what it is for.
func accountCell(d *community.Directory, q *bot.Query, names map[community.MemberID]string, a points.Account) bot.Cell {
	if id, ok := d.Holder(a); ok {
		cell := d.Cell(names, id)
		cell.Value = string(a)
		return cell
	}
	kind, name, _ := strings.Cut(string(a), ":")
	return bot.Cell{Text: strings.TrimSpace(q.T("ledger.account."+kind) + " " + bot.Clean(name)), Value: string(a)}
}

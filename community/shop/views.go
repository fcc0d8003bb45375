package shop

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (s *shop) views() []bot.View {
	return []bot.View{
		{Name: "goods", Title: "view.goods", Acts: []bot.Act{{Command: "上架"}}, Read: s.goodsView},
		{
			Name: "orders", Title: "view.orders", Role: bot.Manager, Read: s.ordersView,
			Params: []bot.Param{{Name: "state", Label: "view.state", Kind: bot.Choice, Choices: []string{"open", "all"}}},
		},
	}
}

// goodsView is what the shop has. Managers see what is off the shelf as well.
func (s *shop) goodsView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	all, err := s.catalogue(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	after, _ := strconv.ParseInt(q.After, 10, 64) // empty: from the beginning
	today, staff := s.c.Calendar.Day(q.At), q.Actor.Role >= bot.Manager
	t := bot.Table{Key: "goods", Empty: q.T("list.empty"), Columns: []bot.Column{
		{Key: "id", Title: q.T("view.id"), Numbers: true}, {Key: "name", Title: q.T("view.name")}, {Key: "price", Title: q.T("view.price"), Numbers: true},
		{Key: "left", Title: q.T("view.left"), Numbers: true}, {Key: "redeemed", Title: q.T("view.redeemed"), Numbers: true}, {Key: "terms", Title: q.T("view.terms")},
	}}
	for _, g := range all {
		if g.id <= after || !staff && (g.off || g.over(today)) {
			continue
		}
		if len(t.Rows) == q.Limit {
			t.Next = t.Rows[len(t.Rows)-1].Key
			break
		}
		t.Rows = append(t.Rows, s.goodsRow(q, g, today, staff))
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

func (s *shop) goodsRow(q *bot.Query, g goods, today community.Day, staff bool) bot.Row {
	left := bot.Cell{Text: q.T("view.unlimited")}
	if n := g.left(); n != unlimited {
		left = number(n)
	}
	terms := s.terms(q.T, q.In("tier").T, g, today)
	if g.off {
		terms = " · " + q.T("view.off") + terms
	}
	terms = trimSeparator(terms)
	key := strconv.FormatInt(g.id, 10)
	row := bot.Row{Key: key, Cells: []bot.Cell{number(g.id), {Text: g.Name}, number(g.Price), left, number(g.sold), {Text: terms}}}
	if !staff {
		return row
	}
	if !g.declared {
		row.Acts = append(row.Acts, bot.Act{Command: "改商品", Args: key})
		if g.off {
			row.Acts = append(row.Acts, bot.Act{Command: "上架", Args: key, Whole: true})
		} else {
			row.Acts = append(row.Acts, bot.Act{Command: "下架", Args: key, Grave: true})
		}
	}
	if g.Kind == Code {
		row.Acts = append(row.Acts, bot.Act{Command: "导入兑换码", Args: key, Table: true})
	}
	return row
}

// ordersView is what was redeemed, newest first.
func (s *shop) ordersView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	where, args := `WHERE 1 = 1`, []any{}
	if q.Params["state"] != "all" {
		where += ` AND o.state = 'held'`
	}
	if before, err := strconv.ParseInt(q.After, 10, 64); err == nil {
		where, args = where+` AND o.id < ?`, append(args, before)
	}
	orders, err := s.orders(ctx, fmt.Sprintf(`%s ORDER BY o.id DESC LIMIT %d`, where, q.Limit+1), args...)
	if err != nil {
		return bot.Page{}, err
	}
	names, err := s.names(ctx, orders)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "orders", Empty: q.T("waiting.none"), Columns: []bot.Column{
		{Key: "order", Title: q.T("view.order")}, {Key: "goods", Title: q.T("view.name")}, {Key: "member", Title: q.T("view.member")},
		{Key: "price", Title: q.T("view.price"), Numbers: true}, {Key: "at", Title: q.T("view.at")}, {Key: "state", Title: q.T("view.state")}, {Key: "note", Title: q.T("view.note")},
	}}
	if len(orders) > q.Limit {
		orders = orders[:q.Limit]
		t.Next = strconv.FormatInt(orders[q.Limit-1].id, 10)
	}
	for _, o := range orders {
		row := bot.Row{Key: o.String(), Cells: []bot.Cell{
			{Text: o.String()}, {Text: o.name}, {Text: names[o.member], Member: string(o.member)}, number(o.price),
			{Text: o.at.In(s.c.Calendar.Zone()).Format(time.DateTime)[:len("2006-01-02 15:04")], Value: o.at},
			{Text: q.T("state." + string(o.state)), Value: string(o.state)}, {Text: o.note},
		}}
		if o.state == held {
			row.Acts = append(row.Acts, bot.Act{Command: "发货", Args: o.String()})
		}
		if o.state != refunded {
			row.Acts = append(row.Acts, bot.Act{Command: "退款", Args: o.String(), Grave: true})
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// names are what people are called who redeemed something, by the ids of their orders. A view reads tables only: the
// roster's memory belongs to the events.
func (s *shop) names(ctx context.Context, orders []order) (map[community.MemberID]string, error) {
	names := map[community.MemberID]string{}
	if len(orders) == 0 {
		return names, nil
	}
	aliases, err := community.Aliases(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var ids []community.MemberID
	for _, o := range orders {
		ids = append(ids, aliases.Resolve(o.member))
	}
	list, args := community.In(ids)
	called := map[community.MemberID]string{}
	err = s.db.Each(ctx, func(scan func(...any) error) error {
		var id, name string
		err := scan(&id, &name)
		called[community.MemberID(id)] = s.c.Words.ScreenName(name)
		return err
	}, `SELECT id, name FROM members WHERE id IN `+list, args...)
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	for _, o := range orders {
		names[o.member] = called[aliases.Resolve(o.member)]
	}
	return names, nil
}

func number(n int64) bot.Cell { return bot.Cell{Text: strconv.FormatInt(n, 10), Value: n} }

// trimSeparator takes off the separator that terms begin with.
func trimSeparator(terms string) string {
	if len(terms) > len(" · ") {
		return terms[len(" · "):]
	}
	return ""
}

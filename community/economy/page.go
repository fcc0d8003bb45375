package economy

import (
	"context"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// translate is a text of the feature in a reader's language.
type translate func(key string, kv ...any) string

// page is the view figures. The keys of figures, tables and columns are the names of weilu economy --json.
func (e *economy) page(ctx context.Context, q *bot.Query) (bot.Page, error) {
	now, err := e.read(ctx, q.At)
	if err != nil {
		return bot.Page{}, err
	}
	p := bot.Page{Note: q.T("note"), Figures: figures(now, q.T), Tables: []bot.Table{rules(now, q), months(now, q)}}
	if len(now.ByMonth) > 0 {
		p.Charts = []bot.Chart{chart(now, q.T)}
	}
	return p, nil
}

// figures are the numbers of the economy in the order in which people read them.
func figures(e points.Economy, t translate) []bot.Figure {
	count := func(key string, n int64) bot.Figure {
		return bot.Figure{Key: key, Title: t("figure." + key), Note: t("note." + key), Cell: number(n)}
	}
	return []bot.Figure{
		count("supply", e.Supply), count("issued", e.Issued), count("spent", e.Spent), count("burned", e.Burned), count("expired", e.Expired),
		count("escrow", e.Escrow), count("budgets", e.Budgets), count("suspense", e.Suspense), count("owed", e.Owed),
		share("velocity_30d", e.Velocity, t), coefficient("gini", e.Gini, t), share("top10_share", e.Top10, t),
	}
}

func number(n int64) bot.Cell { return bot.Cell{Text: strconv.FormatInt(n, 10), Value: n} }

// share is a rate in percent. Where there is none a program gets nothing and people a dash.
func share(key string, rate *float64, t translate) bot.Figure {
	f := bot.Figure{Key: key, Title: t("figure." + key), Note: t("note." + key), Cell: bot.Cell{Text: "—"}}
	if rate != nil {
		f.Cell = bot.Cell{Text: strconv.FormatFloat(100**rate, 'f', 1, 64) + "%", Value: *rate}
	}
	return f
}

// coefficient is a rate between 0 and 1.
func coefficient(key string, rate *float64, t translate) bot.Figure {
	f := share(key, rate, t)
	if rate != nil {
		f.Cell.Text = strconv.FormatFloat(*rate, 'f', 2, 64)
	}
	return f
}

// columns are the first one and those of a flow.
func columns(first string, t translate) []bot.Column {
	list := []bot.Column{{Key: first, Title: t("column." + first)}}
	for _, key := range []string{"issued", "spent", "burned", "expired"} {
		list = append(list, bot.Column{Key: key, Title: t("figure." + key), Numbers: true})
	}
	return list
}

func row(key string, name bot.Cell, f points.Flow) bot.Row {
	return bot.Row{Key: key, Cells: []bot.Cell{name, number(f.Issued), number(f.Spent), number(f.Burned), number(f.Expired)}}
}

// rules is the table by rule, as many rows as the reader wants.
func rules(e points.Economy, q *bot.Query) bot.Table {
	t := bot.Table{Key: "by_rule", Title: q.T("by_rule"), Columns: columns("rule", q.T), Empty: q.T("empty")}
	for _, r := range e.ByRule[:min(q.Limit, len(e.ByRule))] {
		t.Rows = append(t.Rows, row(r.Rule, community.RuleCell(q, r.Rule), r.Flow))
	}
	return t
}

// months is the table by month, the latest first.
func months(e points.Economy, q *bot.Query) bot.Table {
	t := bot.Table{Key: "by_month", Title: q.T("by_month"), Columns: columns("month", q.T), Empty: q.T("empty")}
	for i := len(e.ByMonth) - 1; i >= 0 && len(t.Rows) < q.Limit; i-- {
		t.Rows = append(t.Rows, row(e.ByMonth[i].Month, bot.Cell{Text: e.ByMonth[i].Month}, e.ByMonth[i].Flow))
	}
	return t
}

// chart shows what was issued and spent by month.
func chart(e points.Economy, t translate) bot.Chart {
	c := bot.Chart{Title: t("by_month"), Series: []bot.Series{{Name: t("figure.issued")}, {Name: t("figure.spent")}}}
	for _, m := range e.ByMonth {
		c.Labels = append(c.Labels, m.Month)
		c.Series[0].Values = append(c.Series[0].Values, float64(m.Issued))
		c.Series[1].Values = append(c.Series[1].Values, float64(m.Spent))
	}
	return c
}

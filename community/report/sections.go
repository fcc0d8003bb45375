package report

import (
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// table begins a table whose columns have the texts column.<key>; a # behind a key says that they are numbers.
func (w words) table(key string, columns ...string) bot.Table {
	t := bot.Table{Key: key}
	for _, c := range columns {
		numbers := c[len(c)-1] == '#'
		if numbers {
			c = c[:len(c)-1]
		}
		t.Columns = append(t.Columns, bot.Column{Key: c, Title: w.t("column." + c), Numbers: numbers})
	}
	return t
}

func row(key string, cells ...bot.Cell) bot.Row { return bot.Row{Key: key, Cells: cells} }

// retention follows the newcomers of each week.
func (w words) retention() section {
	t := w.table("cohorts", "week", "newcomers#")
	weeks := 0
	for _, c := range w.r.Cohorts {
		weeks = max(weeks, len(c.Active))
	}
	weeks = min(weeks, cohortWeeks-2)
	for i := range weeks {
		t.Columns = append(t.Columns, bot.Column{Key: "week_" + strconv.Itoa(i+1), Title: w.t("column.later", "N", i+1), Numbers: true})
	}
	for _, c := range w.r.Cohorts {
		cells := []bot.Cell{cell(c.Week), cell(c.N)}
		for i := range weeks {
			one := bot.Cell{Text: ""}
			if i < len(c.Active) && c.N > 0 {
				v := float64(c.Active[i]) / float64(c.N)
				one = bot.Cell{Text: strconv.Itoa(int(100*v+0.5)) + "%", Value: v}
			}
			cells = append(cells, one)
		}
		if c.N > 0 {
			t.Rows = append(t.Rows, row(c.Week, cells...))
		}
	}
	if len(t.Rows) == 0 {
		return section{}
	}
	return section{Title: w.t("section.retention"), Note: w.t("note.retention"), Table: []bot.Table{t}}
}

// rungs are the tiers in their order.
var rungs = [...]string{"lurker", "onlooker", "interactor", "contributor", "koc"}

func (w words) movement() section {
	if len(w.r.Tiers) == 0 {
		return section{}
	}
	t := w.table("tiers", "tier", "members#")
	for _, tier := range rungs {
		if n, ok := w.r.Tiers[tier]; ok {
			t.Rows = append(t.Rows, row(tier, cell(w.t("tier."+tier)), cell(n)))
		}
	}
	m := w.table("movement", "from")
	var there []string
	for _, tier := range rungs {
		if _, ok := w.r.Tiers[tier]; ok || len(w.r.Movement.Matrix[tier]) > 0 {
			there = append(there, tier)
			m.Columns = append(m.Columns, bot.Column{Key: tier, Title: "→ " + w.t("tier."+tier), Numbers: true})
		}
	}
	for _, from := range there {
		cells := []bot.Cell{cell(w.t("tier." + from))}
		for _, to := range there {
			cells = append(cells, cell(w.r.Movement.Matrix[from][to]))
		}
		m.Rows = append(m.Rows, row(from, cells...))
	}
	v := w.r.Movement
	return section{Title: w.t("section.movement"), Note: w.t("note.movement", "Up", v.Up, "Down", v.Down, "Held", v.Held, "In", v.In, "Out", v.Out, "Stuck", v.Stuck),
		Table: []bot.Table{t, m}}
}

func (w words) top() section {
	if len(w.r.Top) == 0 {
		return section{}
	}
	t := w.table("top_contributors", "name", "partners#", "contributions#", "active_days#", "messages#")
	for _, c := range w.r.Top {
		name := bot.Cell{Text: c.Name, Member: string(c.Member)}
		t.Rows = append(t.Rows, row(string(c.Member), name, cell(c.Partners), cell(c.Contributions), cell(c.ActiveDays), cell(c.Messages)))
	}
	return section{Title: w.t("section.top"), Note: w.t("note.top"), Table: []bot.Table{t}}
}

func (w words) points() section {
	p := w.r.Points
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return section{Title: w.t("section.points"), Cards: []card{
		{Title: w.t("points.issued"), Value: n(p.Issued)},
		{Title: w.t("points.spent"), Value: n(p.Spent), Note: w.t("points.spent_note")},
		{Title: w.t("points.expired"), Value: n(p.Expired)},
	}}
}

// wrong is what did not go well, and how much the report knows.
func (w words) wrong() section {
	s := section{Title: w.t("section.wrong")}
	c := w.r.Coverage
	if c.Online == nil {
		s.Lines = append(s.Lines, w.t("wrong.imported"))
	} else {
		s.Lines = append(s.Lines, w.t("wrong.online", "Rate", percent(*c.Online), "N", c.Outages, "Time", duration(w.q, float64(c.OutageS))))
	}
	if c.Unresolved > 0 {
		s.Lines = append(s.Lines, w.t("wrong.unresolved", "N", c.Unresolved))
	}
	zone := time.UTC
	if z, err := time.LoadLocation(firstWord(w.r.Calendar)); err == nil {
		zone = z
	}
	if len(w.r.Wrong.Outages) > 0 {
		t := w.table("outages", "from_at", "to_at")
		t.Title = w.t("outages")
		for _, o := range w.r.Wrong.Outages[:min(20, len(w.r.Wrong.Outages))] {
			t.Rows = append(t.Rows, row(o.From.Format(time.RFC3339), cell(o.From.In(zone).Format("01-02 15:04")), cell(o.To.In(zone).Format("01-02 15:04"))))
		}
		s.Table = append(s.Table, t)
	}
	if len(w.r.Wrong.Missed) > 0 {
		t := w.table("missed", "what", "ending", "times#")
		t.Title = w.t("missed")
		for _, m := range w.r.Wrong.Missed[:min(20, len(w.r.Wrong.Missed))] {
			ending := w.t("ending." + m.Ending)
			if m.Reason != "" {
				ending = w.t("reason." + m.Reason)
			}
			t.Rows = append(t.Rows, row(m.Title+m.Ending+m.Reason, cell(m.Title), cell(ending), cell(m.Count)))
		}
		s.Table = append(s.Table, t)
	}
	return s
}

func firstWord(s string) string {
	for i := range len(s) {
		if s[i] == ' ' {
			return s[:i]
		}
	}
	return s
}

// definitions say how every figure is made.
func (w words) definitions() section {
	s := section{Title: w.t("section.definitions"), Note: w.t("note.definitions")}
	for _, m := range w.r.Metrics {
		if m.Measured {
			s.Lines = append(s.Lines, w.t("definition", "Title", m.Title, "Name", m.Name, "Version", m.Version, "Means", m.Definition))
			continue
		}
		s.Lines = append(s.Lines, w.t("definition.none", "Title", m.Title, "Name", m.Name))
	}
	return s
}

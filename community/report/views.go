package report

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) views() []bot.View {
	return []bot.View{{
		Name: "report", Title: "view.report", Role: bot.Manager, Read: f.page, Files: f.files(),
		Params: []bot.Param{
			{Name: "kind", Label: "view.kind", Kind: bot.Choice, Choices: []string{"month", "week", "day", "quarter", "range"}},
			{Name: "date", Label: "view.date", Kind: bot.Date},
			{Name: "until", Label: "view.until", Kind: bot.Date},
			{Name: "group", Label: "view.group", Kind: bot.Search},
		},
	}, {Name: "metrics", Title: "view.metrics", Role: bot.Manager, Read: f.metricsPage}}
}

// files are the report as files.
func (f *feature) files() (list []bot.ViewFile) {
	for _, format := range []struct{ name, kind string }{
		{"html", "text/html; charset=utf-8"}, {"png", "image/png"}, {"md", "text/markdown; charset=utf-8"},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, {"csv", "text/csv; charset=utf-8"}, {"json", "application/json"},
	} {
		list = append(list, bot.ViewFile{Name: "report." + format.name, Type: format.kind, Read: func(ctx context.Context, q *bot.Query) ([]byte, error) {
			ask, err := f.asked(ctx, q)
			if err != nil {
				return nil, err
			}
			r, err := f.report(ctx, q, ask)
			if err != nil {
				return nil, err
			}
			return r.File(q, f.Fonts, format.name)
		}})
	}
	return list
}

// errNoGroup says that a name names no group, or several.
var errNoGroup = errors.New("no such group")

// asked is what the parameters of a page ask for; without any the last month that is over.
func (f *feature) asked(ctx context.Context, q *bot.Query) (Ask, error) {
	kind := Kind(q.Params["kind"])
	today := f.c.Calendar.Day(q.At)
	day, err := community.ParseDay(q.Params["date"])
	ask := Ask{Period: Around(kind, Around(kind, today).First-1)}
	if err == nil {
		ask.Period = Around(kind, day)
	}
	if kind == OfRange {
		last, err2 := community.ParseDay(q.Params["until"])
		if err != nil {
			day = today - 30
		}
		if err2 != nil {
			last = max(day, today-1)
		}
		if ask.Period, err = Range(day, last); err != nil {
			ask.Period = Period{OfRange, day, day + 1}
		}
	}
	if name := q.Params["group"]; name != "" {
		ask.Group, err = FindGroup(ctx, f.db, name)
		return ask, err
	}
	return ask, nil
}

// FindGroup is the group with an id or, where no other has it, a name.
func FindGroup(ctx context.Context, db bot.Storage, name string) (id community.GroupID, err error) {
	var found []community.GroupID
	err = community.SQL{Storage: db}.Each(ctx, func(scan func(...any) error) error {
		var one community.GroupID
		err := scan(&one)
		found = append(found, one)
		return err
	}, `SELECT id FROM groups WHERE id = ? OR name = ? ORDER BY CASE WHEN id = ? THEN 0 ELSE 1 END`, name, name, name)
	switch {
	case err != nil:
		return "", fmt.Errorf("find group: %w", err)
	case len(found) == 0:
		return "", fmt.Errorf("%w: %.50q", errNoGroup, bot.Clean(name))
	case len(found) > 1 && string(found[0]) != name:
		return "", fmt.Errorf("%w: several are called %.50q; name one by its id: %s", errNoGroup, bot.Clean(name), found)
	}
	return found[0], nil
}

// page is a report for the console.
func (f *feature) page(ctx context.Context, q *bot.Query) (bot.Page, error) {
	ask, err := f.asked(ctx, q)
	if errors.Is(err, errNoGroup) {
		return bot.Page{Note: q.T("page.no_group", "Name", q.Params["group"])}, nil
	}
	if err != nil {
		return bot.Page{}, err
	}
	r, err := f.report(ctx, q, ask)
	if err != nil {
		return bot.Page{}, err
	}
	w := words{q, r}
	p := bot.Page{Note: w.title() + " · " + w.subtitle() + "\n" + strings.Join(w.lead(), " ")}
	for _, m := range r.Metrics {
		if m.Measured && m.Value != nil {
			p.Figures = append(p.Figures, f.figure(w, m))
		}
	}
	if b := w.course().Bars; b != nil {
		p.Charts = append(p.Charts, bot.Chart{Title: b.Title, Labels: b.Labels, Series: []bot.Series{{Name: b.Title, Values: b.Values}}})
	}
	todo := w.table("suggestions", "suggestion", "evidence")
	todo.Title, todo.Empty = w.t("todo"), w.t("page.no_suggestions")
	for _, s := range r.Suggestions {
		todo.Rows = append(todo.Rows, row(s.Key, cell(s.Do), cell(s.Evidence)))
	}
	p.Tables = append(p.Tables, todo)
	for _, s := range []section{w.top(), w.movement(), w.retention(), w.wrong()} {
		for i, t := range s.Table {
			if t.Title == "" && i == 0 {
				t.Title = s.Title
			}
			p.Tables = append(p.Tables, t)
		}
	}
	p.Tables = append(p.Tables, f.metricRows(w))
	return p, nil
}

// figure is a metric with what it is compared with.
func (f *feature) figure(w words, m Metric) bot.Figure {
	c := bot.Figure{Key: m.Name, Title: m.Title, Cell: bot.Cell{Text: w.value(m, m.Value) + arrow(m.Trend), Value: *m.Value}}
	if m.Previous != nil {
		c.Note = w.t("previous", "Value", w.value(m, m.Previous))
	}
	return c
}

// metricRows are the metrics with all that they need to be believed.
func (f *feature) metricRows(w words) bot.Table {
	t := w.table("metrics", "metric", "value", "before", "interval", "n#", "grade")
	t.Title = w.t("section.figures")
	for _, m := range w.r.Metrics {
		interval := ""
		if m.Low != nil && m.High != nil {
			interval = w.value(m, m.Low) + "–" + w.value(m, m.High)
		}
		value := bot.Cell{Text: w.value(m, m.Value)}
		if m.Value != nil {
			value.Value = *m.Value
		}
		before := bot.Cell{}
		if m.Previous != nil {
			before = bot.Cell{Text: w.value(m, m.Previous), Value: *m.Previous}
		}
		name := bot.Cell{Text: m.Title, Value: m.Name, Link: &bot.ViewRef{View: Name + ".metrics"}}
		t.Rows = append(t.Rows, row(m.Name, name, value, before, cell(interval), cell(m.N), cell(m.Grade)))
	}
	return t
}

// metricsPage says what each metric means, and what is read for it.
func (f *feature) metricsPage(_ context.Context, q *bot.Query) (bot.Page, error) {
	w := words{q: q}
	t := w.table("metrics", "metric", "name_in_files", "version#", "definition", "query")
	for _, d := range definitions {
		version := cell(d.version)
		if d.version == 0 {
			version = bot.Cell{Text: w.t("unmeasured"), Value: int64(0)}
		}
		t.Rows = append(t.Rows, row(d.name, cell(w.t("metric."+d.name)), cell(d.name), version, cell(w.t("means."+d.name)), cell(d.query)))
	}
	return bot.Page{Note: w.t("page.metrics"), Tables: []bot.Table{t}}, nil
}

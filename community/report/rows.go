package report

import (
	"bytes"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// metricsTable are the metrics as rows for programs.
func (r *Report) metricsTable() bot.Table {
	t := bot.Table{Key: "metrics"}
	for _, c := range [...]string{"name", "title", "unit", "value", "low", "high", "n", "previous", "trend", "coverage", "grade", "measured", "version", "definition", "query"} {
		t.Columns = append(t.Columns, bot.Column{Key: c, Title: c})
	}
	value := func(v *float64) bot.Cell {
		if v == nil {
			return bot.Cell{}
		}
		return bot.Cell{Text: fmt.Sprint(*v), Value: *v}
	}
	for _, m := range r.Metrics {
		t.Rows = append(t.Rows, row(m.Name, cell(m.Name), cell(m.Title), cell(string(m.Unit)), value(m.Value), value(m.Low), value(m.High), cell(m.N), value(m.Previous),
			cell(m.Trend), value(m.Coverage), cell(m.Grade), cell(m.Measured), cell(m.Version), cell(m.Definition), cell(m.Query)))
	}
	return t
}

// csv are the metrics as CSV, in UTF-8 with a mark, guarded against formulas.
func (r *Report) csv() ([]byte, error) {
	var b bytes.Buffer
	t := r.metricsTable()
	if err := t.CSV(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// xlsx is everything as sheets.
func (r *Report) xlsx(d document) ([]byte, error) {
	metrics := r.metricsTable()
	metrics.Title = d.Title
	sheets := []bot.Table{metrics}
	days := bot.Table{Key: "days", Columns: []bot.Column{{Key: "day", Title: "day"}, {Key: "active", Title: "active"}, {Key: "messages", Title: "messages"}, {Key: "new_members", Title: "new_members"}}}
	for _, one := range r.Days {
		days.Rows = append(days.Rows, row(one.Day, cell(one.Day), cell(one.Active), cell(one.Messages), cell(one.New)))
	}
	sheets = append(sheets, days)
	for _, s := range d.Sections {
		if s.Heat != nil {
			h := bot.Table(s.Heat.table())
			h.Key = "heat_map"
			sheets = append(sheets, h)
		}
		sheets = append(sheets, s.Table...)
	}
	return community.WriteSheets(sheets)
}

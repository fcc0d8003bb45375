package report_test

import (
	"testing"

	"github.com/weilu-im/weilu/community/report"
)

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		kind             report.Kind
		text             string
		first, last      string
		before, beforeTo string
		name             string
	}{
		{report.OfDay, "2024-03-01", "2024-03-01", "2024-03-01", "2024-02-29", "2024-02-29", "2024-03-01"},
		{report.OfWeek, "2024-01-03", "2024-01-01", "2024-01-07", "2023-12-25", "2023-12-31", "2024-01-01 ~ 2024-01-07"},
		{report.OfWeek, "2024-01-07", "2024-01-01", "2024-01-07", "2023-12-25", "2023-12-31", "2024-01-01 ~ 2024-01-07"},
		{report.OfMonth, "2024-02", "2024-02-01", "2024-02-29", "2024-01-01", "2024-01-31", "2024-02"},
		{report.OfQuarter, "2024Q1", "2024-01-01", "2024-03-31", "2023-10-01", "2023-12-31", "2024Q1"},
		{report.OfQuarter, "2024-q4", "2024-10-01", "2024-12-31", "2024-07-01", "2024-09-30", "2024Q4"},
	} {
		p, err := report.Parse(c.kind, c.text)
		if err != nil {
			t.Errorf("%s %s: %v", c.kind, c.text, err)
			continue
		}
		b := p.Before()
		if p.First.String() != c.first || p.Last().String() != c.last || b.First.String() != c.before || b.Last().String() != c.beforeTo || p.String() != c.name {
			t.Errorf("%s %s is %s from %s to %s after %s to %s", c.kind, c.text, p, p.First, p.Last(), b.First, b.Last())
		}
	}
	for kind, text := range map[report.Kind]string{report.OfMonth: "2024-13", report.OfQuarter: "2024Q5", report.OfDay: "2024-02-30", report.OfWeek: "x"} {
		if p, err := report.Parse(kind, text); err == nil {
			t.Errorf("%s %s is %s", kind, text, p)
		}
	}
	day := report.Around(report.OfDay, 20_000)
	if _, err := report.Range(day.First, day.First-1); err == nil {
		t.Error("a range that ends before it begins")
	}
	if _, err := report.Range(day.First, day.First+5000); err == nil {
		t.Error("a range of fourteen years")
	}
	if p, err := report.Range(day.First, day.First+9); err != nil || p.Before().Days() != 10 || p.Before().After != p.First {
		t.Errorf("ten days and those before: %v %v", p, err)
	}
}

package bot

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"
)

// formulas are what cells begin with that spreadsheets compute, also in full width.
const formulas = "=+-@\t\r\n＝＋－＠"

// CSV writes the table in UTF-8 under the titles of its columns. Numbers are their values, times are RFC 3339 in
// UTC, and everything else is its text. What a spreadsheet would take for a formula begins with a ' that keeps it
// from being one.
func (t Table) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = Guarded(c.Title)
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for _, row := range t.Rows {
		if len(row.Cells) != len(t.Columns) {
			return fmt.Errorf("row %s has %d cells under %d columns", row.Key, len(row.Cells), len(t.Columns))
		}
		for i, cell := range row.Cells {
			line[i] = cell.csv()
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (c Cell) csv() string {
	switch v := c.Value.(type) {
	case int64, float64:
		return fmt.Sprint(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	default:
		return Guarded(c.Text)
	}
}

// Guarded is a text that no spreadsheet computes.
func Guarded(s string) string {
	s = strings.ReplaceAll(Clean(s), "\r", "")
	if trimmed := strings.TrimLeft(s, " \u3000"); trimmed != "" && strings.ContainsAny(string([]rune(trimmed)[:1]), formulas) {
		return "'" + s
	}
	return s
}

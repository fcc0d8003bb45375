package system

import (
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func number(n int64) bot.Cell { return bot.Cell{Text: fmt.Sprint(n), Value: n} }

// table is an empty table with columns whose texts are "column.<key>"; a # behind a key says that they are numbers.
func table(q *bot.Query, name, keys string) bot.Table {
	t := bot.Table{Key: name, Title: q.T("table." + name), Empty: q.T("table." + name + ".none")}
	for key := range strings.FieldsSeq(keys) {
		key, numbers := strings.CutSuffix(key, "#")
		t.Columns = append(t.Columns, bot.Column{Key: key, Title: q.T("column." + key), Numbers: numbers})
	}
	return t
}

func (s *system) clock(at time.Time) string { return at.In(s.o.Zone).Format("01-02 15:04") }

// time is a cell with an instant; empty where there is none.
func (s *system) time(at time.Time) bot.Cell {
	if at.IsZero() {
		return bot.Cell{Value: ""}
	}
	return bot.Cell{Text: s.clock(at), Value: at}
}

// age says how long something is, in its largest unit.
func age(say func(key string, kv ...any) string, d time.Duration) string {
	switch {
	case d < time.Minute:
		return say("age.seconds", "N", int64(max(d, 0)/time.Second))
	case d < time.Hour:
		return say("age.minutes", "N", int64(d/time.Minute))
	case d < 48*time.Hour:
		return say("age.hours", "N", int64(d/time.Hour))
	}
	return say("age.days", "N", int64(d/(24*time.Hour)))
}

// Bytes says how much something is, as people do: 12.3 MB.
func Bytes(n int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

package system

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// settings shows the configuration in effect, and where each value of it comes from.
func (s *system) settings(_ context.Context, q *bot.Query) (bot.Page, error) {
	t := table(q, "settings", "key value source doc")
	page := bot.Page{Note: q.T("settings.note")}
	if s.o.Settings == nil {
		page.Tables = []bot.Table{t}
		return page, nil
	}
	var found []Setting
	asked := bot.Fold(q.Params["search"])
	for _, e := range s.o.Settings() {
		if q.Params["which"] == "changed" && e.Source == "default" ||
			!strings.Contains(bot.Fold(e.Key+" "+e.Value+" "+e.Doc), asked) {
			continue
		}
		found = append(found, e)
	}
	from, err := strconv.Atoi(q.After)
	if err != nil || from < 0 || from > len(found) {
		from = 0
	}
	to := min(from+q.Limit, len(found))
	if to < len(found) {
		t.Next = fmt.Sprint(to)
	}
	for _, e := range found[from:to] {
		source := bot.Cell{Text: q.T("source." + e.Source), Value: e.Source}
		if e.Where != "" {
			source.Text += " " + e.Where
		}
		t.Rows = append(t.Rows, bot.Row{Key: e.Key, Cells: []bot.Cell{{Text: e.Key}, {Text: bot.Clean(e.Value)}, source, {Text: e.Doc}}})
	}
	page.Tables = []bot.Table{t}
	return page, nil
}

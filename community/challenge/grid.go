package challenge

import (
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// gridWeeks is how many weeks of a calendar fit into a message.
const gridWeeks = 6

// signs are the Days of a calendar in text.
var signs = map[Kind]string{Done: "●", MadeUp: "◐", Leave: "○", Granted: "◇"}

// grid is a calendar of somebody's Days in text, a week a line, the latest weeks where there are many.
func (f *feature) grid(r *bot.Request, s Standing, today community.Day) string {
	end := min(s.Last, max(today+6, s.First))
	from := max(mondayOf(s.First), mondayOf(end)-7*(gridWeeks-1))
	var lines []string
	for week := from; week <= end; week += 7 {
		line := fmt.Sprintf("%s ", said(week))
		for d := week; d < week+7; d++ {
			line += s.sign(d, today)
		}
		lines = append(lines, strings.TrimRight(line, "　"))
	}
	return strings.Join(append(lines, r.T("grid.legend")), "\n")
}

// sign is how a Day looks in a calendar.
func (s Standing) sign(d, today community.Day) string {
	switch sign := signs[s.kind(d)]; {
	case d < s.First || d > s.Last:
		return "　"
	case sign != "":
		return sign
	case d >= today:
		return "□"
	}
	return "·"
}

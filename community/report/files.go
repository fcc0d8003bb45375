package report

import (
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/draw"
)

// Formats are the forms of a report, by the end of their files' names.
var formats = [...]string{"md", "html", "json", "csv", "xlsx", "png"}

// Formats are the forms in which a report can be had.
func Formats() []string { return slices.Clone(formats[:]) }

// pictured are the tables that a picture shows, with how many of their rows.
func pictured() map[string]int { return map[string]int{"top_contributors": 5, "tiers": 5} }

// File is a report in one of the formats, in the language of q.
func (r *Report) File(q *bot.Query, fonts *draw.Fonts, format string) ([]byte, error) {
	switch format {
	case "json":
		return r.JSON()
	case "csv":
		return r.csv()
	}
	d := documentOf(q, r)
	switch format {
	case "md":
		return d.markdown(), nil
	case "html":
		return d.html()
	case "xlsx":
		return r.xlsx(d)
	case "png":
		return d.picture(fonts, pictured())
	}
	return nil, fmt.Errorf("no format %.20q; there are %v", format, formats)
}

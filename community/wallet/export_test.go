package wallet

import "github.com/weilu-im/weilu/community"

// Signed reads an amount that may be below zero.
func Signed(s string) (int64, error) { return signed(s) }

// ChatLine is who a line of a message names, how much, and why.
func ChatLine(s string) [3]string {
	l := chatLine(s)
	d := directory{people: map[community.MemberID]community.MemberID{}}
	if _, wrong := d.resolve(l); wrong != nil && wrong.key == "unknown" {
		l.who, _ = wrong.kv[1].(string)
	}
	return [3]string{l.who, l.points, l.reason}
}

// Line is a line of a table.
type Line struct {
	N                   int
	Who, Points, Reason string
}

// TableLines are the lines of a table, and the key of the first problem.
func TableLines(table [][]string) (lines []Line, key string) {
	list, problems := tableLines(table)
	for _, l := range list {
		lines = append(lines, Line{l.n, l.who, l.points, l.reason})
	}
	if len(problems) > 0 {
		key = problems[0].key
	}
	return lines, key
}

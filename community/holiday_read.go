package community

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// holidayName is how many characters the name of a holiday has at the most.
const holidayName = 20

// holidayProblem is a line that is wrong; its text has the key holidays.bad. + key.
type holidayProblem struct {
	line      int
	key, what string
}

// holidayHeads are the columns by all their names, folded. Without names they are date, name, kind.
var holidayHeads = map[string]int{"日期": 0, "date": 0, "名称": 1, "节日": 1, "name": 1, "类型": 2, "休/班": 2, "type": 2, "kind": 2}

// readHolidays reads a table by year, each in the order of dates, or all lines that are wrong.
func readHolidays(rows [][]string) (years map[int][]Holiday, wrong []holidayProblem) {
	years = map[int][]Holiday{}
	columns, named := [...]int{0, 1, 2}, false
	seen := map[Day]bool{}
	for i, cells := range rows {
		if strings.Join(cells, "") == "" {
			continue
		}
		if !named && len(seen) == 0 && len(wrong) == 0 {
			if columns, named = holidayColumns(cells); named {
				continue
			}
		}
		d, key := holidayRow(cells, columns)
		if key == "" && seen[d.Date] {
			key = "twice"
		}
		if key != "" {
			wrong = append(wrong, holidayProblem{i + 1, key, strings.Join(cells, " ")})
			continue
		}
		seen[d.Date] = true
		year, _, _ := d.Date.Date()
		years[year] = append(years[year], d)
	}
	for _, list := range years {
		slices.SortFunc(list, func(a, b Holiday) int { return cmp.Compare(a.Date, b.Date) })
	}
	return years, wrong
}

// holidayLines are the lines of a message as the rows of a table: 2026-10-01 National Day off.
func holidayLines(text string) (rows [][]string) {
	for line := range strings.Lines(text) {
		cells := strings.FieldsFunc(bot.Clean(line), func(c rune) bool { return c == ',' || c == '，' || unicode.IsSpace(c) })
		if n := len(cells); n > 3 {
			cells = []string{cells[0], strings.Join(cells[1:n-1], " "), cells[n-1]}
		}
		rows = append(rows, cells)
	}
	return rows
}

// holidayColumns says where date, name and kind are, by a line that names all three.
func holidayColumns(cells []string) (columns [3]int, named bool) {
	found := 0
	for i, cell := range cells {
		if n, ok := holidayHeads[bot.Fold(strings.TrimSpace(cell))]; ok {
			columns[n] = i
			found |= 1 << n
		}
	}
	if found != 1|2|4 {
		return [3]int{0, 1, 2}, false
	}
	return columns, true
}

// holidayRow reads 2026-10-01, 国庆节, 休 or 班; what is wrong with it is a key of a text.
func holidayRow(cells []string, columns [3]int) (d Holiday, wrong string) {
	cell := func(n int) string {
		if i := columns[n]; i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	date, ok := holidayDate(cell(0))
	if !ok {
		return d, "date"
	}
	d = Holiday{Date: date, Name: Excerpt(cell(1), holidayName)}
	switch bot.Fold(cell(2)) {
	case "休", "休息", "假", "放假", "free", "off":
		d.Free = true
	case "班", "上班", "调休", "work", "worked":
	default:
		return d, "kind"
	}
	if d.Name == "" {
		return d, "name"
	}
	return d, ""
}

// The days that a spreadsheet counts, of which the first is 1899-12-31, that lie in this century.
const (
	sheetFirst = 36526
	sheetLast  = 73050
)

// holidayDate reads 2026-10-01, 2026/10/1, 2026.10.1, 2026年10月1日, 20261001, and 46296 as a spreadsheet stores a date.
func holidayDate(s string) (Day, bool) {
	s = strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "").Replace(bot.Fold(s))
	if n, err := strconv.Atoi(s); err == nil && n >= sheetFirst && n <= sheetLast {
		return Date(1899, time.December, 30) + Day(n), true
	}
	for _, layout := range [...]string{"2006-1-2", "20060102"} {
		if at, err := time.Parse(layout, s); err == nil && at.Year() >= 2000 && at.Year() < 2100 {
			return Date(at.Date()), true
		}
	}
	return 0, false
}

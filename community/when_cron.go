package community

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// cron takes "cron 0 9 * * 1-5".
func (p *whenReader) cron() (w When, ok bool, err error) {
	if !p.has("cron") {
		return w, false, nil
	}
	var fields []string
	for range cronFields {
		fields = append(fields, p.word())
	}
	if !validCron(fields) {
		return w, true, &WhenError{whenCron, strings.TrimSpace(strings.Join(fields, " "))}
	}
	return When{Spec: strings.Join(fields, " ")}, true, nil
}

// cronField is the bounds of a field, and the names of its numbers.
type cronField struct {
	least, most int
	names       []string
}

var cronFields = [...]cronField{
	{0, 59, nil}, {0, 23, nil}, {1, 31, nil},
	{1, 12, []string{"", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

// validCron tells whether five folded fields make a time that comes.
func validCron(fields []string) bool {
	for i, f := range cronFields {
		for part := range strings.SplitSeq(fields[i], ",") {
			if !f.holds(part) && (i != 2 || fields[i] != "L") {
				return false
			}
		}
	}
	if fields[2] == "L" {
		return fields[4] == "*"
	}
	return fields[4] != "*" || monthHas(fields[3], fields[2])
}

// holds tells whether part is *, */10, 5, mon, 1-5 or 1-5/2 within the bounds.
func (f cronField) holds(part string) bool {
	span, step, stepped := strings.Cut(part, "/")
	if n, ok := cronNumber(step); stepped && (!ok || n < 1) {
		return false
	}
	if span == "*" {
		return true
	}
	first, last, ranged := strings.Cut(span, "-")
	a, ok := f.number(first)
	if !ranged {
		return ok && !stepped
	}
	b, ok2 := f.number(last)
	return ok && ok2 && a <= b
}

func (f cronField) number(s string) (int, bool) {
	if i := slices.Index(f.names, s); i >= 0 && s != "" {
		return i, true
	}
	n, ok := cronNumber(s)
	return n, ok && n >= f.least && n <= f.most
}

func cronNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) <= 2 && s[0] >= '0' && s[0] <= '9'
}

// monthHas tells whether a date of plain numbers is on the calendar: not 31 in 2, 4.
func monthHas(months, days string) bool {
	day, err := strconv.Atoi(days)
	if err != nil || day < 30 {
		return true
	}
	for part := range strings.SplitSeq(months, ",") {
		m, err := strconv.Atoi(part)
		if err != nil || m != 2 && (day == 30 || m != 4 && m != 6 && m != 9 && m != 11) {
			return true
		}
	}
	return false
}

// word takes what stands until the next space, folded; L is the last day of a month.
func (s *scanner) word() string {
	s.space()
	n := strings.IndexFunc(s.rest, unicode.IsSpace)
	if n < 0 {
		n = len(s.rest)
	}
	word := bot.Fold(s.rest[:n])
	s.rest = s.rest[n:]
	if word == "l" {
		return "L"
	}
	return word
}

package community

import (
	"slices"
	"strings"
	"time"
)

// mostUnsaidSpan is how many days the dates of a span may lie apart that say no year: 12月5日到12月1日 is a slip of the pen.
const mostUnsaidSpan = 183

// until takes what stands between the first and the last of some days.
func (p *whenReader) until() bool { return p.has("到", "至", "~", "—", "–", "to") }

// calendarDates takes 2026-12-24, 2026年12月24日, 12月24日, 12-24, 12/24, 12.24, 24号, 下个月1号, 24 dec, fri 27 nov, with its
// day of the week or without, and 12月1日到12月5日.
func (p *whenReader) calendarDates() (d dates, ok bool, err error) {
	before := p.rest
	choices, ok := p.calendarDate()
	if !ok {
		p.rest = before
		return d, false, nil
	}
	said := func() string { return before[:len(before)-len(p.rest)] }
	if weekday, named := p.weekday(false); named { // 11月27日 周五
		choices = onWeekday(choices, weekday)
	}
	if len(choices) == 0 {
		return d, false, &WhenError{whenDate, said()}
	}
	if !p.until() {
		return dates{choices: choices}, true, nil
	}
	begin, end, key := p.lastDate(choices)
	if key != "" {
		return d, false, &WhenError{key, said()}
	}
	return dates{choices: []time.Time{begin}, until: end.AddDate(0, 0, 1)}, true, nil
}

func onWeekday(choices []time.Time, weekday time.Weekday) []time.Time {
	return slices.DeleteFunc(choices, func(day time.Time) bool { return day.Weekday() != weekday })
}

// lastDate takes the last of days in a row, of which the first is one of some choices; a day alone is of the same month.
func (p *whenReader) lastDate(choices []time.Time) (begin, end time.Time, key string) {
	before := p.rest
	var ends []time.Time
	if day, ok := p.number(); ok && p.has("号", "日") {
		for _, c := range choices {
			ends = append(ends, p.valid([]int{c.Year()}, int(c.Month()), day)...)
		}
	} else {
		p.rest = before
		ends, _ = p.calendarDate()
	}
	key = whenDate
	for _, end := range ends {
		for _, begin := range choices {
			near := len(choices) == 1 && len(ends) == 1 || end.Before(begin.AddDate(0, 0, mostUnsaidSpan))
			if !end.After(begin) || !near {
				continue
			}
			if !end.Before(p.date(0, 0, 0)) {
				return begin, end, ""
			}
			key = whenPast
		}
	}
	return begin, end, key
}

// calendarDate takes a date; there are no choices where no calendar has it.
func (p *whenReader) calendarDate() (choices []time.Time, ok bool) {
	y, m, _ := p.now.Date()
	if p.has("下个月", "下月") {
		day, ok := p.number()
		if !ok || !p.has("号", "日") {
			return nil, false
		}
		return p.valid([]int{y}, int(m)+1, day), true
	}
	if choices, ok = p.englishDate(); ok {
		return choices, true
	}
	first, ok := p.hanYear()
	if !ok {
		first, ok = p.number()
	}
	if !ok {
		return nil, false
	}
	switch {
	case first >= 1000 && p.has("年", "-", "/", "."):
		month, ok := p.number()
		if !ok || !p.has("月", "-", "/", ".") {
			return nil, false
		}
		return p.day([]int{first}, month)
	case p.has("月", "-", "/", "."):
		return p.day([]int{y, y + 1}, first)
	case p.has("号", "日"):
		list := p.valid([]int{y}, int(m), first)
		return append(list, p.valid([]int{y}, int(m)+1, first)...), true
	}
	return nil, false
}

// hanYear takes 二〇二七, the four digits of a year.
func (p *whenReader) hanYear() (year int, ok bool) {
	rest := strings.TrimLeft(p.rest, " ")
	for i, r := range rest {
		d, is := hanNumbers[r]
		if !is {
			if year >= 1000 && r == '年' {
				p.rest = rest[i:]
				return year, true
			}
			return 0, false
		}
		if year = year*10 + d; year > 9999 {
			return 0, false
		}
	}
	return 0, false
}

var englishMonths = []string{
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
	"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
}

func (p *whenReader) englishMonth() (int, bool) {
	word, ok := p.take(englishMonths...)
	return slices.Index(englishMonths, word)%12 + 1, ok
}

// englishDate takes 24 dec, dec 24, fri 27 nov 2026.
func (p *whenReader) englishDate() (choices []time.Time, ok bool) {
	before := p.rest
	weekday, named := time.Weekday(0), false
	if word, ok := p.take(englishDayNames...); ok {
		weekday, named = englishDays[word], true
		p.has(",")
	}
	month, ok := p.englishMonth()
	day, counted := p.number()
	if !ok && counted {
		month, ok = p.englishMonth()
	}
	if !ok || !counted {
		p.rest = before
		return nil, false
	}
	years := []int{p.now.Year(), p.now.Year() + 1}
	after := p.rest
	if year, ok := p.number(); ok && year >= 1000 && !p.digit() {
		years = []int{year}
	} else {
		p.rest = after
	}
	choices = p.valid(years, month, day)
	if named {
		choices = onWeekday(choices, weekday)
	}
	return choices, true
}

func (p *whenReader) day(years []int, month int) ([]time.Time, bool) {
	day, ok := p.number()
	if !ok {
		return nil, false
	}
	p.has("日", "号")
	if month > 12 {
		return nil, true
	}
	return p.valid(years, month, day), true
}

// valid are the dates of several years that the calendar has; month 13 is the January after.
func (p *whenReader) valid(years []int, month, day int) (list []time.Time) {
	for _, y := range years {
		t := time.Date(y, time.Month(month), day, 12, 0, 0, 0, p.now.Location())
		if month >= 1 && day >= 1 && t.Day() == day {
			list = append(list, t)
		}
	}
	return list
}

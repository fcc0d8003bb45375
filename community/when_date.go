package community

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dates is one date, of which the first choice that lies ahead counts, or some days in a row.
type dates struct {
	choices  []time.Time
	until    time.Time // of days in a row: the day after the last; zero: one date
	weekdays string    // of days in a row: which count, as cron writes them; empty: all
	part     string    // the part of the day that is said with the date: 今晚
}

// nearDays are the words for days near today, longer ones first.
var nearDays = []struct {
	word string
	days int
	part string
}{
	{"大后天", 3, ""}, {"后天", 2, ""}, {"明天", 1, ""}, {"明日", 1, ""}, {"明早", 1, morning}, {"明晚", 1, late},
	{"今天", 0, ""}, {"今日", 0, ""}, {"今早", 0, morning}, {"今晚", 0, late}, {"今夜", 0, late}, {"tomorrow", 1, ""}, {"today", 0, ""}, {"tonight", 0, late},
}

// dates takes a date. Those of the calendar come first: fri 27 nov begins with a day of the week.
func (p *whenReader) dates() (d dates, ok bool, err error) {
	for _, near := range nearDays {
		if p.has(near.word) {
			return dates{choices: []time.Time{p.date(0, 0, near.days)}, part: near.part}, true, nil
		}
	}
	if word, ok := p.take("下个月底", "下月底", "这个月底", "本月底", "月底"); ok {
		months := 1
		if strings.HasPrefix(word, "下") {
			months = 2
		}
		return dates{choices: []time.Time{p.lastOfMonth(months)}}, true, nil
	}
	if d, ok, err = p.calendarDates(); ok || err != nil {
		return d, ok, err
	}
	return p.weekdayDates()
}

// lastOfMonth is the last day before the first of the month so many on.
func (p *whenReader) lastOfMonth(months int) time.Time {
	y, m, _ := p.now.Date()
	return time.Date(y, m+time.Month(months), 0, 12, 0, 0, 0, p.now.Location())
}

// hanDays are the days of the week as they follow 周.
var hanDays = map[string]time.Weekday{
	"一": time.Monday, "二": time.Tuesday, "三": time.Wednesday, "四": time.Thursday, "五": time.Friday, "六": time.Saturday, "日": time.Sunday, "天": time.Sunday,
	"1": time.Monday, "2": time.Tuesday, "3": time.Wednesday, "4": time.Thursday, "5": time.Friday, "6": time.Saturday, "7": time.Sunday,
}

var englishDays = map[string]time.Weekday{
	"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday,
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday,
}

var englishDayNames = slices.Sorted(maps.Keys(englishDays))

// weekday takes a day of the week: 周五, friday, and 五 where a bare one may stand, which is a day only where it is no
// hour: 每周一三点 is 周一 at 三点.
func (p *whenReader) weekday(bare bool) (time.Weekday, bool) {
	before := p.rest
	named := p.has("周", "星期", "礼拜")
	if named || bare {
		word, ok := p.take("一", "二", "三", "四", "五", "六", "日", "天", "1", "2", "3", "4", "5", "6", "7")
		if ok && !p.hourFollows(word, named) {
			return hanDays[word], true
		}
	}
	p.rest = before
	if word, ok := p.take(englishDayNames...); ok {
		return englishDays[word], true
	}
	return 0, false
}

// hourFollows tells whether a word that names a day, and has been taken, is an hour, or begins one.
func (p *whenReader) hourFollows(word string, named bool) bool {
	before := p.rest
	defer func() { p.rest = before }()
	switch {
	case word < "8":
		return p.digit() || p.has("点", "时", ":", "點")
	case named:
		return false
	case word == "二" && strings.HasPrefix(p.rest, "十"):
		return true
	}
	return p.has("点", "时", "點")
}

// weekdayDates takes 周五, 本周五, 下周五, 下下周五, 下周一到周五.
func (p *whenReader) weekdayDates() (d dates, ok bool, err error) {
	before := p.rest
	week, said := 0, true
	switch word, _ := p.take("下下个", "下下", "下个", "下", "本", "这个", "这", "next", "this"); word {
	case "下下个", "下下":
		week = 2
	case "下个", "下", "next":
		week = 1
	case "":
		said = false
	}
	first, ok := p.weekday(false)
	if !ok {
		p.rest = before
		return d, false, nil
	}
	monday := p.date(0, 0, 7*week-sinceMonday(p.now.Weekday()))
	day := monday.AddDate(0, 0, sinceMonday(first))
	if said && p.has("到", "至", "-", "~", "—", "–", "to") {
		last, ok := p.weekday(true)
		if !ok || sinceMonday(last) <= sinceMonday(first) {
			return d, false, &WhenError{whenDate, before[:len(before)-len(p.rest)]}
		}
		end := monday.AddDate(0, 0, sinceMonday(last)+1)
		return dates{choices: []time.Time{day}, until: end, weekdays: cronDays(daysFrom(first, last)...)}, true, nil
	}
	choices := []time.Time{day}
	if !said {
		choices = append(choices, day.AddDate(0, 0, 7))
	}
	return dates{choices: choices}, true, nil
}

func sinceMonday(d time.Weekday) int { return (int(d) + 6) % 7 }

// cronDays are days of the week as cron writes them, Monday first: 1-5, 5,6,0; "*" is all of them.
func cronDays(list ...time.Weekday) string {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b time.Weekday) int { return sinceMonday(a) - sinceMonday(b) })
	list = slices.Compact(list)
	first, last := list[0], list[len(list)-1]
	switch n := len(list); {
	case n == 7:
		return "*"
	case n > 2 && last != time.Sunday && sinceMonday(last)-sinceMonday(first) == n-1:
		return fmt.Sprintf("%d-%d", first, last)
	}
	var days []string
	for _, d := range list {
		days = append(days, strconv.Itoa(int(d)))
	}
	return strings.Join(days, ",")
}

// daysFrom are the days of a week from one to another.
func daysFrom(first, last time.Weekday) (list []time.Weekday) {
	for d := sinceMonday(first); d <= sinceMonday(last); d++ {
		list = append(list, time.Weekday((d+1)%7))
	}
	return list
}

package community

import (
	"fmt"
	"slices"
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

// dates takes a date.
func (p *whenReader) dates() (d dates, ok bool, err error) {
	for _, near := range nearDays {
		if p.has(near.word) {
			return dates{choices: []time.Time{p.date(0, 0, near.days)}, part: near.part}, true, nil
		}
	}
	if d, ok, err = p.weekdayDates(); ok || err != nil {
		return d, ok, err
	}
	return p.calendarDates()
}

// hanDays are the days of the week as they follow 周.
var hanDays = map[string]time.Weekday{
	"一": time.Monday, "二": time.Tuesday, "三": time.Wednesday, "四": time.Thursday, "五": time.Friday, "六": time.Saturday, "日": time.Sunday, "天": time.Sunday,
	"1": time.Monday, "2": time.Tuesday, "3": time.Wednesday, "4": time.Thursday, "5": time.Friday, "6": time.Saturday, "7": time.Sunday,
}

var englishDays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// weekday takes a day of the week, with or without 周 before it.
func (p *whenReader) weekday(named bool) (time.Weekday, bool) {
	before := p.rest
	if p.has("周", "星期", "礼拜") || named {
		word, ok := p.take("一", "二", "三", "四", "五", "六", "日", "天", "1", "2", "3", "4", "5", "6", "7")
		after := p.rest
		if hour := word < "8" && (p.digit() || p.has("点", "时", ":", "點")); ok && !hour { // 每周五8点: the digit is the hour
			p.rest = after
			return hanDays[word], true
		}
	}
	p.rest = before
	if word, ok := p.take(englishDays...); ok {
		return time.Weekday(slices.Index(englishDays, word)), true
	}
	return 0, false
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
	if p.has("到", "至", "-", "~", "—", "–", "to") {
		last, ok := p.weekday(true)
		if !ok || sinceMonday(last) <= sinceMonday(first) {
			return d, false, &WhenError{whenDate, before[:len(before)-len(p.rest)]}
		}
		end := monday.AddDate(0, 0, sinceMonday(last)+1)
		if !said && !midnight(end).After(p.now) { // the days of this week are over
			day, end = day.AddDate(0, 0, 7), end.AddDate(0, 0, 7)
		}
		return dates{choices: []time.Time{day}, until: end, weekdays: cronDays(first, last)}, true, nil
	}
	choices := []time.Time{day}
	if !said {
		choices = append(choices, day.AddDate(0, 0, 7))
	}
	return dates{choices: choices}, true, nil
}

func sinceMonday(d time.Weekday) int { return (int(d) + 6) % 7 }

// cronDays are the days from one to another, as cron writes them.
func cronDays(first, last time.Weekday) string {
	var list []string
	for d := sinceMonday(first); d <= sinceMonday(last); d++ {
		list = append(list, fmt.Sprint((d+1)%7))
	}
	if len(list) > 2 && last != time.Sunday {
		return list[0] + "-" + list[len(list)-1]
	}
	return strings.Join(list, ",")
}

// calendarDates takes 2026-12-24, 2026年12月24日, 12月24日, 12-24, 12/24, 24号, 下个月1号, and 12月1日到12月5日.
func (p *whenReader) calendarDates() (d dates, ok bool, err error) {
	before := p.rest
	choices, ok := p.calendarDate()
	if !ok {
		p.rest = before
		return d, false, nil
	}
	said := func() string { return before[:len(before)-len(p.rest)] }
	if len(choices) == 0 {
		return d, false, &WhenError{whenDate, said()}
	}
	if weekday, named := p.weekday(false); named { // 11月27日 周五
		choices = slices.DeleteFunc(choices, func(day time.Time) bool { return day.Weekday() != weekday })
		if len(choices) == 0 {
			return d, false, &WhenError{whenDate, said()}
		}
	}
	if !p.has("到", "至", "~", "—", "–", "to") {
		return dates{choices: choices}, true, nil
	}
	ends, ok := p.calendarDate()
	if !ok || len(ends) == 0 {
		return d, false, &WhenError{whenDate, said()}
	}
	for _, end := range ends {
		for _, begin := range choices {
			if end.After(begin) && !end.Before(p.date(0, 0, 0)) {
				return dates{choices: []time.Time{begin}, until: end.AddDate(0, 0, 1)}, true, nil
			}
		}
	}
	return d, false, &WhenError{whenPast, said()}
}

// calendarDate takes a date; there are no choices where no calendar has it.
func (p *whenReader) calendarDate() (choices []time.Time, ok bool) {
	if p.has("下个月", "下月") {
		day, ok := p.number()
		if !ok || !p.has("号", "日") {
			return nil, false
		}
		y, m, _ := p.now.Date()
		return p.valid([]int{y}, int(m)+1, day), true
	}
	first, ok := p.number()
	if !ok {
		return nil, false
	}
	y, m, _ := p.now.Date()
	switch {
	case first >= 1000 && p.has("年", "-", "/", "."):
		month, ok := p.number()
		if !ok || !p.has("月", "-", "/", ".") {
			return nil, false
		}
		return p.day([]int{first}, month)
	case p.has("月", "-", "/"):
		return p.day([]int{y, y + 1}, first)
	case p.has("号", "日"):
		list := p.valid([]int{y}, int(m), first)
		return append(list, p.valid([]int{y}, int(m)+1, first)...), true
	}
	return nil, false
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

// valid are the dates of several years that the calendar has.
func (p *whenReader) valid(years []int, month, day int) (list []time.Time) {
	for _, y := range years {
		t := time.Date(y, time.Month(month), day, 12, 0, 0, 0, p.now.Location())
		if month >= 1 && day >= 1 && t.Day() == day {
			list = append(list, t)
		}
	}
	return list
}

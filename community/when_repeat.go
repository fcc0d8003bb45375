package community

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// repeat are times of day of the same minute that come again and again.
type repeat struct {
	clocks   []clock
	dom, dow string // as cron writes them
	workdays bool
}

func (r repeat) when() When {
	return When{Spec: cronHours(r.clocks) + fmt.Sprintf(" %s * %s", r.dom, r.dow), Workdays: r.workdays}
}

// cronHours are times of day of the same minute as the first two fields of cron.
func cronHours(list []clock) string {
	var hours []string
	for _, c := range list {
		hours = append(hours, strconv.Itoa(c.hour))
	}
	return fmt.Sprintf("%d %s", list[0].minute, strings.Join(hours, ","))
}

// repeated takes 每天, 每晚, 每个工作日, 每周一三五, 周一到周五, 每月1号, every day, every friday, weekdays, then a time of day, then bounds.
func (p *whenReader) repeated() (w When, ok bool, err error) {
	begin := p.rest
	said := func() string { return begin[:len(begin)-len(p.rest)] }
	r, part, key := repeat{dom: "*", dow: "*"}, anyPart, ""
	switch {
	case p.has("每个工作日", "每工作日", "工作日", "每天工作日", "every working day", "every workday", "every weekday", "weekdays", "workdays"):
		r.workdays = true
	case p.has("每天早上", "每天早晨", "每早", "every morning"):
		part = morning
	case p.has("每天晚上", "每晚", "every evening"):
		part = late
	case p.has("每天", "每日", "天天", "every day", "daily"):
	case p.has("每个月", "每月", "monthly on", "every month on"):
		r.dom, key = p.monthdays()
	case p.has("每个周", "每周", "每个星期", "每星期", "每个礼拜", "每礼拜", "every"):
		r.dow, key = p.weekdays()
	default:
		several := false
		if r.dow, key, several = p.severalDays(); !several {
			return w, false, nil
		}
		p.has("每天", "每日", "every day", "daily")
	}
	if key != "" {
		return w, true, &WhenError{key, begin}
	}
	list, found, err := p.clocks(part)
	switch {
	case err != nil:
		return w, true, err
	case !found:
		return w, true, &WhenError{whenClock, said()}
	case list[0].next && (r.workdays || r.dom != "*" || r.dow != "*"):
		return w, true, &WhenError{whenAmbiguous, said()} // every day has a midnight; of which day it is matters for the others
	}
	r.clocks = list
	if w, err = p.bounds(r.when()); err == nil && (!w.From.IsZero() || !w.Until.IsZero()) {
		if err = p.comes(r, w); list[0].next {
			err = &WhenError{whenAmbiguous, said()}
		}
	}
	return w, true, err
}

// severalDays takes days of the week that no week is said of: 周一到周五, 周一三五. One alone is a date.
func (p *whenReader) severalDays() (dow, key string, ok bool) {
	before := p.rest
	if _, dated := p.englishDate(); dated { // fri 1 jan
		return "", "", false
	}
	if _, ok := p.weekday(false); !ok {
		return "", "", false
	}
	one := p.rest
	p.rest = before
	dow, key = p.weekdays()
	after := p.rest
	dated := p.has("月", "号", "日") // 周五 1月1日
	p.rest = after
	return dow, key, !dated && (key != "" || len(p.rest) < len(one))
}

// monthdays takes 1号, 1号和15号, 最后一天, day 1, the last day; key is what is wrong.
func (p *whenReader) monthdays() (dom, key string) {
	if p.has("最后一天", "最后1天", "底", "the last day") {
		return "L", ""
	}
	english := p.has("day")
	var list []int
	for {
		day, ok := p.number()
		if !ok || day < 1 || day > 31 {
			return "", whenDate
		}
		list = append(list, day)
		counted := p.has("号", "日")
		before := p.rest
		if p.has("、", ",", "和", "与", "and") {
			if next := p.rest; p.monthday() {
				p.rest = next
				continue
			}
			p.rest = before
		}
		if !counted && !english {
			return "", whenDate
		}
		break
	}
	return cronMonthdays(list...), ""
}

// cronMonthdays are days of the month as cron writes them.
func cronMonthdays(list ...int) string {
	var days []string
	for _, d := range slices.Compact(slices.Sorted(slices.Values(list))) {
		days = append(days, strconv.Itoa(d))
	}
	return strings.Join(days, ",")
}

// monthday tells whether a number that is no hour is next, and takes it.
func (p *whenReader) monthday() bool {
	_, ok := p.number()
	return ok && !p.has(":", "点", "时", "點", "am", "pm")
}

// weekdays takes 一三五, 一、周四, 一到五, 末, friday: as cron writes them; key is what is wrong.
func (p *whenReader) weekdays() (dow, key string) {
	if p.has("末", "weekend") {
		return cronDays(time.Saturday, time.Sunday), ""
	}
	first, ok := p.weekday(true)
	if !ok {
		return "", whenDate
	}
	if p.has("到", "至", "-", "~", "—", "–", "to") {
		last, ok := p.weekday(true)
		if !ok || sinceMonday(last) <= sinceMonday(first) {
			return "", whenDate
		}
		return cronDays(daysFrom(first, last)...), ""
	}
	list := []time.Weekday{first}
	for {
		before := p.rest
		parted := p.has("、", ",", "和", "与", "and")
		next, ok := p.weekday(true)
		if !ok {
			p.rest = before
			if !parted && !p.spaced() && strings.HasPrefix(p.rest, "二十") {
				return "", whenAmbiguous // 每周一二十点
			}
			return cronDays(list...), ""
		}
		list = append(list, next)
	}
}

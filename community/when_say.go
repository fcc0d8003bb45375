package community

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SayWhen is a time in the words of whoever reads it, seen from now: 今天 20:00, 每周五 20:00, 周一至周五 09:00（11月30日至12月4日）.
// ReadWhen reads it as the same time. t is r.In("community").T, of a request or a query.
func (c *Calendar) SayWhen(t func(key string, kv ...any) string, w When, now time.Time) string {
	if w.Spec == "" {
		return c.SayTime(t, w.At, now)
	}
	said, ok := c.saySpec(t, w)
	if !ok {
		said = "cron " + w.Spec
	}
	switch since, until := !w.From.IsZero(), !w.Until.IsZero(); {
	case since && until:
		return t("when.span", "What", said, "From", c.sayDate(t, w.From, now), "To", c.sayDate(t, w.Until.Add(-time.Second), now))
	case since:
		return t("when.since", "What", said, "From", c.sayDate(t, w.From, now))
	case until:
		return t("when.until", "What", said, "To", c.sayDate(t, w.Until.Add(-time.Second), now))
	}
	return said
}

// SayTime is an instant in the words of whoever reads it, seen from now: 明天 08:00, 11月27日 周五 20:00.
func (c *Calendar) SayTime(t func(key string, kv ...any) string, at, now time.Time) string {
	clock := at.In(c.zone).Format("15:04")
	date := DateOf(at, c.zone)
	if near := date - DateOf(now, c.zone); near >= 0 && near <= 2 {
		return t(fmt.Sprintf("when.near.%d", near)) + " " + clock
	}
	return t("when.date", "Date", c.sayDate(t, at, now), "Weekday", c.sayWeekday(t, date.Weekday()), "Clock", clock)
}

// sayDate is the date of an instant, with its year unless it is this one: 11月27日.
func (c *Calendar) sayDate(t func(key string, kv ...any) string, at, now time.Time) string {
	year, month, day := DateOf(at, c.zone).Date()
	if year == now.In(c.zone).Year() {
		year = 0
	}
	return t("when.day", "Year", year, "Month", int(month), "MonthName", month.String()[:3], "Day", day)
}

func (c *Calendar) sayWeekday(t func(key string, kv ...any) string, d time.Weekday) string {
	return t(fmt.Sprintf("when.weekday.%d", d))
}

// saySpec puts a spec that ReadWhen made into words; a raw one that says the same in another way stays as it is.
func (c *Calendar) saySpec(t func(key string, kv ...any) string, w When) (string, bool) {
	field := strings.Fields(w.Spec)
	if len(field) != 5 || field[3] != "*" {
		return "", false
	}
	minute, ok1 := cronNumber(field[0])
	hours, ok2 := cronNumbers(field[1])
	if !ok1 || !ok2 {
		return "", false
	}
	days, ok := c.sayDays(t, w, field[2], field[4])
	var clocks []string
	for _, hour := range hours {
		clocks = append(clocks, clock{hour: hour, minute: minute}.String())
	}
	return days + " " + strings.Join(clocks, t("when.clocks")), ok
}

// cronNumbers are the numbers of a field that is a list of them in order.
func cronNumbers(field string) (list []int, ok bool) {
	for s := range strings.SplitSeq(field, ",") {
		n, ok := cronNumber(s)
		if !ok || len(list) > 0 && n <= list[len(list)-1] {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

// sayDays are the days on which a repeated time comes: 每天, 每周一、周四, 每月1日.
func (c *Calendar) sayDays(t func(key string, kv ...any) string, w When, dom, dow string) (string, bool) {
	switch {
	case dom == "*" && dow == "*" && w.Workdays:
		return t("when.workdays"), true
	case w.Workdays:
		return "", false
	case dom == "*" && dow == "*":
		return t("when.daily"), true
	case dom == "L" && dow == "*":
		return t("when.last"), true
	case dow == "*":
		return t("when.monthly", "Days", strings.ReplaceAll(dom, ",", t("when.and"))), isMonthdays(dom)
	case dom == "*":
		days, ok := c.sayWeekdays(t, dow)
		if !w.From.IsZero() && w.Until.Sub(w.From) > 0 && w.Until.Sub(w.From) <= 8*24*time.Hour-time.Hour && strings.Contains(dow, "-") {
			return days, ok // within one week
		}
		return t("when.weekly", "Days", days), ok
	}
	return "", false
}

// isMonthdays tells whether a field is as cronMonthdays writes it.
func isMonthdays(dom string) bool {
	var list []int
	for s := range strings.SplitSeq(dom, ",") {
		n, ok := cronNumber(s)
		if !ok {
			return false
		}
		list = append(list, n)
	}
	return cronMonthdays(list...) == dom
}

// sayWeekdays are days of the week as cronDays writes them: 周一、周四, 周一至周五.
func (c *Calendar) sayWeekdays(t func(key string, kv ...any) string, dow string) (string, bool) {
	day := func(s string) (time.Weekday, bool) {
		n, err := strconv.Atoi(s)
		return time.Weekday(n), err == nil && n >= 0 && n <= 6
	}
	if first, last, ranged := strings.Cut(dow, "-"); ranged {
		a, ok1 := day(first)
		b, ok2 := day(last)
		if !ok1 || !ok2 || sinceMonday(a) > sinceMonday(b) || cronDays(daysFrom(a, b)...) != dow {
			return "", false
		}
		return t("when.range", "From", c.sayWeekday(t, a), "To", c.sayWeekday(t, b)), true
	}
	var list []time.Weekday
	var said []string
	for _, s := range strings.Split(dow, ",") {
		d, ok := day(s)
		if !ok {
			return "", false
		}
		list = append(list, d)
		said = append(said, c.sayWeekday(t, d))
	}
	return strings.Join(said, t("when.and")), cronDays(list...) == dow
}

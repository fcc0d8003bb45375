package community

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SayWhen is a time in the words of whoever reads it, seen from now: 今天 20:00, 每周五 20:00. t is r.In("community").T, of
// a request or a query.
func (c *Calendar) SayWhen(t func(key string, kv ...any) string, w When, now time.Time) string {
	if w.Spec == "" {
		return c.SayTime(t, w.At, now)
	}
	said, ok := c.saySpec(t, w)
	if !ok {
		said = "cron " + w.Spec
	}
	if !w.From.IsZero() && !w.Until.IsZero() {
		last := DateOf(w.Until.Add(-time.Second), c.zone)
		said = t("when.span", "What", said, "From", shortDate(DateOf(w.From, c.zone)), "To", shortDate(last))
	}
	return said
}

// SayTime is an instant in the words of whoever reads it, seen from now: 明天 08:00, 11月27日 周五 20:00.
func (c *Calendar) SayTime(t func(key string, kv ...any) string, at, now time.Time) string {
	local := at.In(c.zone)
	clock := local.Format("15:04")
	date := DateOf(at, c.zone)
	if near := date - DateOf(now, c.zone); near >= 0 && near <= 2 {
		return t(fmt.Sprintf("when.near.%d", near)) + " " + clock
	}
	year, month, day := date.Date()
	if year == now.In(c.zone).Year() {
		year = 0
	}
	return t("when.date", "Year", year, "Month", int(month), "MonthName", month.String()[:3], "Day", day, "Weekday", c.sayWeekday(t, date.Weekday()), "Clock", clock)
}

func (c *Calendar) sayWeekday(t func(key string, kv ...any) string, d time.Weekday) string {
	return t(fmt.Sprintf("when.weekday.%d", d))
}

// saySpec puts a spec that ReadWhen made into words.
func (c *Calendar) saySpec(t func(key string, kv ...any) string, w When) (string, bool) {
	field := strings.Fields(w.Spec)
	if len(field) != 5 || field[3] != "*" {
		return "", false
	}
	minute, err1 := strconv.Atoi(field[0])
	hour, err2 := strconv.Atoi(field[1])
	if err1 != nil || err2 != nil {
		return "", false
	}
	clock := fmt.Sprintf("%02d:%02d", hour, minute)
	switch dom, dow := field[2], field[4]; {
	case w.Workdays && dom == "*" && dow == "*":
		return t("when.workdays") + " " + clock, true
	case dom == "*" && dow == "*":
		return t("when.daily") + " " + clock, true
	case dow == "*":
		if _, err := strconv.Atoi(dom); err != nil {
			return "", false
		}
		return t("when.monthly", "Day", dom) + " " + clock, true
	case dom == "*":
		days, ok := c.sayDays(t, dow)
		return t("when.weekly", "Days", days) + " " + clock, ok
	}
	return "", false
}

// sayDays are days of the week: 周一、周四, 周一至周五.
func (c *Calendar) sayDays(t func(key string, kv ...any) string, dow string) (string, bool) {
	day := func(s string) (string, bool) {
		n, err := strconv.Atoi(s)
		return c.sayWeekday(t, time.Weekday(n%7)), err == nil && n >= 0 && n <= 7
	}
	if first, last, ranged := strings.Cut(dow, "-"); ranged {
		a, ok1 := day(first)
		b, ok2 := day(last)
		return t("when.range", "From", a, "To", b), ok1 && ok2
	}
	var list []string
	for _, s := range strings.Split(dow, ",") {
		said, ok := day(s)
		if !ok {
			return "", false
		}
		list = append(list, said)
	}
	return strings.Join(list, t("when.and")), true
}

package script

import (
	"regexp"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
)

var moment = regexp.MustCompile(`^(?:(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})|(今天|今日|today)|(明天|明日|tomorrow)|(后天))?\s*(\d{1,2})[:：](\d{2})(?:\s+|$)`)

// readMoment reads the time that a text begins with: 2026-12-01 20:00, 12-01 20:00, 今天 20:00, 明天 20:00 or 20:00,
// which is the next such time. A date without a year is the next one, too. ok is false where there is none; length is how many bytes it takes.
func readMoment(text string, now time.Time, zone *time.Location) (at time.Time, length int, ok bool) {
	m := moment.FindStringSubmatchIndex(text)
	if m == nil {
		return time.Time{}, 0, false
	}
	part := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	number := func(i int) int { n, _ := strconv.Atoi(part(i)); return n }
	hour, minute := number(7), number(8)
	local := now.In(zone)
	year, month, day := local.Date()
	on := func(y int, mo time.Month, d int) time.Time { return time.Date(y, mo, d, hour, minute, 0, 0, zone) }
	switch {
	case hour > 23 || minute > 59:
		return time.Time{}, 0, false
	case part(2) != "":
		month, day = time.Month(number(2)), number(3)
		if part(1) != "" {
			year = number(1)
		} else if on(year, month, day).Before(now.Add(-24 * time.Hour)) {
			year++
		}
		if real := time.Date(year, month, day, 12, 0, 0, 0, time.UTC); real.Month() != month || real.Day() != day {
			return time.Time{}, 0, false
		}
	case part(5) != "":
		day++
	case part(6) != "":
		day += 2
	case part(4) == "" && !on(year, month, day).After(now):
		day++
	}
	return on(year, month, day).UTC(), m[1], true
}

// written is a moment as readMoment reads it.
func written(at time.Time, zone *time.Location) string { return at.In(zone).Format("2006-01-02 15:04") }

// when is a moment as people read it.
func (s *scripts) when(r *bot.Request, at time.Time) string {
	local := at.In(s.c.Calendar.Zone())
	return local.Format("01-02 ") + r.In(name).T("weekday."+strconv.Itoa(int(local.Weekday()))) + local.Format(" 15:04")
}

package post

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// exclusions are the times at which a post is not sent although it is due.
type exclusions struct {
	Workdays    bool // it is sent on working days only
	Days        int  // bits by day of the week, Sunday first
	Holidays    bool // days off by the table of holidays
	From, Until int  // minutes after midnight; equal: none; Until before From: over midnight
}

// The reasons of exclusions.
const (
	onDay     = "excluded_day"
	atHour    = "excluded_hour"
	onHoliday = "holiday"
)

// dayKind is what the calendar says of a date.
type dayKind struct {
	free    bool // a public holiday
	workday bool
}

// excluded is why a post is not sent at a local time, or empty.
func excluded(x exclusions, local time.Time, day dayKind) string {
	minute := local.Hour()*60 + local.Minute()
	switch {
	case (x.Workdays || x.Holidays) && day.free:
		return onHoliday
	case x.Workdays && !day.workday, x.Days&(1<<int(local.Weekday())) != 0:
		return onDay
	case x.From < x.Until && minute >= x.From && minute < x.Until, x.From > x.Until && (minute >= x.From || minute < x.Until):
		return atHour
	}
	return ""
}

// variables are what a text may hold.
var variables = []string{"Group", "Date", "Weekday", "Members"}

var variable = regexp.MustCompile(`\{\{\s*\.?([^{}]*?)\s*\}\}`)

// unknownVariable finds something between braces that is no variable.
func unknownVariable(text string) (name string, bad bool) {
	rest := variable.ReplaceAllStringFunc(text, func(found string) string {
		for _, v := range variables {
			if dotted(found) == "."+v {
				return ""
			}
		}
		if !bad {
			name, bad = found, true
		}
		return ""
	})
	if i := strings.Index(rest, "{{"); i >= 0 && !bad {
		return rest[i:], true
	}
	return name, bad
}

// dotted is what stands between the braces.
func dotted(found string) string { return strings.TrimSpace(found[2 : len(found)-2]) }

// fill puts values in the place of variables.
func fill(text string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if value, ok := values[strings.TrimPrefix(dotted(found), ".")]; ok {
			return value
		}
		return found
	})
}

// cronBounds are the smallest and the greatest number of each field.
var cronBounds = [...][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}}

// validCron tells whether a spec has five fields that cron understands.
func validCron(spec string) bool {
	fields := strings.Fields(spec)
	if len(fields) != len(cronBounds) {
		return false
	}
	for i, field := range fields {
		for _, part := range strings.Split(field, ",") {
			if !validPart(part, cronBounds[i][0], cronBounds[i][1]) {
				return false
			}
		}
	}
	return true
}

// validPart checks *, */10, 5, 1-5 and 1-5/2.
func validPart(part string, least, most int) bool {
	span, every, stepped := strings.Cut(part, "/")
	if n, ok := small(every); stepped && (!ok || n < 1) {
		return false
	}
	if span == "*" {
		return true
	}
	first, last, ranged := strings.Cut(span, "-")
	a, ok := small(first)
	if !ok || a < least || a > most {
		return false
	}
	b, ok := small(last)
	return !ranged && !stepped || ranged && ok && b >= a && b <= most
}

func small(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) <= 2 && s[0] >= '0' && s[0] <= '9'
}

// often is the shortest time between two times of a post.
const often = 10 * time.Minute

// tooOften tells whether two of the slots, which are in order, lie closer together than is allowed.
func tooOften(slots []time.Time) bool {
	for i := 1; i < len(slots); i++ {
		if slots[i].Sub(slots[i-1]) < often {
			return true
		}
	}
	return false
}

package post

import (
	"regexp"
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

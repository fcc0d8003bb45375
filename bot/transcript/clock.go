package transcript

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// moment is what a clock line says: a date with a time, the next such time, or a while from now.
type moment struct {
	wall  time.Time // written as if in UTC
	dated bool
	after bool // it is a while: days in the calendar, then a duration
	days  int
	while time.Duration

	asleep bool // the program is down until then
}

var errMoment = errors.New("a clock line is == 2026-11-02 08:00 ==, == 08:00 ==, == +3d == or == +1d2h30m ==, with asleep behind it where the program is down until then")

// while has bounded numbers, so that no sum of them overflows.
var while = regexp.MustCompile(`^\+(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?$`)

// parseMoment reads a line that begins with ==.
func parseMoment(line string) (*moment, error) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(line), "==")
	inner, closed := strings.CutSuffix(inner, "==")
	inner = strings.Join(strings.Fields(strings.ReplaceAll(inner, "：", ":")), " ")
	if !ok || !closed || inner == "" || strings.ContainsAny(inner, ".,") {
		return nil, errMoment
	}
	if awake, asleep := strings.CutSuffix(inner, " asleep"); asleep {
		m, err := parseMoment("==" + awake + "==")
		if err != nil || m.asleep {
			return nil, errMoment
		}
		m.asleep = true
		return m, nil
	}
	if inner[0] == '+' {
		return parseWhile(inner)
	}
	for _, layout := range [...]string{"2006-01-02 15:04", "2006-01-02 15:04:05", "15:04", "15:04:05"} {
		if wall, err := time.Parse(layout, inner); err == nil {
			return &moment{wall: wall, dated: len(layout) > len("15:04:05")}, nil
		}
	}
	return nil, errMoment
}

func parseWhile(s string) (*moment, error) {
	parts := while.FindStringSubmatch(s)
	if parts == nil || s == "+" {
		return nil, errMoment
	}
	var n [5]int
	for i, part := range parts[1:] {
		n[i], _ = strconv.Atoi(part) // digits or nothing
	}
	return &moment{after: true, days: n[0], while: time.Duration(n[1])*time.Hour +
		time.Duration(n[2])*time.Minute + time.Duration(n[3])*time.Second}, nil
}

// from is the instant that the moment means when the clock, in the community's zone, shows now.
func (m *moment) from(now time.Time) (t time.Time, err error) {
	switch {
	case m.after:
		t = now
		if m.days > 0 {
			t = now.AddDate(0, 0, m.days)
		}
		t = t.Add(m.while)
	case m.dated:
		if t = firstOf(m.wall, now.Add(-1), now.Location()); t.Before(now) {
			return now, fmt.Errorf("the clock shows %s already and can't be set back to %s",
				now.Format(time.DateTime), m.wall.Format(time.DateTime))
		}
	default:
		t = m.next(now)
	}
	if t.Year() > 9999 {
		return now, errors.New("the clock ends with the year 9999")
	}
	return t, nil
}

// next is the first instant after now at which the clock shows the time of day.
func (m *moment) next(now time.Time) time.Time {
	y, mo, d := now.Date()
	h, mi, s := m.wall.Clock()
	for {
		wall := time.Date(y, mo, d, h, mi, s, 0, time.UTC)
		if t := firstOf(wall, now, now.Location()); t.After(now) && shows(t, wall) {
			return t
		}
		d++
	}
}

// firstOf is the first instant after the given one at which the clock of the zone shows wall. Where it never
// does again, it is what time.Date makes of it: a clock that jumps over wall has shown about that.
func firstOf(wall, after time.Time, zone *time.Location) time.Time {
	var found []time.Time
	for _, near := range [...]time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if shows(t, wall) && t.After(after) {
			found = append(found, t)
		}
	}
	if len(found) > 0 {
		return slices.MinFunc(found, time.Time.Compare)
	}
	y, mo, d := wall.Date()
	h, mi, s := wall.Clock()
	return time.Date(y, mo, d, h, mi, s, 0, zone)
}

// shows tells whether the clock of t's zone shows wall at t.
func shows(t, wall time.Time) bool { return t.Format(time.DateTime) == wall.Format(time.DateTime) }

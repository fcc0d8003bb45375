package community

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Day is a Day of the community: local time in its zone, beginning at its day start (04:00 by default).
// It counts the calendar days since 1970-01-01, so Days can be subtracted.
type Day int

// Date is the Day of that calendar date.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads "2024-05-01".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("not a day like 2024-05-01: %q", s)
	}
	return Date(t.Date()), nil
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is the date, like 2024-05-01.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// Weekday is the day of the week on which the Day begins.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Date is the calendar date on which the Day begins.
func (d Day) Date() (year int, month time.Month, day int) { return d.utc().Date() }

// Month is the first Day and the Day after the last of the month that d is in. Months are made of Days.
func (d Day) Month() (first, after Day) {
	y, m, _ := d.Date()
	return Date(y, m, 1), Date(y, m+1, 1)
}

// ParseMonth reads "2024-05" and gives its first Day and the Day after its last.
func ParseMonth(s string) (first, after Day, err error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, 0, fmt.Errorf("not a month like 2024-05: %q", s)
	}
	first, after = Date(t.Date()).Month()
	return first, after, nil
}

// Calendar says which Day an instant belongs to. It is safe for concurrent use.
type Calendar struct {
	zone   *time.Location
	starts time.Duration // wall-clock time of day at which a Day begins
	last   atomic.Pointer[span]
}

type span struct {
	day        Day
	start, end time.Time
}

// NewCalendar makes the calendar of a zone whose Days begin at the given wall-clock time, 0 to 24 h.
func NewCalendar(zone *time.Location, starts time.Duration) *Calendar {
	return &Calendar{zone: zone, starts: starts}
}

// Zone is the zone of the calendar.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Starts is the wall-clock time of day at which a Day begins.
func (c *Calendar) Starts() time.Duration { return c.starts }

// Day is the Day that t belongs to: Start(d) <= t < Start(d+1). Days that the zone skipped hold no instant.
func (c *Calendar) Day(t time.Time) Day {
	if s := c.last.Load(); s != nil && !t.Before(s.start) && t.Before(s.end) {
		return s.day
	}
	d := Date(t.In(c.zone).Add(-c.starts).Date())
	for t.Before(c.Start(d)) {
		d--
	}
	for !t.Before(c.Start(d + 1)) {
		d++
	}
	c.last.Store(&span{d, c.Start(d), c.Start(d + 1)})
	return d
}

// Start is the first instant of a Day: the earliest at which the local clock shows the Day's date and the day
// start, or later. Where the zone's clock jumps over that moment, it is the moment of the jump.
func (c *Calendar) Start(d Day) time.Time {
	want := d.utc().Add(c.starts) // the wall clock to reach, written as if it were UTC
	lo := want.Add(-26 * time.Hour)
	hi := want.Add(26 * time.Hour)
	// The wall clock is not monotonic, so step through the zone's transitions instead of bisecting over them.
	for {
		_, end := lo.In(c.zone).ZoneBounds()
		_, offset := lo.In(c.zone).Zone()
		t := want.Add(-time.Duration(offset) * time.Second)
		if t.Before(lo) {
			return lo.UTC() // the clock jumped over the moment
		}
		if end.IsZero() || t.Before(end) || !end.Before(hi) {
			return t.UTC()
		}
		lo = end
	}
}

// Wall is the instant at which the local clock shows the given time of day within Day d, counted from the
// date of d; a time of day before the day start belongs to the next morning of the same Day.
func (c *Calendar) Wall(d Day, hour, minute int) time.Time {
	at := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	y, m, day := d.Date()
	if at < c.starts {
		day++
	}
	return time.Date(y, m, day, hour, minute, 0, 0, c.zone).UTC()
}

// Package schedule turns due times into ticks. Next is pure, and shared by the running bot, replay and
// simulation; the clock that only wakes is gocron's.
package schedule

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// parser reads five fields, or six with seconds first, and @daily and the like.
var parser = cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// anyHour is the bit of a field that is a star.
const anyHour = 1 << 63

// lastDay is a schedule of days 28 to 31 that comes due on the last day of a month only.
type lastDay struct{ cron.Schedule }

func (l lastDay) Next(after time.Time) time.Time {
	for {
		after = l.Schedule.Next(after)
		if y, m, d := after.Date(); after.IsZero() || d == time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() {
			return after
		}
	}
}

// parse reads a spec. Of five fields with a star for the days of the week, the third may be L.
func parse(spec string) (s cron.Schedule, eachHour bool, err error) {
	fields := strings.Fields(spec)
	last := len(fields) == 5 && fields[2] == "L" && fields[4] == "*"
	if last {
		fields[2] = "28-31"
		spec = strings.Join(fields, " ")
	}
	if s, err = parser.Parse(spec); err != nil {
		return nil, false, err
	}
	hours, ok := s.(*cron.SpecSchedule)
	if last {
		s = lastDay{s}
	}
	return s, !ok || hours.Hour&anyHour != 0, nil
}

// Next gives the function that tells the first slot of a cron spec after an instant, by the clocks of a zone.
// A spec that never comes due has the zero time. L in the place of the day is the last day of a month. Where the clocks change, a spec with hours of its own comes
// due once for each time of day that it names: one that the clocks skip as much later, one that they show
// twice the first time. A spec for every hour follows what passes. The function is safe for concurrent use.
func Next(zone *time.Location) func(spec string, after time.Time) (time.Time, error) {
	var parsed sync.Map // func(time.Time) time.Time by spec
	return func(spec string, after time.Time) (time.Time, error) {
		known, ok := parsed.Load(spec)
		if !ok {
			s, eachHour, err := parse(spec)
			if err != nil {
				return time.Time{}, fmt.Errorf("schedule %q: %w", spec, err)
			}
			following := s.Next
			if !eachHour {
				following = func(after time.Time) time.Time { return byWall(s, after) }
			}
			known, _ = parsed.LoadOrStore(spec, following)
		}
		next := known.(func(time.Time) time.Time)(after.In(zone))
		if next.IsZero() {
			return next, nil
		}
		return next.UTC(), nil
	}
}

// byWall is the first slot after an instant by what the clock on the wall shows.
func byWall(s cron.Schedule, after time.Time) time.Time {
	y, mo, d := after.Date()
	h, mi, sec := after.Clock()
	wall := time.Date(y, mo, d, h, mi, sec, after.Nanosecond(), time.UTC)
	// The clock may have shown a time that it skipped since, and its slot comes as much later.
	for wall = wall.Add(-skipped(after)); ; {
		if wall = s.Next(wall); wall.IsZero() {
			return wall
		}
		if at := shown(wall, after.Location()); at.After(after) {
			return at
		}
	}
}

// skipped is by how much the clocks were put forward within the last day before an instant.
func skipped(at time.Time) time.Duration {
	_, before := at.Add(-24 * time.Hour).Zone()
	_, now := at.Zone()
	return max(0, time.Duration(now-before)*time.Second)
}

// shown is when the clock of a zone first shows a time; one that it skips is as much later as it skips.
func shown(wall time.Time, zone *time.Location) time.Time {
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	at := wall.Add(-time.Duration(before) * time.Second).In(zone)
	if _, offset := at.Zone(); offset == before {
		return at
	}
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	later := wall.Add(-time.Duration(after) * time.Second).In(zone)
	if _, offset := later.Zone(); offset == after {
		return later
	}
	return at // neither: it was skipped
}

// Package schedule turns due times into ticks. Next is pure, and shared by the running bot, replay and
// simulation; the clock that only wakes is gocron's.
package schedule

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// parser reads five fields, or six with seconds first, and @daily and the like.
var parser = cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// Next gives the function that tells the first slot of a cron spec after an instant, by the clocks of a zone.
// A spec that never comes due has the zero time.
func Next(zone *time.Location) func(spec string, after time.Time) (time.Time, error) {
	parsed := map[string]cron.Schedule{}
	return func(spec string, after time.Time) (time.Time, error) {
		s, ok := parsed[spec]
		if !ok {
			var err error
			if s, err = parser.Parse(spec); err != nil {
				return time.Time{}, fmt.Errorf("schedule %q: %w", spec, err)
			}
			parsed[spec] = s
		}
		next := s.Next(after.In(zone))
		if next.IsZero() {
			return next, nil
		}
		return next.UTC(), nil
	}
}

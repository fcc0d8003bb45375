package nudge

import (
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/community"
)

// Config is how much members hear unasked.
type Config struct {
	Week   int    `yaml:"per_7_days" doc:"how many nudges one member gets within 7 days at the most, of all families together: 0 or 1"`
	Month  int    `yaml:"per_30_days" doc:"and within 30 days: 0 to 3"`
	From   string `yaml:"from" doc:"nothing is sent before this time of day, HH:MM, not before 08:30"`
	Until  string `yaml:"until" doc:"nor from this one on, not after 21:30"`
	PerRun int    `yaml:"private_per_run" doc:"how many people one family writes to in private on one day, 1 to 500; a group hears of at most one message with 5 names"`
}

// Defaults are the bounds that communities begin with.
func Defaults() Config { return Config{Week: 1, Month: 3, From: "08:30", Until: "21:30", PerRun: 30} }

// Validate tells everything that is wrong with the bounds.
func (c Config) Validate() error {
	var problems []error
	wrong := func(name, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: name, Problem: fmt.Sprintf(format, args...)})
	}
	if c.Week < 0 || c.Week > 1 {
		wrong("per_7_days", "is 0 or 1, not %d", c.Week)
	}
	if c.Month < 0 || c.Month > 3 {
		wrong("per_30_days", "is between 0 and 3, not %d", c.Month)
	}
	from, err1 := community.TimeOfDay(c.From)
	if err1 != nil || from < 8*time.Hour+30*time.Minute {
		wrong("from", "is a time of day from 08:30 on, not %q", c.From)
	}
	until, err2 := community.TimeOfDay(c.Until)
	if err2 != nil || until > 21*time.Hour+30*time.Minute || err1 == nil && until <= from {
		wrong("until", "is a time of day after from, and not after 21:30, not %q", c.Until)
	}
	if c.PerRun < 1 || c.PerRun > 500 {
		wrong("private_per_run", "is between 1 and 500, not %d", c.PerRun)
	}
	return errors.Join(problems...)
}

// hours are when somebody may be nudged on the Day of an instant.
func (c Config) hours(cal *community.Calendar, at time.Time) (from, until time.Time) {
	day := cal.Day(at)
	of := func(clock string) time.Time {
		d, _ := community.TimeOfDay(clock) // it was validated
		return cal.Wall(day, int(d.Hours()), int(d.Minutes())%60)
	}
	return of(c.From), of(c.Until)
}

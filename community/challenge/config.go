package challenge

import (
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/community"
)

// Config is the section challenge: what challenges begin with, unless whoever makes one says otherwise.
type Config struct {
	Daily      int64  `yaml:"daily" doc:"points for each check-in of a challenge"`
	Milestone  int64  `yaml:"milestone" doc:"points for every 7 days"`
	Completion int64  `yaml:"completion" doc:"points for reaching the goal"`
	EveningAt  string `yaml:"evening_time" doc:"time of day at which a group hears who has not checked in yet"`
	SummaryAt  string `yaml:"summary_time" doc:"time of day at which a group hears how the day before went, and of what has ended"`
	Leaves     int    `yaml:"leaves" doc:"days of leave that each member may take in a challenge at the most: one for each 5 days of its goal"`
}

// Defaults are the amounts that communities begin with.
func Defaults() Config {
	return Config{Daily: 0, Milestone: 20, Completion: 50, Leaves: 3, EveningAt: "20:30", SummaryAt: "09:00"}
}

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	for _, a := range []struct {
		key    string
		amount int64
	}{{"daily", c.Daily}, {"milestone", c.Milestone}, {"completion", c.Completion}} {
		if a.amount < 0 || a.amount > community.MostEarned {
			problems = append(problems, community.KeyError{Name: a.key, Problem: fmt.Sprintf("is between 0 and %d, not %d", community.MostEarned, a.amount)})
		}
	}
	if c.Leaves < 0 || c.Leaves > 30 {
		problems = append(problems, community.KeyError{Name: "leaves", Problem: fmt.Sprintf("is between 0 and 30, not %d", c.Leaves)})
	}
	for key, s := range map[string]string{"evening_time": c.EveningAt, "summary_time": c.SummaryAt} {
		if _, err := community.TimeOfDay(s); err != nil {
			problems = append(problems, community.KeyError{Name: key, Problem: err.Error()})
		}
	}
	return errors.Join(problems...)
}

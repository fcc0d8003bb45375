package wallet

import (
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/community"
)

// Config is the section points: what things earn, and how managers grant.
type Config struct {
	Checkin       int64 `yaml:"checkin" doc:"points for the daily check-in"`
	CheckinStreak int64 `yaml:"checkin_streak" doc:"points besides for every 7 days in a row"`
	ConfirmAbove  int64 `yaml:"confirm_above" doc:"grants and deductions above this amount must be confirmed"`
	Board         int   `yaml:"board" doc:"how many people a board shows"`
}

// Defaults are the amounts that communities begin with.
func Defaults() Config { return Config{Checkin: 5, CheckinStreak: 20, ConfirmAbove: 1000, Board: 10} }

// Validate tells whether the amounts can be paid.
func (c Config) Validate() error {
	var problems []error
	for name, n := range map[string]int64{"checkin": c.Checkin, "checkin_streak": c.CheckinStreak} {
		if n < 0 || n > 100_000 {
			problems = append(problems, community.KeyError{Name: name, Problem: fmt.Sprintf("is between 0 and 100000, not %d", n)})
		}
	}
	if c.ConfirmAbove < 1 {
		problems = append(problems, community.KeyError{Name: "confirm_above", Problem: "is at least 1"})
	}
	if c.Board < 1 || c.Board > 50 {
		problems = append(problems, community.KeyError{Name: "board", Problem: "is between 1 and 50"})
	}
	return errors.Join(problems...)
}

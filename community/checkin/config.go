package checkin

import (
	"errors"

	"github.com/weilu-im/weilu/community"
)

// Config is what a check-in earns: a part of the section points.
type Config struct {
	Daily  community.Earning `yaml:"checkin" doc:"points for the daily check-in"`
	Streak community.Earning `yaml:"checkin_streak" doc:"points besides for every 7 days in a row"`
}

// Defaults are the amounts that communities begin with.
func Defaults() Config {
	return Config{Daily: community.Earning{Amount: 5}, Streak: community.Earning{Amount: 20}}
}

// Validate tells whether the amounts can be paid.
func (c Config) Validate() error {
	return errors.Join(c.Daily.Check("checkin", "amount"), c.Streak.Check("checkin_streak", "amount"))
}

// StreakDays is how many Days in a row earn the streak's bonus once.
const StreakDays = 7

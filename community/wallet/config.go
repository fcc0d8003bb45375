package wallet

import (
	"errors"

	"github.com/weilu-im/weilu/community"
)

// Config is how managers grant, how members give to others, and how boards look: a part of the section points.
type Config struct {
	ConfirmAbove int64     `yaml:"confirm_above" doc:"grants and deductions above this amount must be confirmed"`
	Board        int       `yaml:"board" doc:"how many people a board shows"`
	Transfers    Transfers `yaml:"transfers" doc:"whether members may give points to each other (转赠)"`
}

// Transfers is how members give points to others.
type Transfers struct {
	Enabled      bool  `yaml:"enabled" doc:"off: 转赠 says that it is not open"`
	Min          int64 `yaml:"min" doc:"points that are given at the least"`
	MaxPerDay    int64 `yaml:"max_per_day" doc:"points that somebody gives on one Day at the most"`
	ConfirmAbove int64 `yaml:"confirm_above" doc:"what is given above this amount must be confirmed"`
}

// Defaults are the values that communities begin with.
func Defaults() Config {
	return Config{ConfirmAbove: 1000, Board: 10, Transfers: Transfers{Min: 1, MaxPerDay: 100, ConfirmAbove: 50}}
}

// Validate tells what is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	wrong := func(is bool, name, problem string) {
		if is {
			problems = append(problems, community.KeyError{Name: name, Problem: problem})
		}
	}
	t := c.Transfers
	wrong(c.ConfirmAbove < 1, "confirm_above", "is at least 1")
	wrong(c.Board < 1 || c.Board > 50, "board", "is between 1 and 50")
	wrong(t.Min < 1 || t.Min > community.MaxAmount, "transfers.min", "is between 1 and 1000000")
	wrong(t.MaxPerDay < t.Min || t.MaxPerDay > community.MaxAmount, "transfers.max_per_day", "is at least transfers.min, and at most 1000000")
	wrong(t.ConfirmAbove < 0, "transfers.confirm_above", "is at least 0")
	return errors.Join(problems...)
}

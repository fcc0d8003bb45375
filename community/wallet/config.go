package wallet

import (
	"errors"

	"github.com/weilu-im/weilu/community"
)

// Config is how managers grant and how boards look: a part of the section points.
type Config struct {
	ConfirmAbove int64 `yaml:"confirm_above" doc:"grants and deductions above this amount must be confirmed"`
	Board        int   `yaml:"board" doc:"how many people a board shows"`
}

// Defaults are the values that communities begin with.
func Defaults() Config { return Config{ConfirmAbove: 1000, Board: 10} }

// Validate tells what is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	if c.ConfirmAbove < 1 {
		problems = append(problems, community.KeyError{Name: "confirm_above", Problem: "is at least 1"})
	}
	if c.Board < 1 || c.Board > 50 {
		problems = append(problems, community.KeyError{Name: "board", Problem: "is between 1 and 50"})
	}
	return errors.Join(problems...)
}

package expiry

import (
	"fmt"

	"github.com/weilu-im/weilu/community"
)

// Config is whether points expire: a part of the section points.
type Config struct {
	Expiry Rule `yaml:"expiry"`
}

// Rule is when points expire.
type Rule struct {
	AfterDays int `yaml:"after_days" doc:"Days after which points that were not spent expire, at least 30, announced 30 and 7 days before; 0: never"`
}

// mostDays is the longest time that means anything.
const mostDays = 3650

// Defaults let nothing expire.
func Defaults() Config { return Config{} }

// Validate tells what is wrong with the values.
func (c Config) Validate() error {
	if n := c.Expiry.AfterDays; n != 0 && (n < firstNotice || n > mostDays) {
		return community.KeyError{Name: "expiry.after_days", Problem: fmt.Sprintf("is 0 (never) or between %d and %d Days, not %d", firstNotice, mostDays, n)}
	}
	return nil
}

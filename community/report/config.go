package report

import "github.com/weilu-im/weilu/community"

// Config is the section report.
type Config struct {
	Daily   bool   `yaml:"daily" doc:"managers get a short brief of the Day before, every morning"`
	Weekly  bool   `yaml:"weekly" doc:"managers get a brief of the week before, on Monday"`
	Monthly bool   `yaml:"monthly" doc:"managers get the report of the month before as a picture, on the 1st"`
	At      string `yaml:"at" doc:"local time at which they get it, HH:MM"`
	Groups  bool   `yaml:"groups" doc:"each group where the bot acts hears a short version of its month, too"`
}

// Defaults are the values of a community that configures nothing.
func Defaults() Config { return Config{Monthly: true, At: "09:00"} }

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	if _, err := community.TimeOfDay(c.At); err != nil {
		return community.KeyError{Name: "at", Problem: err.Error()}
	}
	return nil
}

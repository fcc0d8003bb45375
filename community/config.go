package community

import (
	"errors"
	"fmt"
	"time"
)

// Config is the section community.
type Config struct {
	Name         string   `yaml:"name" doc:"the community's name"`
	Timezone     string   `yaml:"timezone" doc:"time zone of the community, like Asia/Shanghai; changing it later needs weilu rebuild"`
	DayStarts    string   `yaml:"day_starts" doc:"local time at which a Day begins, HH:MM; changing it later needs weilu rebuild"`
	Language     string   `yaml:"language" doc:"what the bot speaks unless a group says otherwise: zh or en"`
	BotNames     []string `yaml:"bot_names" doc:"names by which the bot is mentioned, without @"`
	Bots         []string `yaml:"bots" doc:"other bots: their account ids or member ids; never answered, left out of every figure"`
	NoiseBudget  int      `yaml:"noise_budget" doc:"words that a group gets unasked on one Day at the most"`
	QuietFrom    string   `yaml:"quiet_from" doc:"local time from which nothing is said unasked, HH:MM; what managers date is said all the same"`
	QuietUntil   string   `yaml:"quiet_until" doc:"until then; equal to quiet_from means never quiet"`
	Font         string   `yaml:"font" doc:"font file for pictures (.ttf, .otf, .ttc); empty: one of the system's, or the one in the program"`
	KeepTextDays int      `yaml:"keep_text_days" doc:"days for which raw texts are kept, 0 for ever; counts are kept for ever"`
}

// Defaults are the values of a community that configures nothing.
func Defaults() Config {
	return Config{
		Name: "我的社区", Timezone: "Asia/Shanghai", DayStarts: "04:00", Language: "zh",
		BotNames: []string{"围炉"}, Bots: []string{}, NoiseBudget: 20, QuietFrom: "00:00", QuietUntil: "07:00", KeepTextDays: 90,
	}
}

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	if _, err := c.Calendar(); err != nil {
		problems = append(problems, err)
	}
	if c.Language != "zh" && c.Language != "en" {
		problems = append(problems, KeyError{Name: "language", Problem: fmt.Sprintf("is zh or en, not %q", c.Language)})
	}
	if c.NoiseBudget < 0 {
		problems = append(problems, KeyError{Name: "noise_budget", Problem: "is not negative"})
	}
	for key, s := range map[string]string{"quiet_from": c.QuietFrom, "quiet_until": c.QuietUntil} {
		if _, err := TimeOfDay(s); err != nil {
			problems = append(problems, KeyError{Name: key, Problem: err.Error()})
		}
	}
	if c.KeepTextDays < 0 {
		problems = append(problems, KeyError{Name: "keep_text_days", Problem: "is not negative"})
	}
	return errors.Join(problems...)
}

// Calendar is the calendar that the values describe.
func (c Config) Calendar() (*Calendar, error) {
	var problems []error
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil || c.Timezone == "" || c.Timezone == "Local" {
		problems = append(problems, KeyError{Name: "timezone", Problem: fmt.Sprintf("is the name of a time zone like Asia/Shanghai, not %q", c.Timezone)})
	}
	starts, err := TimeOfDay(c.DayStarts)
	if err != nil {
		problems = append(problems, KeyError{Name: "day_starts", Problem: err.Error()})
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return NewCalendar(zone, starts), nil
}

// Night is the night that the values describe, which are valid.
func (c Config) Night() (n Night) {
	n.From, _ = TimeOfDay(c.QuietFrom)
	n.Until, _ = TimeOfDay(c.QuietUntil)
	return n
}

// TimeOfDay reads HH:MM as the time after midnight.
func TimeOfDay(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("04:00") {
		return 0, fmt.Errorf("is a time like 04:00, not %q", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// KeyError is a problem of one key of a section, whose line can be told then.
type KeyError struct{ Name, Problem string }

func (e KeyError) Error() string { return e.Problem }

// Key is the key that the problem is about.
func (e KeyError) Key() string { return e.Name }

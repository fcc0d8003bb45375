package earning

import (
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/community"
)

// Config is what speaking, thanks, pictures and links earn: a part of the section points.
type Config struct {
	Speaking Speaking          `yaml:"speaking" doc:"points for a message in a group, at most cap times a Day and once in a cooldown; it needs min_length letters, and the same words earn once in repeat_after. A number changes the amount alone, 0 turns it off"`
	Thanks   Thanks            `yaml:"thanks" doc:"points for whoever is thanked (谢谢 @x) just after taking part in the talk: at most cap times a Day for them, and given times a Day by one giver"`
	Picture  community.Earning `yaml:"picture" doc:"points for a picture; the same one earns once"`
	Link     community.Earning `yaml:"link" doc:"points for a link; the same one earns once in speaking.repeat_after"`
}

// Speaking is what a message earns, and which messages do.
type Speaking struct {
	community.Earning
	MinLength   int           `yaml:"min_length" doc:"letters that it needs; spaces, punctuation and emoji are none"`
	RepeatAfter time.Duration `yaml:"repeat_after" doc:"how long the same words earn nothing again"`
}

// MarshalConfig shows all keys, which a number would hide.
func (s Speaking) MarshalConfig() any {
	return map[string]any{"amount": s.Amount, "cap": s.Cap, "cooldown": s.Cooldown, "min_length": s.MinLength, "repeat_after": s.RepeatAfter}
}

// Thanks is what being thanked earns.
type Thanks struct {
	community.Earning
	Given int `yaml:"given" doc:"how many thanks of one giver count on one Day"`
}

// MarshalConfig shows all keys, which a number would hide.
func (t Thanks) MarshalConfig() any {
	return map[string]any{"amount": t.Amount, "cap": t.Cap, "given": t.Given}
}

// Defaults are the values that communities begin with: pictures and links earn nothing.
func Defaults() Config {
	return Config{
		Speaking: Speaking{Earning: community.Earning{Amount: 1, Cap: 10, Cooldown: time.Minute}, MinLength: 4, RepeatAfter: 72 * time.Hour},
		Thanks:   Thanks{Earning: community.Earning{Amount: 2, Cap: 3}, Given: 3},
		Picture:  community.Earning{Cap: 3, Cooldown: time.Minute},
		Link:     community.Earning{Cap: 3, Cooldown: time.Minute},
	}
}

// longestRepeat is how long the same words may earn nothing.
const longestRepeat = 30 * 24 * time.Hour

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	problems := []error{
		c.Speaking.Check("speaking", "amount", "cap", "cooldown"), c.Thanks.Check("thanks", "amount", "cap"),
		c.Picture.Check("picture", "amount", "cap", "cooldown"), c.Link.Check("link", "amount", "cap", "cooldown"),
	}
	wrong := func(key, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: key, Problem: fmt.Sprintf(format, args...)})
	}
	if n := c.Speaking.MinLength; n < 1 || n > 200 {
		wrong("speaking.min_length", "is between 1 and 200 letters, not %d", n)
	}
	if d := c.Speaking.RepeatAfter; d < 0 || d > longestRepeat {
		wrong("speaking.repeat_after", "is between 0s and 720h, not %s", d)
	}
	if n := c.Thanks.Given; n < 1 || n > 100 {
		wrong("thanks.given", "is between 1 and 100 times a Day, not %d", n)
	}
	return errors.Join(problems...)
}

// rule is the earning of messages called name.
func (c Config) rule(name string) Rule {
	r := Rule{Name: name, MinLength: c.Speaking.MinLength, RepeatAfter: c.Speaking.RepeatAfter}
	switch name {
	case ruleSpeaking:
		r.Earning = c.Speaking.Earning
	case rulePicture:
		r.Earning = c.Picture
	case ruleLink:
		r.Earning = c.Link
	}
	return r
}

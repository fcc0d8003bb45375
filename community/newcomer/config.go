package newcomer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Config is the section newcomer.
type Config struct {
	Enabled            bool              `yaml:"enabled" doc:"whether who joins gets the three steps: an introduction, an answer, a first check-in"`
	Days               int               `yaml:"days" doc:"days after which an unfinished path ends quietly"`
	Reminders          []int             `yaml:"reminders" doc:"days after the beginning on which is reminded what is missing; [] never"`
	ReminderTime       string            `yaml:"reminder_time" doc:"local time of reminders, HH:MM"`
	Mentions           int               `yaml:"mentions" doc:"newcomers that one reminder in a group addresses at the most"`
	Private            bool              `yaml:"private" doc:"remind in private where the bot can write to the newcomer, and else in the group"`
	IntroductionTags   []string          `yaml:"introduction_tags" doc:"hashtags that make a message an introduction"`
	IntroductionLength int               `yaml:"introduction_length" doc:"letters that an introduction needs besides its hashtag; spaces, punctuation and emoji are none"`
	Question           string            `yaml:"question" doc:"what newcomers are asked; empty: the text newcomer.question"`
	Points             community.Earning `yaml:"points" doc:"points for all three steps, once"`
	Badge              bool              `yaml:"badge" doc:"whether who completed the steps gets a badge"`
}

// Defaults are the values that communities begin with.
func Defaults() Config {
	return Config{
		Enabled: true, Days: 14, Reminders: []int{1, 3, 7}, ReminderTime: "10:30", Mentions: 5,
		IntroductionTags: []string{"#自我介绍", "#新人报到"}, IntroductionLength: 10,
		Points: community.Earning{Amount: 20}, Badge: true,
	}
}

// longestQuestion is how many characters a question may have.
const longestQuestion = 200

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	problems := []error{c.Points.Check("points")}
	wrong := func(key, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: key, Problem: fmt.Sprintf(format, args...)})
	}
	if c.Days < 1 || c.Days > 90 {
		wrong("days", "is between 1 and 90, not %d", c.Days)
	}
	if !slices.IsSorted(c.Reminders) || len(slices.Compact(slices.Clone(c.Reminders))) != len(c.Reminders) ||
		len(c.Reminders) > 0 && (c.Reminders[0] < 1 || slices.Max(c.Reminders) > c.Days) {
		wrong("reminders", "are ascending days between 1 and %d, the days of a path, like [1, 3, 7]", c.Days)
	}
	if _, err := community.TimeOfDay(c.ReminderTime); err != nil {
		wrong("reminder_time", "%s", err)
	}
	if c.Mentions < 1 || c.Mentions > 20 {
		wrong("mentions", "is between 1 and 20, not %d", c.Mentions)
	}
	for _, tag := range c.IntroductionTags {
		if name, ok := strings.CutPrefix(bot.Fold(tag), "#"); !ok || name == "" || strings.ContainsAny(name, " \t\n#") {
			wrong("introduction_tags", "begin with # and have no spaces; %q is none", tag)
		}
	}
	if len(c.IntroductionTags) == 0 {
		wrong("introduction_tags", "there is at least one")
	}
	if c.IntroductionLength < 1 || c.IntroductionLength > 200 {
		wrong("introduction_length", "is between 1 and 200 letters, not %d", c.IntroductionLength)
	}
	if utf8.RuneCountInString(c.Question) > longestQuestion || bot.Clean(c.Question) != c.Question || strings.ContainsAny(c.Question, "\n\t") {
		wrong("question", "is one line of at most %d characters", longestQuestion)
	}
	return errors.Join(problems...)
}

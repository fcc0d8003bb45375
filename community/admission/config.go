package admission

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Where applicants are asked.
const (
	inGroup   = "group"
	inPrivate = "private"
)

// Config is the section admission.
type Config struct {
	Enabled      bool     `yaml:"enabled" doc:"whether who joins the screening group is asked, and passed by managers"`
	Screening    string   `yaml:"screening" doc:"name or code of the group where applicants arrive"`
	Core         string   `yaml:"core" doc:"name or code of the group that they shall come to"`
	Questions    []string `yaml:"questions" doc:"what applicants are asked, in this order"`
	Introduction int      `yaml:"introduction_only" doc:"instead of the questions, an introduction of at least this many characters; 0: the questions"`
	Where        string   `yaml:"where" doc:"where they are asked: group or private; who can't be written to in private is asked in the group"`
	AnswerHours  int      `yaml:"answer_hours" doc:"hours after which an unanswered question is asked once more, and then after which the application lapses"`
	ReapplyDays  int      `yaml:"reapply_days" doc:"days after a refusal until somebody may apply again"`
	Remind       string   `yaml:"remind_managers" doc:"local times, like 10:00,18:00, at which managers hear in private who has waited for more than 12 hours; empty: never"`
	Way          string   `yaml:"way" doc:"how to join the core group, as it is told to who passed; may hold a link"`
	WayPicture   string   `yaml:"way_picture" doc:"PNG or JPEG file that is sent with it, such as a QR code"`
	WayPrivate   bool     `yaml:"way_private" doc:"whether the way is told in private only; who can't be written to is asked in the group to write to the bot first"`
	Invite       bool     `yaml:"invite" doc:"whether friends of the bot who passed are also invited into the core group; the bot must be in it"`
	Thank        bool     `yaml:"thank" doc:"whether the core group hears who came in"`
}

// Defaults asks nobody.
func Defaults() Config {
	return Config{
		Questions: []string{"你是怎么知道我们的？", "最想在这里和大家聊些什么？"}, Where: inGroup, AnswerHours: 48, ReapplyDays: 7,
		Remind: "10:00,18:00", WayPrivate: true,
	}
}

// The limits of what is configured.
const (
	mostQuestions   = 10
	longestQuestion = 200
	longestWay      = 1000
)

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	wrong := func(key, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: key, Problem: fmt.Sprintf(format, args...)})
	}
	if c.Enabled && strings.TrimSpace(c.Screening) == "" {
		wrong("screening", "names a group where admission is enabled")
	}
	if c.Enabled && strings.TrimSpace(c.Core) == "" {
		wrong("core", "names a group where admission is enabled")
	}
	if c.Enabled && sameName(c.Screening, c.Core) {
		wrong("core", "is another group than screening")
	}
	if n := len(c.Questions); n > mostQuestions || n == 0 && c.Introduction == 0 {
		wrong("questions", "are 1 to %d", mostQuestions)
	}
	for i, q := range c.Questions {
		if n := utf8.RuneCountInString(q); strings.TrimSpace(q) == "" || n > longestQuestion || bot.Clean(q) != q {
			wrong(fmt.Sprintf("questions.%d", i), "has 1 to %d characters", longestQuestion)
		}
	}
	if c.Introduction < 0 || c.Introduction > 500 {
		wrong("introduction_only", "is between 0 and 500")
	}
	if c.Where != inGroup && c.Where != inPrivate {
		wrong("where", "is group or private, not %q", c.Where)
	}
	if c.AnswerHours < 1 || c.AnswerHours > 24*30 {
		wrong("answer_hours", "is between 1 and 720")
	}
	if c.ReapplyDays < 0 || c.ReapplyDays > 365 {
		wrong("reapply_days", "is between 0 and 365")
	}
	if _, err := c.reminders(); err != nil {
		wrong("remind_managers", "%s", err)
	}
	if utf8.RuneCountInString(c.Way) > longestWay || bot.Clean(c.Way) != c.Way {
		wrong("way", "has at most %d characters", longestWay)
	}
	if _, err := c.picture(); err != nil {
		wrong("way_picture", "%s", err)
	}
	return errors.Join(problems...)
}

// reminders are the cron specs of the times at which managers are told, one for each minute of the hour.
func (c Config) reminders() (specs []string, err error) {
	var minutes []int
	hours := map[int][]string{}
	for s := range strings.SplitSeq(strings.ReplaceAll(c.Remind, "，", ","), ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		at, err := community.TimeOfDay(s)
		if err != nil {
			return nil, err
		}
		minute := int(at/time.Minute) % 60
		if hours[minute] == nil {
			minutes = append(minutes, minute)
		}
		hours[minute] = append(hours[minute], fmt.Sprint(int(at/time.Hour)))
	}
	for _, m := range minutes {
		specs = append(specs, fmt.Sprintf("%d %s * * *", m, strings.Join(hours[m], ",")))
	}
	return specs, nil
}

// sameName tells whether two names of groups are the same to people.
func sameName(a, b string) bool {
	return bot.Fold(strings.TrimSpace(a)) == bot.Fold(strings.TrimSpace(b))
}

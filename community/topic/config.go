package topic

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Config is the section topic.
type Config struct {
	Enabled  bool     `yaml:"enabled" doc:"whether topics are posted"`
	Columns  []Column `yaml:"columns" doc:"the columns (栏目): each posts one topic of its own on its days. 每日一问 has built-in topics"`
	Window   int      `yaml:"window_hours" doc:"hours after the post in which answers count"`
	RecapAt  string   `yaml:"recap_time" doc:"time of day at which the group hears who answered"`
	CoolOff  int      `yaml:"cool_off_days" doc:"days in which a topic is not used again in a group, unless it has its own number"`
	Host     int      `yaml:"host_minutes" doc:"minutes after the post at which the host's own answer is posted, for topics that have one"`
	Answer   int64    `yaml:"answer" doc:"points for an answer, once for each topic"`
	Best     int64    `yaml:"best" doc:"points besides for an answer that a moderator picks with 精选"`
	Proposal int64    `yaml:"proposal" doc:"points for a topic that a member proposed with 出题, when it is adopted"`
}

// Column is a series of topics.
type Column struct {
	Name     string   `yaml:"name" doc:"what it is called; topics belong to a column by this name"`
	Hashtag  string   `yaml:"hashtag" doc:"begins its posts, and marks answers; left out: #name#"`
	Time     string   `yaml:"time" doc:"local time of its post, like 09:00"`
	Weekdays []int    `yaml:"weekdays" doc:"the days of the week on which it posts, 1 Monday to 7 Sunday; left out: all"`
	Groups   []string `yaml:"groups" doc:"names or ids of the groups that it posts in; left out: all in which the bot is enabled"`
	Language string   `yaml:"language" doc:"zh or en: it posts only in groups where that is spoken; left out: in all"`
}

// Defaults are one daily question, with built-in topics.
func Defaults() Config {
	return Config{
		Enabled: true, Columns: []Column{{Name: "每日一问", Hashtag: "#每日一问#", Time: "09:00", Weekdays: []int{}, Groups: []string{}, Language: "zh"}},
		Window: 20, RecapAt: "21:30", CoolOff: 60, Host: 10, Answer: 3, Best: 30, Proposal: 5,
	}
}

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	wrong := func(key, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: key, Problem: fmt.Sprintf(format, args...)})
	}
	number := func(key string, n int64, least, most int64) {
		if n < least || n > most {
			wrong(key, "is between %d and %d, not %d", least, most, n)
		}
	}
	seen, tags := map[string]bool{}, map[string]bool{}
	for i, col := range c.Columns {
		at := fmt.Sprintf("columns.%d.", i)
		col.check(func(key, format string, args ...any) { wrong(at+key, format, args...) })
		if name := bot.Fold(col.Name); seen[name] {
			wrong(at+"name", "%q is the name of another column", col.Name)
		}
		if tag := bot.Fold(col.tag()); tags[tag] {
			wrong(at+"hashtag", "%q is the hashtag of another column", col.tag())
		}
		seen[bot.Fold(col.Name)], tags[bot.Fold(col.tag())] = true, true
	}
	if _, err := community.TimeOfDay(c.RecapAt); err != nil {
		wrong("recap_time", "is a time like 21:30, not %q", c.RecapAt)
	}
	number("window_hours", int64(c.Window), 1, 7*24)
	number("cool_off_days", int64(c.CoolOff), 1, mostCoolOff)
	number("host_minutes", int64(c.Host), 1, 12*60)
	number("answer", c.Answer, 0, community.MostEarned)
	number("best", c.Best, 0, community.MostEarned)
	number("proposal", c.Proposal, 0, community.MostEarned)
	return errors.Join(problems...)
}

func (c Column) check(wrong func(key, format string, args ...any)) {
	if n := utf8.RuneCountInString(c.Name); n == 0 || n > longestColumn || strings.ContainsAny(c.Name, "/#,，、 \t\n") || bot.Clean(c.Name) != c.Name {
		wrong("name", "is one word of 1 to %d characters without / # and commas", longestColumn)
	}
	if c.Hashtag != "" && (!strings.HasPrefix(c.Hashtag, "#") || utf8.RuneCountInString(c.bareTag()) < 2 || strings.ContainsAny(c.Hashtag, " \t\n") || len(c.Hashtag) > 100) {
		wrong("hashtag", "is one word that begins with #, like #每日一问#")
	}
	if _, err := community.TimeOfDay(c.Time); err != nil {
		wrong("time", "is a time like 09:00, not %q", c.Time)
	}
	if c.Language != "" && c.Language != "zh" && c.Language != "en" {
		wrong("language", "is zh or en, not %q", c.Language)
	}
	for _, d := range c.Weekdays {
		if d < 1 || d > 7 {
			wrong("weekdays", "are numbers from 1 (Monday) to 7 (Sunday), not %d", d)
		}
	}
}

// The limits of what managers and the configuration say.
const (
	longestColumn = 20  // characters
	longestTopic  = 300 // characters, of a host's answer as well
	mostCoolOff   = 3650
	mostWeight    = 100
)

// tag is the hashtag that posts begin with.
func (c Column) tag() string {
	if c.Hashtag == "" {
		return "#" + c.Name + "#"
	}
	return c.Hashtag
}

// bareTag is the hashtag as members may write it too, without the sign at its end.
func (c Column) bareTag() string { return strings.TrimSuffix(c.tag(), "#") }

// spec is when the column posts, as cron.
func (c Column) spec() string {
	at, _ := community.TimeOfDay(c.Time) // checked by Validate
	days := "*"
	if len(c.Weekdays) > 0 {
		var list []string
		for _, d := range c.Weekdays {
			list = append(list, fmt.Sprint(d%7))
		}
		days = strings.Join(list, ",")
	}
	return fmt.Sprintf("%d %d * * %s", int(at.Minutes())%60, int(at.Hours()), days)
}

// slot is when the column posts on a date; ok is false where it doesn't.
func (c Column) slot(date community.Day, zone *time.Location) (at time.Time, ok bool) {
	weekday := (int(date.Weekday())+6)%7 + 1
	ok = len(c.Weekdays) == 0
	for _, d := range c.Weekdays {
		ok = ok || d == weekday
	}
	tod, _ := community.TimeOfDay(c.Time)
	return onDate(date, tod, zone), ok
}

func onDate(date community.Day, tod time.Duration, zone *time.Location) time.Time {
	y, m, d := date.Date()
	return time.Date(y, m, d, int(tod.Hours()), int(tod.Minutes())%60, 0, 0, zone).UTC()
}

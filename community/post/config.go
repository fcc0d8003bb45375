package post

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Config is the section post.
type Config struct {
	Approval     string `yaml:"approval" doc:"who has to agree before a post is sent: off (nobody), one (one other manager) or two (a reviewer and an approver, all three different people)"`
	OwnerMaySkip bool   `yaml:"owner_may_skip" doc:"whether an owner may approve a post at once, alone"`
	PicturesDir  string `yaml:"pictures_dir" doc:"the folder with the pictures that 图=name.png names; empty: posts have none"`
	GraceMinutes int    `yaml:"grace_minutes" doc:"a post that comes more than this many minutes after its time begins with late_prefix"`
	CatchUp      string `yaml:"catch_up" doc:"times that passed while the program was down: collapse (the newest is sent late), all (each is sent late) or skip"`
	LatePrefix   string `yaml:"late_prefix" doc:"what a late post begins with"`
	StaleMinutes int    `yaml:"stale_minutes" doc:"a post that could not be sent within this many minutes, because the account is logged out or the bot paused, is withheld; 0: never"`
}

// Defaults need nobody's approval.
func Defaults() Config {
	return Config{Approval: "off", GraceMinutes: 10, CatchUp: "collapse", LatePrefix: "（补发）", StaleMinutes: 120}
}

// latePrefixLength is how many characters a late prefix has at the most.
const latePrefixLength = 40

var approvals = map[string]int{"off": 0, "one": 1, "two": 2}

var catchUps = map[string]bot.CatchUp{"collapse": bot.Collapse, "all": bot.RunAll, "skip": bot.Skip}

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	wrong := func(key, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: key, Problem: fmt.Sprintf(format, args...)})
	}
	if _, ok := approvals[c.Approval]; !ok {
		wrong("approval", "is off, one or two, not %q", c.Approval)
	}
	if _, ok := catchUps[c.CatchUp]; !ok {
		wrong("catch_up", "is collapse, all or skip, not %q", c.CatchUp)
	}
	if c.GraceMinutes < 1 || c.GraceMinutes > 24*60 {
		wrong("grace_minutes", "is between 1 and 1440, not %d", c.GraceMinutes)
	}
	if c.StaleMinutes < 0 || c.StaleMinutes > 7*24*60 {
		wrong("stale_minutes", "is between 0 and 10080, not %d", c.StaleMinutes)
	}
	if utf8.RuneCountInString(c.LatePrefix) > latePrefixLength || bot.Clean(c.LatePrefix) != c.LatePrefix {
		wrong("late_prefix", "has at most %d characters", latePrefixLength)
	}
	return errors.Join(problems...)
}

func (c Config) grace() time.Duration { return time.Duration(c.GraceMinutes) * time.Minute }
func (c Config) need() int            { return approvals[c.Approval] }

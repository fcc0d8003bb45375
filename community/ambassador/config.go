package ambassador

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// Config is the section ambassador.
type Config struct {
	Inviter  int64    `yaml:"inviter" doc:"points for whoever invited a newcomer, in the parts below; 0: none"`
	Newcomer int64    `yaml:"newcomer" doc:"points for the newcomer, with their first words; 0: none"`
	Parts    []Step   `yaml:"parts" doc:"the parts of the inviter's reward"`
	PerDay   int      `yaml:"per_day" doc:"newcomers per day that somebody earns by at the most; those after them count, and earn the inviter nothing"`
	PerMonth int      `yaml:"per_month" doc:"newcomers per month that somebody earns by at the most"`
	Tier     string   `yaml:"tier" doc:"the lowest tier that may apply: lurker, onlooker, interactor, contributor or koc"`
	Targets  []Target `yaml:"targets" doc:"prizes for ambassadors, by how many of their newcomers stayed: those by whom the part due after the first words has vested"`
	Link     string   `yaml:"link" doc:"what the QR code of the poster leads to, such as a page that tells how to join; empty: a poster without one"`
	Promise  string   `yaml:"promise" doc:"a sentence on the poster about the community, at most 40 characters"`
}

// Target is a prize for a number of newcomers who stayed.
type Target struct {
	Invites int    `yaml:"invites" doc:"how many newcomers"`
	Points  int64  `yaml:"points" doc:"points; 0: none"`
	Badge   string `yaml:"badge" doc:"the name of a badge; empty: none"`
}

// Defaults are those of the product.
func Defaults() Config {
	return Config{
		Inviter: 30, Newcomer: 10, Parts: []Step{{0, 0, 20}, {7, 2, 30}, {30, 2, 50}}, PerDay: 10, PerMonth: 50,
		Tier: string(tiers.Contributor), Targets: []Target{{5, 50, "引路人"}, {15, 150, "领航者"}, {50, 500, "金牌大使"}},
	}
}

// The limits of what is configured.
const (
	mostParts      = 6
	longestWait    = 180 // Days until a part is due
	mostTargets    = 10
	longestBadge   = 12
	longestLink    = 512 // bytes, that a QR code can be read
	longestPromise = 40
)

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	wrong := func(key, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: key, Problem: fmt.Sprintf(format, args...)})
	}
	for key, n := range map[string]int64{"inviter": c.Inviter, "newcomer": c.Newcomer} {
		if n < 0 || n > community.MostEarned {
			wrong(key, "is between 0 and %d, not %d", community.MostEarned, n)
		}
	}
	if c.PerDay < 1 || c.PerDay > 1000 {
		wrong("per_day", "is between 1 and 1000, not %d", c.PerDay)
	}
	if c.PerMonth < c.PerDay || c.PerMonth > 10_000 {
		wrong("per_month", "is between per_day and 10000, not %d", c.PerMonth)
	}
	if _, err := tiers.Parse(c.Tier); err != nil {
		wrong("tier", "is no tier: %q", c.Tier)
	}
	c.validateParts(wrong)
	c.validateTargets(wrong)
	if u, err := url.Parse(c.Link); c.Link != "" && (err != nil || u.Scheme == "" || len(c.Link) > longestLink || bot.Clean(c.Link) != c.Link) {
		wrong("link", "is a link like https://..., of at most %d bytes", longestLink)
	}
	if utf8.RuneCountInString(c.Promise) > longestPromise || community.OneLine(c.Promise) != c.Promise {
		wrong("promise", "is one line of at most %d characters", longestPromise)
	}
	return errors.Join(problems...)
}

func (c Config) validateParts(wrong func(key, format string, args ...any)) {
	if len(c.Parts) == 0 || len(c.Parts) > mostParts {
		wrong("parts", "are 1 to %d", mostParts)
		return
	}
	percent := 0
	for i, p := range c.Parts {
		key := fmt.Sprintf("parts.%d.", i)
		percent += p.Percent
		switch {
		case p.After < 0 || p.After > longestWait || i == 0 && p.After != 0 || i > 0 && p.After <= c.Parts[i-1].After:
			wrong(key+"after_days", "is 0 for the first part, and more than that of the one before for the others, up to %d", longestWait)
		case p.Active < 0 || p.Active > p.After:
			wrong(key+"active_days", "is between 0 and after_days")
		case i > 0 && p.Active < c.Parts[i-1].Active:
			wrong(key+"active_days", "is not less than that of the part before")
		case p.Percent < 1 || p.Percent > 100:
			wrong(key+"percent", "is between 1 and 100")
		}
	}
	if percent != 100 {
		wrong("parts", "add up to 100 percent, not %d", percent)
	}
}

func (c Config) validateTargets(wrong func(key, format string, args ...any)) {
	if len(c.Targets) > mostTargets {
		wrong("targets", "are at most %d", mostTargets)
	}
	for i, t := range c.Targets {
		key := fmt.Sprintf("targets.%d.", i)
		if t.Invites < 1 || i > 0 && t.Invites <= c.Targets[i-1].Invites {
			wrong(key+"invites", "is more than that of the target before")
		}
		if t.Points < 0 || t.Points > community.MostEarned {
			wrong(key+"points", "is between 0 and %d", community.MostEarned)
		}
		if utf8.RuneCountInString(t.Badge) > longestBadge || community.OneLine(t.Badge) != t.Badge || strings.ContainsAny(t.Badge, "@＠") {
			wrong(key+"badge", "is a name of at most %d characters", longestBadge)
		}
		if t.Points == 0 && t.Badge == "" {
			wrong(key+"points", "is more than 0, or there is a badge")
		}
	}
}

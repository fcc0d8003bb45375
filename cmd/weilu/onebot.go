package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/community"
)

// onebotConfig is the section onebot.
type onebotConfig struct {
	Listen        string   `yaml:"listen" doc:"where implementations such as NapCat connect to (reverse WebSocket), like 127.0.0.1:8095; empty: nowhere"`
	Dial          []string `yaml:"dial" doc:"implementations that are connected to (forward WebSocket), like ws://127.0.0.1:3001"`
	Token         string   `yaml:"token" doc:"the access token, the same on both sides" secret:"true"`
	Adopt         []string `yaml:"adopt" doc:"groups in which the bot acts from the beginning, by name or by number; elsewhere a manager says 启用"`
	AcceptFriends bool     `yaml:"accept_friends" doc:"whether friend requests of members are accepted, slowly; who is a friend can be spoken to in private"`
	AcceptGroups  bool     `yaml:"accept_groups" doc:"whether the bot comes into every group that it is invited to"`
	Temporary     bool     `yaml:"temporary" doc:"whether members who are no friends are written to in temporary sessions; platforms limit accounts that do that much"`
	QuoteAnswers  bool     `yaml:"quote_answers" doc:"whether an answer quotes the message that it answers"`
	PerMinute     int      `yaml:"per_minute" doc:"words that all accounts together say in a minute at the most"`
	PerHour       int      `yaml:"per_hour" doc:"in an hour"`
	PerDay        int      `yaml:"per_day" doc:"in 24 hours"`
	QuietFrom     string   `yaml:"quiet_from" doc:"local time from which only answers and red alerts are sent, HH:MM"`
	QuietUntil    string   `yaml:"quiet_until" doc:"until then; equal to quiet_from means never quiet"`
}

func onebotDefaults() onebotConfig {
	p := onebot.DefaultPace()
	return onebotConfig{Dial: []string{}, Adopt: []string{}, QuoteAnswers: true, PerMinute: p.PerMinute, PerHour: p.PerHour, PerDay: p.PerDay,
		QuietFrom: "00:00", QuietUntil: "07:00"}
}

// Validate tells everything that is wrong with the values.
func (c onebotConfig) Validate() error {
	problems := []error{
		atMost("per_minute", c.PerMinute, 120), atMost("per_hour", c.PerHour, 3000), atMost("per_day", c.PerDay, 30_000),
		timeOfDay("quiet_from", c.QuietFrom), timeOfDay("quiet_until", c.QuietUntil),
	}
	for _, url := range c.Dial {
		if err := onebot.CheckDial(url); err != nil {
			problems = append(problems, community.KeyError{Name: "dial", Problem: err.Error()})
		}
	}
	return errors.Join(problems...)
}

// atMost checks a limit.
func atMost(key string, n, most int) error {
	if n < 1 || n > most {
		return community.KeyError{Name: key, Problem: fmt.Sprintf("is between 1 and %d, not %d", most, n)}
	}
	return nil
}

// timeOfDay checks a time of the day.
func timeOfDay(key, s string) error {
	if _, err := community.TimeOfDay(s); err != nil {
		return community.KeyError{Name: key, Problem: err.Error()}
	}
	return nil
}

// options are what the transport is made with.
func (c onebotConfig) options(g *Globals, log *slog.Logger) onebot.Options {
	o := g.OneBot
	o.Listen, o.Dial, o.Token, o.Dir, o.Log = c.Listen, c.Dial, c.Token, g.Data, log
	o.AcceptFriends, o.AcceptGroups, o.Strangers, o.QuoteAnswers = c.AcceptFriends, c.AcceptGroups, c.Temporary, c.QuoteAnswers
	if o.Pace == nil {
		p := onebot.DefaultPace()
		p.PerMinute, p.PerHour, p.PerDay = c.PerMinute, c.PerHour, c.PerDay
		p.QuietFrom, _ = community.TimeOfDay(c.QuietFrom) // validated
		p.QuietUntil, _ = community.TimeOfDay(c.QuietUntil)
		o.Pace = &p
	}
	return o
}

// adopts tells whether the bot acts in a group from the first sight of it.
func (c onebotConfig) adopts(name, number string) bool {
	return slices.ContainsFunc(c.Adopt, func(a string) bool { return bot.Fold(a) == bot.Fold(name) || a == number })
}

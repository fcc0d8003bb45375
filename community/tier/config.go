package tier

import (
	"errors"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// Config is what the tiers ask for, and who hears of them.
type Config struct {
	Ladder   []Rung   `yaml:"ladder" doc:"the tiers, lowest first: lurker, interactor, contributor, koc; facts are of the last 28 Days. A change is announced notice_days before it is in force"`
	Onlooker bool     `yaml:"onlooker" doc:"put onlookers above the lurkers: who left a passive trace in 28 Days (a word to the bot alone, a tap) or spoke once"`
	Notice   int      `yaml:"notice_days" doc:"how many Days before it is in force a change of the ladder is announced, 1 to 60"`
	Announce []string `yaml:"announce" doc:"tiers whose new members are congratulated in their group, at most 5 in a message; other promotions are told in private, where the bot can write there"`
	Veteran  int      `yaml:"veteran_days" doc:"after how many Days in a row as contributor or above somebody is a 资深玩家; 0: nobody"`
	Creator  int      `yaml:"creator_contributions" doc:"with how many contributions of all time (answers, picked answers, accepted pieces, hosted events) somebody is a 内容贡献者; 0: nobody"`
}

// Rung is what one tier asks for.
type Rung struct {
	Tier    string         `yaml:"tier" doc:"lurker, interactor, contributor or koc"`
	All     map[string]int `yaml:"all" doc:"at least so much of each: active_days, messages, partners, contributions, influence"`
	Any     map[string]int `yaml:"any" doc:"and besides at least so much of one of these"`
	Confirm bool           `yaml:"confirm" doc:"a manager confirms who comes up"`
}

// Defaults are the tiers that communities begin with.
func Defaults() Config {
	c := Config{Notice: 7, Announce: []string{string(tiers.Contributor), string(tiers.KOC)}, Veteran: 90, Creator: 10}
	for _, rung := range tiers.Default() {
		r := Rung{Tier: string(rung.Tier), Confirm: rung.Confirm}
		for _, need := range rung.Needs {
			into := &r.All
			if len(need) > 1 {
				into = &r.Any
			}
			if *into == nil {
				*into = map[string]int{}
			}
			for _, q := range need {
				(*into)[string(q.Fact)] = q.Least
			}
		}
		c.Ladder = append(c.Ladder, r)
	}
	return c
}

// Tiers is the ladder that the configuration describes.
func (c Config) Tiers() tiers.Ladder {
	ladder := make(tiers.Ladder, len(c.Ladder))
	for i, r := range c.Ladder {
		ladder[i] = tiers.Rung{Tier: tiers.Tier(r.Tier), Confirm: r.Confirm}
		for _, q := range requirements(r.All) {
			ladder[i].Needs = append(ladder[i].Needs, tiers.Need{q})
		}
		if any := requirements(r.Any); len(any) > 0 {
			ladder[i].Needs = append(ladder[i].Needs, any)
		}
	}
	if c.Onlooker {
		ladder = ladder.WithOnlookers()
	}
	return ladder
}

// requirements are in the order in which facts are told; those of facts that nobody knows come last.
func requirements(of map[string]int) (list tiers.Need) {
	for fact, least := range of {
		list = append(list, tiers.Requirement{Fact: tiers.Fact(fact), Least: least})
	}
	order := tiers.AllFacts()
	slices.SortFunc(list, func(a, b tiers.Requirement) int {
		i, j := slices.Index(order, a.Fact), slices.Index(order, b.Fact)
		if i < 0 && j < 0 && a.Fact < b.Fact {
			return -1
		}
		return (i+len(order)+1)%(len(order)+1) - (j+len(order)+1)%(len(order)+1)
	})
	return list
}

// Validate tells everything that is wrong with the tiers.
func (c Config) Validate() error {
	var problems []error
	wrong := func(name, format string, args ...any) {
		problems = append(problems, community.KeyError{Name: name, Problem: fmt.Sprintf(format, args...)})
	}
	if err := c.Tiers().Validate(); err != nil {
		wrong("ladder", "%v", err)
	}
	if c.Notice < 1 || c.Notice > 60 {
		wrong("notice_days", "is between 1 and 60, not %d", c.Notice)
	}
	for _, name := range c.Announce {
		if _, err := tiers.Parse(name); err != nil {
			wrong("announce", "names tiers, like koc, and not %q", name)
		}
	}
	if c.Veteran < 0 || c.Creator < 0 {
		wrong("veteran_days", "and creator_contributions are not below 0")
	}
	return errors.Join(problems...)
}

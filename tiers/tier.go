package tiers

import (
	"fmt"
	"slices"
)

// Tier is how involved somebody is. The zero Tier is none.
type Tier string

// The tiers, lowest first.
const (
	Lurker      Tier = "lurker"      // reads, at the most
	Onlooker    Tier = "onlooker"    // leaves passive traces; a ladder may do without it
	Interactor  Tier = "interactor"  // says something now and then
	Contributor Tier = "contributor" // is there often, talks with several, gives something
	KOC         Tier = "koc"         // carries the community: a key opinion consumer
)

// All are the tiers, lowest first.
func All() []Tier { return []Tier{Lurker, Onlooker, Interactor, Contributor, KOC} }

// Parse reads the name of a tier.
func Parse(s string) (Tier, error) {
	if t := Tier(s); slices.Contains(All(), t) {
		return t, nil
	}
	return "", fmt.Errorf("no tier: %q", s)
}

// Above tells whether a tier is a higher one than another. None is above no tier at all.
func (t Tier) Above(other Tier) bool { return t.place() > other.place() }

// place is where a tier stands among all, from 0; -1 is none.
func (t Tier) place() int { return slices.Index(All(), t) }

// Fact names one of Facts.
type Fact string

// The facts, all of 28 days.
const (
	ActiveDays    Fact = "active_days"   // days with at least one message in a group
	Messages      Fact = "messages"      // messages in groups
	Partners      Fact = "partners"      // distinct people who were mentioned, quoted or thanked, either way
	Contributions Fact = "contributions" // accepted pieces, answers, valid invites, hosted events
	Influence     Fact = "influence"     // distinct people who mentioned, quoted or thanked them
	Traces        Fact = "traces"        // days with a passive trace: a word to the bot alone, a tap
)

// AllFacts are the facts, in the order in which they are told.
func AllFacts() []Fact {
	return []Fact{ActiveDays, Messages, Partners, Contributions, Influence, Traces}
}

// Facts are what a verdict is made of. The names of its JSON are a contract.
type Facts struct {
	ActiveDays    int `json:"active_days"`
	Messages      int `json:"messages"`
	Partners      int `json:"partners"`
	Contributions int `json:"contributions"`
	Influence     int `json:"influence"`
	Traces        int `json:"-"`
}

// Of is the number of one fact.
func (f Facts) Of(name Fact) int {
	switch name {
	case ActiveDays:
		return f.ActiveDays
	case Messages:
		return f.Messages
	case Partners:
		return f.Partners
	case Contributions:
		return f.Contributions
	case Influence:
		return f.Influence
	case Traces:
		return f.Traces
	}
	return 0
}

package nudge

import (
	"slices"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// Family is one kind of nudge, as data: whom it is for, what is said, by which way and when, and what is hoped for.
type Family struct {
	Name     string // what it is on record as: "wake"
	Title    string `json:",omitempty"` // what a manager called it; a built-in one has a text
	Segment  Segment
	Variants []Variant
	Channel  Channel
	At       string // the time of day, HH:MM
	Every    int    // Days until the same person hears of it again
	Goal     string // spoke, or a fact that is counted, like checkin.days: what is to happen within Within Days
}

// Variant is one of the texts of a family. Those of a built-in one are texts until a manager writes their own.
type Variant struct {
	Letter  string // A, B, C
	Version int    // how often it was rewritten: what is measured is one wording
	Private string `json:",omitempty"` // said in private; empty: the built-in text
	Group   string `json:",omitempty"` // said in a group; empty: the built-in text
}

// Channel is by which way a family goes.
type Channel string

// The ways.
const (
	Private Channel = "private" // in private, or not at all
	Group   Channel = "group"   // in the group
	Any     Channel = "any"     // in private where they can be reached there, else in the group
)

// Spoke is the goal that somebody speaks in a group.
const Spoke = "spoke"

// Within is how many Days after the assignment what is hoped for counts.
const Within = 7

// Heldout is the share of people who get nothing, for comparison.
const Heldout = 0.10

// builtin are the families that every community has.
func builtin() []Family {
	two := []Variant{{Letter: "A"}, {Letter: "B"}}
	from := func(n int) *Span { return &Span{n, -1} }
	list := []Family{
		{Name: "wake", Segment: Segment{Tiers: []tiers.Tier{tiers.Lurker, tiers.Onlooker, tiers.Interactor}, Silent: &Span{14, 180}, Joined: from(14)}, At: "10:30", Every: 30},
		{Name: "share", Segment: Segment{Tiers: []tiers.Tier{tiers.Interactor}, Silent: &Span{0, 7}, Joined: from(14), Given: &Span{0, 0}}, At: "19:30", Every: 30},
		{Name: "support", Segment: Segment{Tiers: []tiers.Tier{tiers.Contributor}, Silent: &Span{3, 28}}, At: "11:00", Every: 30},
		{Name: "ambassador", Segment: Segment{Tiers: []tiers.Tier{tiers.KOC}, Silent: &Span{0, 14}, Joined: from(30), Without: []string{community.AmbassadorTag}}, At: "11:30", Every: 90},
		{Name: "back", Segment: Segment{Back: from(30)}, At: "10:00", Every: 30},
		{Name: "streak", Segment: Segment{Streak: from(3), Unchecked: true}, At: "20:00", Every: 14},
	}
	for i := range list {
		list[i].Variants, list[i].Channel, list[i].Goal = slices.Clone(two), Any, Spoke
	}
	return list
}

// label is what a wording is on record as: "A", or "A2" once it was rewritten twice.
func (v Variant) label() string {
	if v.Version == 0 {
		return v.Letter
	}
	return v.Letter + string(rune('0'+v.Version%10))
}

// variant is the wording that a label stands for today: the letter decides.
func (fam *Family) variant(label string) (Variant, bool) {
	i := slices.IndexFunc(fam.Variants, func(v Variant) bool { return label != "" && v.Letter == label[:1] })
	if i < 0 {
		return Variant{}, false
	}
	return fam.Variants[i], true
}

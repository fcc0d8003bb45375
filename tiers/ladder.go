package tiers

import (
	"errors"
	"fmt"
	"slices"
)

// Requirement asks for at least so much of one fact.
type Requirement struct {
	Fact  Fact `json:"fact"`
	Least int  `json:"least"`
}

// meets tells whether a number is enough.
func (r Requirement) meets(has int) bool { return has >= r.Least }

// lacks tells whether a number is below the low-water mark, nine tenths of what is required: only then somebody who
// holds the tier is warned.
func (r Requirement) lacks(has int) bool { return has*10 < r.Least*9 }

// Need is met by any one of its requirements.
type Need []Requirement

// Rung is one step of a ladder.
type Rung struct {
	Tier  Tier   `json:"tier"`
	Needs []Need `json:"needs,omitempty"` // all of them
	// Confirm says that a manager's word is needed besides, once for each time that somebody comes up.
	Confirm bool `json:"confirm,omitempty"`
}

// Ladder is the rungs, lowest first. The lowest needs nothing, and who meets a rung meets all below it.
type Ladder []Rung

// Default is the ladder of the community's plan: 2 active days make an interactor; 8 active days, 5 partners and
// 2 contributions or 40 messages a contributor; 15 active days, 15 partners, an influence of 20 and 6 contributions or
// 150 messages a KOC.
func Default() Ladder {
	return Ladder{
		{Tier: Lurker},
		{Tier: Interactor, Needs: []Need{{{ActiveDays, 2}}}},
		{Tier: Contributor, Needs: []Need{{{ActiveDays, 8}}, {{Partners, 5}}, {{Contributions, 2}, {Messages, 40}}}},
		{Tier: KOC, Needs: []Need{{{ActiveDays, 15}}, {{Partners, 15}}, {{Influence, 20}}, {{Contributions, 6}, {Messages, 150}}}},
	}
}

// WithOnlookers is the ladder with the tier of those who only leave traces: one day in 28 is enough.
func (l Ladder) WithOnlookers() Ladder {
	if l.at(Onlooker) >= 0 || len(l) == 0 {
		return l
	}
	return slices.Insert(slices.Clone(l), 1, Rung{Tier: Onlooker, Needs: []Need{{{ActiveDays, 1}, {Traces, 1}}}})
}

// Validate tells all that is wrong with a ladder.
func (l Ladder) Validate() error {
	if len(l) < 2 {
		return errors.New("a ladder has at least two tiers")
	}
	var problems []error
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if l[0].Tier != Lurker || len(l[0].Needs) > 0 {
		wrong("the lowest tier is %s, and it needs nothing", Lurker)
	}
	for i, rung := range l[1:] {
		below := l[i]
		switch {
		case rung.Tier.place() < 0:
			wrong("there is no tier %q: the tiers are %v", rung.Tier, All())
		case !rung.Tier.Above(below.Tier):
			wrong("%s stands above %s: the order is %v", rung.Tier, below.Tier, All())
		}
		if len(rung.Needs) == 0 {
			wrong("%s needs nothing, so nobody would be below it", rung.Tier)
		}
		for _, need := range rung.Needs {
			if len(need) == 0 {
				wrong("%s has a need that nothing meets", rung.Tier)
			}
			for _, r := range need {
				if !slices.Contains(AllFacts(), r.Fact) || r.Least < 1 {
					wrong("%s needs at least %d of %q: numbers begin with 1, and the facts are %v", rung.Tier, r.Least, r.Fact, AllFacts())
				}
			}
		}
		for _, need := range below.Needs {
			if !slices.ContainsFunc(rung.Needs, func(n Need) bool { return n.implies(need) }) {
				wrong("who is %s would not be %s: %s must ask for at least %v too", rung.Tier, below.Tier, rung.Tier, need)
			}
		}
	}
	return errors.Join(problems...)
}

// implies tells whether everybody who meets n meets other.
func (n Need) implies(other Need) bool {
	return len(n) > 0 && !slices.ContainsFunc(n, func(r Requirement) bool {
		return !slices.ContainsFunc(other, func(o Requirement) bool { return o.Fact == r.Fact && o.Least <= r.Least })
	})
}

// Equal tells whether two ladders ask for the same.
func (l Ladder) Equal(other Ladder) bool {
	return slices.EqualFunc(l, other, func(a, b Rung) bool {
		return a.Tier == b.Tier && a.Confirm == b.Confirm && slices.EqualFunc(a.Needs, b.Needs, slices.Equal[Need])
	})
}

// at is the place of a tier's rung; -1 where the ladder has none.
func (l Ladder) at(t Tier) int {
	return slices.IndexFunc(l, func(r Rung) bool { return r.Tier == t })
}

// nearest is the place of the rung of a tier, or of the next lower one that the ladder has.
func (l Ladder) nearest(t Tier) int {
	for i := len(l) - 1; i > 0; i-- {
		if !l[i].Tier.Above(t) {
			return i
		}
	}
	return 0
}

// Has tells whether the ladder has a tier.
func (l Ladder) Has(t Tier) bool { return l.at(t) >= 0 }

// Below is the next lower tier of the ladder; the lowest is below itself.
func (l Ladder) Below(t Tier) Tier { return l[max(0, l.nearest(t)-1)].Tier }

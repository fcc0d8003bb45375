package tiers

import "slices"

// Part is one requirement with the number that somebody has of it.
type Part struct {
	Requirement
	Has int
}

// Met tells whether the number is enough.
func (p Part) Met() bool { return p.meets(p.Has) }

// Missing is how much is missing.
func (p Part) Missing() int { return max(0, p.Least-p.Has) }

// Answer is what somebody has of one need: a part for each of its requirements.
type Answer struct {
	Parts []Part
}

// Met tells whether one of the parts is enough.
func (a Answer) Met() bool { return slices.ContainsFunc(a.Parts, Part.Met) }

// Low tells whether all parts are below the low-water mark.
func (a Answer) Low() bool {
	return !slices.ContainsFunc(a.Parts, func(p Part) bool { return !p.lacks(p.Has) })
}

// Nearest is the part of which the smallest share is missing: the cheapest way to meet the need.
func (a Answer) Nearest() Part {
	return slices.MinFunc(a.Parts, func(p, q Part) int { return p.Missing()*q.Least - q.Missing()*p.Least })
}

// Check is a rung with what somebody has of each need.
type Check struct {
	Rung
	Answers []Answer
}

// Met tells whether all needs are met.
func (c Check) Met() bool {
	return !slices.ContainsFunc(c.Answers, func(a Answer) bool { return !a.Met() })
}

// Low tells whether a need is below the low-water mark.
func (c Check) Low() bool { return slices.ContainsFunc(c.Answers, Answer.Low) }

// Missing is the cheapest way to the rung: for each need that is not met the part that is nearest.
func (c Check) Missing() []Part {
	var parts []Part
	for _, a := range c.Answers {
		if !a.Met() {
			parts = append(parts, a.Nearest())
		}
	}
	return parts
}

// Verdict is what a ladder says of facts, and why.
type Verdict struct {
	Facts  Facts
	Held   Tier    // what is held already; a rung of the ladder
	Earned Tier    // the highest tier whose needs are all met
	Low    bool    // the facts are below the low-water mark of what is held: a review would warn
	Checks []Check // of all rungs above the lowest, lowest first
}

// Classify says which tier facts earn, and how they stand to the one that is held. A tier that the ladder does not
// have counts as the next lower one of it.
func (l Ladder) Classify(f Facts, held Tier) Verdict {
	v := Verdict{Facts: f, Held: l[l.nearest(held)].Tier, Earned: l[0].Tier, Checks: make([]Check, 0, len(l)-1)}
	for _, rung := range l[1:] {
		c := check(rung, f)
		if c.Met() {
			v.Earned = rung.Tier
		}
		if rung.Tier == v.Held {
			v.Low = c.Low()
		}
		v.Checks = append(v.Checks, c)
	}
	return v
}

func check(rung Rung, f Facts) Check {
	c := Check{Rung: rung, Answers: make([]Answer, len(rung.Needs))}
	for i, need := range rung.Needs {
		parts := make([]Part, len(need))
		for j, r := range need {
			parts[j] = Part{r, f.Of(r.Fact)}
		}
		c.Answers[i] = Answer{parts}
	}
	return c
}

// Would is what somebody would hold who holds a tier and has these facts, if this were the ladder and a review took at once
// what is too low; way is "up", "down" or empty.
func (l Ladder) Would(f Facts, held Tier) (tier Tier, way string) {
	v := l.Classify(f, held)
	switch {
	case v.Earned.Above(held):
		return v.Earned, "up"
	case v.Low:
		return l.Below(v.Held), "down"
	case v.Held != held:
		return v.Held, "down"
	}
	return v.Held, ""
}

// Next is the check of the lowest rung above both what is held and what is earned; ok is false at the top.
func (v Verdict) Next() (next Check, ok bool) {
	top := v.Held
	if v.Earned.Above(top) {
		top = v.Earned
	}
	for _, c := range v.Checks {
		if c.Tier.Above(top) {
			return c, true
		}
	}
	return Check{}, false
}

// Kept is the check of the tier that is held; ok is false where it is the lowest.
func (v Verdict) Kept() (kept Check, ok bool) {
	for _, c := range v.Checks {
		if c.Tier == v.Held {
			return c, true
		}
	}
	return Check{}, false
}

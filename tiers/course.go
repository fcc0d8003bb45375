package tiers

// Kind is what a manager said of somebody's tier.
type Kind string

// The kinds of acts.
const (
	Lock    Kind = "lock"    // Tier is held until the end of Until, whatever the facts say
	Unlock  Kind = "unlock"  // the lock ends; what is held stays until the facts say otherwise
	Confirm Kind = "confirm" // yes to the tier that waits
	Decline Kind = "decline" // not yet
)

// Act is what a manager said of somebody's tier, during the Day. It holds from then on.
type Act struct {
	Member string
	Kind   Kind
	Tier   Tier // of a lock
	Day    Day
	Until  Day // of a lock; 0: until it is ended
}

// Era is from when on a ladder is in force.
type Era struct {
	From   Day // the first has 0
	Ladder Ladder
}

// Course is what a standing follows from besides facts: the ladders, and what managers said.
type Course struct {
	Eras []Era // at least one, in order
	Acts map[string][]Act
	// Review tells whether a Day is the first of a month.
	Review func(Day) bool
}

// Ladder is the one that is in force on a Day.
func (c Course) Ladder(day Day) Ladder {
	ladder := c.Eras[0].Ladder
	for _, e := range c.Eras[1:] {
		if e.From <= day {
			ladder = e.Ladder
		}
	}
	return ladder
}

// Turns tells whether another ladder is in force on a Day than on the one before.
func (c Course) Turns(day Day) bool {
	for _, e := range c.Eras {
		if e.From == day && day > 0 {
			return true
		}
	}
	return false
}

// Locked is the lock that holds on a Day by what was said until the end of another one; ok is false where there is none.
func (c Course) Locked(member string, on, said Day) (lock Act, ok bool) {
	for _, a := range c.Acts[member] {
		switch {
		case a.Day > said:
		case a.Kind == Lock:
			lock, ok = a, a.Until == 0 || on <= a.Until
		case a.Kind == Unlock:
			ok = false
		}
	}
	return lock, ok
}

// Said carries a standing through what managers said of somebody on a Day.
func (c Course) Said(member string, s Standing, day Day) (Standing, []Change) {
	var changes []Change
	for _, a := range c.Acts[member] {
		if a.Day != day {
			continue
		}
		after, change, ok := s.Do(a)
		if ok {
			s, changes = after, append(changes, change)
		}
	}
	return s, changes
}

// Do is the standing after an act; ok is false where it changes nothing.
func (s Standing) Do(a Act) (after Standing, change Change, ok bool) {
	switch a.Kind {
	case Lock:
		after, change = s.Lock(a.Tier, a.Day)
		return after, change, true
	case Unlock:
		return s, Change{Unlocked, s.Tier, s.Tier}, true
	case Confirm:
		return s.Confirm(a.Day)
	case Decline:
		return s.Decline(a.Day)
	}
	return s, Change{}, false
}

// Night carries a standing from the Day, whose acts are in it already, over to the next morning.
func (c Course) Night(member string, s Standing, f Facts, day Day) (Standing, []Change) {
	m := Morning{Day: day + 1, Review: c.Review(day + 1)}
	if lock, ok := c.Locked(member, day+1, day); ok {
		m.Lock = lock.Tier
	}
	return c.Ladder(day+1).Night(s, f, m)
}

// Rests tells whether a night changes nothing for somebody whose facts are as they were the night before.
func (c Course) Rests(member string, s Standing, day Day) bool {
	return s.Tier != "" && s.Warned == 0 && s.Waits == "" && s.Declined == 0 && len(c.Acts[member]) == 0 &&
		!c.Turns(day+1) && !c.Review(day+1)
}

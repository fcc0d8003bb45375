package tiers

// Day numbers a day; the next one has the next number. 0 is none.
type Day int

// Grace is how many days after the warning of a review it is seen whether somebody is still below.
const Grace Day = 14

// Standing is what somebody holds. The zero Standing is of somebody who was never classified.
type Standing struct {
	Tier   Tier
	Since  Day  // the first Day on which it was held; 0: from the beginning
	Warned Day  // the Day of the review that warned; 0: none that is open
	Waits  Tier // a tier that was earned and waits for a manager's word

	Declined Day // when a manager said not yet; 0: nobody did
}

// Patience is how many days nobody is asked again after a manager said not yet.
const Patience Day = 28

// Cause is why a standing changed.
type Cause string

// The causes.
const (
	Promoted  Cause = "promoted"  // it was earned
	Demoted   Cause = "demoted"   // still below, after the grace
	Reviewed  Cause = "reviewed"  // a review saw that it is below
	Recovered Cause = "recovered" // not below any more when the grace ended
	Awaiting  Cause = "awaiting"  // earned, and waiting for a manager's word
	Confirmed Cause = "confirmed" // a manager said yes
	Refused   Cause = "refused"   // a manager said not yet
	Locked    Cause = "locked"    // a manager set the tier
	Unlocked  Cause = "unlocked"  // the lock ended
	Reladder  Cause = "reladder"  // the ladder does not have the tier any more
)

// Change is one change of a standing.
type Change struct {
	Cause    Cause
	From, To Tier // equal where nothing but the state changed
}

// Morning is what is known of the morning that follows a Day.
type Morning struct {
	Day    Day
	Review bool // it is the first of a month
	Lock   Tier // what a manager set for that morning; none: empty
}

// Night carries a standing over to the next morning, by the facts of the 28 Days that ended. It is pure: the same
// arguments have the same result.
//
//   - A lock is what is held, whatever the facts say; it clears a warning.
//   - What is earned above what is held is held from now on; a rung that a manager confirms waits for that, and the
//     next lower one is held meanwhile. It waits until it is below the low-water mark.
//   - A review warns who is below the low-water mark of what they hold. Who is still below when the grace ends loses
//     one tier, whatever is earned; everybody else keeps it.
func (l Ladder) Night(s Standing, f Facts, m Morning) (Standing, []Change) {
	n := night{ladder: l, s: s, morning: m}
	n.begin()
	if m.Lock != "" {
		n.lock()
		return n.s, n.changes
	}
	v := l.Classify(f, n.s.Tier)
	n.rise(v)
	n.review(l.Classify(f, n.s.Tier))
	return n.s, n.changes
}

type night struct {
	ladder  Ladder
	s       Standing
	morning Morning
	changes []Change
}

// begin makes sure that what is held is a tier of the ladder.
func (n *night) begin() {
	if n.s.Tier == "" {
		n.s.Tier = n.ladder[0].Tier
		return
	}
	if t := n.ladder[n.ladder.nearest(n.s.Tier)].Tier; t != n.s.Tier {
		n.hold(t, Reladder)
	}
}

// hold changes what is held.
func (n *night) hold(t Tier, cause Cause) {
	n.changes = append(n.changes, Change{cause, n.s.Tier, t})
	n.s.Tier, n.s.Since, n.s.Warned = t, n.morning.Day, 0
	if !n.s.Waits.Above(t) {
		n.s.Waits = ""
	}
}

// note records a change of the state only.
func (n *night) note(cause Cause) {
	n.changes = append(n.changes, Change{cause, n.s.Tier, n.s.Tier})
}

func (n *night) lock() {
	n.s.Warned, n.s.Waits = 0, ""
	if t := n.ladder[n.ladder.nearest(n.morning.Lock)].Tier; t != n.s.Tier {
		n.hold(t, Locked)
	}
}

// rise gives what is earned above what is held, as far as no manager's word is needed.
func (n *night) rise(v Verdict) {
	to, waits := n.s.Tier, Tier("")
	for _, c := range v.Checks {
		earned := !c.Tier.Above(v.Earned) || c.Tier == n.s.Waits && !c.Low()
		switch {
		case !earned || !c.Tier.Above(n.s.Tier):
		case c.Confirm:
			waits = c.Tier
		case waits == "":
			to = c.Tier
		}
	}
	if to != n.s.Tier {
		n.hold(to, Promoted)
	}
	n.ask(waits)
}

// ask has a tier wait for a manager's word, unless one said not yet some days ago.
func (n *night) ask(waits Tier) {
	if n.s.Declined > 0 {
		if n.morning.Day < n.s.Declined+Patience {
			n.s.Waits = ""
			return
		}
		n.s.Declined = 0
	}
	if waits != "" && waits != n.s.Waits {
		n.changes = append(n.changes, Change{Awaiting, n.s.Tier, waits})
	}
	n.s.Waits = waits
}

// review warns, and takes one tier from who was warned long enough ago.
func (n *night) review(v Verdict) {
	switch {
	case n.s.Warned > 0 && n.morning.Day >= n.s.Warned+Grace:
		n.s.Warned = 0
		if v.Low {
			n.hold(n.ladder.Below(n.s.Tier), Demoted)
		} else {
			n.note(Recovered)
		}
	case n.s.Warned == 0 && n.morning.Review && v.Low:
		n.s.Warned = n.morning.Day
		n.note(Reviewed)
	}
}

// Confirm is a manager's yes to a tier that waits: it is held from the Day on. ok is false where nothing waits.
func (s Standing) Confirm(day Day) (after Standing, change Change, ok bool) {
	if s.Waits == "" {
		return s, Change{}, false
	}
	return Standing{Tier: s.Waits, Since: day}, Change{Confirmed, s.Tier, s.Waits}, true
}

// Decline is a manager's not yet to a tier that waits. ok is false where nothing waits.
func (s Standing) Decline(day Day) (after Standing, change Change, ok bool) {
	if s.Waits == "" {
		return s, Change{}, false
	}
	change = Change{Refused, s.Tier, s.Waits}
	s.Waits, s.Declined = "", day
	return s, change, true
}

// Lock is a manager's word that a tier is held from the Day on.
func (s Standing) Lock(t Tier, day Day) (after Standing, change Change) {
	after, change = Standing{Tier: t, Since: day}, Change{Locked, s.Tier, t}
	if s.Tier == t {
		after.Since = s.Since
	}
	return after, change
}

package ambassador

import (
	"time"

	"github.com/weilu-im/weilu/community"
)

// State is what became of a claim: it counts, or why it does not.
type State string

// The states of a claim.
const (
	Counts    State = "counts"
	Waits     State = "waits"     // nobody saw the claimer join: a manager has to say that they are new
	Self      State = "self"      // the code is their own
	Circle    State = "circle"    // they invited whose code it is, or who invited those
	Back      State = "back"      // they were in the community before
	Second    State = "second"    // another claim of theirs came first
	Staff     State = "staff"     // of the two somebody is staff
	Cancelled State = "cancelled" // a manager decided so
	PassedBy  State = "passed_by" // a manager decided that a later claim counts instead
)

// Review is what a manager said of a claim.
type Review string

// The reviews.
const (
	NoReview Review = ""
	Accepted Review = "accepted"
	Refused  Review = "refused"
	Passed   Review = "passed" // another claim of theirs counts
)

// Claim is a fact: somebody said that whose code it is invited them. It never changes, but for Review.
type Claim struct {
	ID       int64
	Day      community.Day
	Owner    community.MemberID // of the code, as it happened; empty: a code of the house
	Member   community.MemberID // who claimed, as it happened
	Back     bool               // they were here before they came
	Unseen   bool               // nobody saw them come
	Staff    bool               // one of the two was staff
	Inviter  int64              // points that were promised to whose code it is
	Newcomer int64              // and to the newcomer
	Review   Review
}

// Judged is what a claim comes to.
type Judged struct {
	State State
	Earns bool // the inviter earns by it: it counts, and the caps of its Day and month were not reached
}

// Caps are how many claims an inviter earns by.
type Caps struct{ Day, Month int }

// Judge tells what claims come to, given in the order in which they happened, where who tells whom an id stands for. It is
// a pure function of all claims of the people concerned, of those who invited them, and so on: so it comes to the same
// again after ids were merged and split.
func Judge(claims []Claim, who func(community.MemberID) community.MemberID, caps Caps) map[int64]Judged {
	j := judge{who: who, inviter: map[community.MemberID]community.MemberID{}, taken: map[community.MemberID]bool{}, used: map[used]int{}}
	result := make(map[int64]Judged, len(claims))
	for _, c := range claims {
		state := j.state(c)
		earns := false
		if state == Counts {
			j.inviter[who(c.Member)] = who(c.Owner)
			earns = c.Owner == "" || j.take(who(c.Owner), c.Day, caps)
		}
		if state == Counts || state == Cancelled || state == Waits {
			j.taken[who(c.Member)] = true
		}
		result[c.ID] = Judged{state, earns}
	}
	return result
}

// judge is what earlier claims came to.
type judge struct {
	who     func(community.MemberID) community.MemberID
	inviter map[community.MemberID]community.MemberID
	taken   map[community.MemberID]bool // who has a claim already
	used    map[used]int
}

// used names a Day or a month of an inviter.
type used struct {
	owner community.MemberID
	day   community.Day
	month bool
}

func (j *judge) state(c Claim) State {
	member, owner := j.who(c.Member), community.MemberID("")
	if c.Owner != "" {
		owner = j.who(c.Owner)
	}
	switch {
	case c.Review == Refused:
		return Cancelled
	case c.Review == Passed:
		return PassedBy
	case c.Staff:
		return Staff
	case member == owner:
		return Self
	case c.Back && c.Review != Accepted:
		return Back
	case j.taken[member]:
		return Second
	case owner != "" && j.above(owner, member):
		return Circle
	case c.Unseen && c.Review != Accepted:
		return Waits
	}
	return Counts
}

// above tells whether somebody was invited by another one, or by whom that one invited.
func (j *judge) above(member, above community.MemberID) bool {
	for seen := map[community.MemberID]bool{}; !seen[member]; {
		seen[member] = true
		up, ok := j.inviter[member]
		if !ok || up == "" {
			return false
		}
		if up == above {
			return true
		}
		member = up
	}
	return false
}

// take counts a claim of an inviter, where the caps allow it.
func (j *judge) take(owner community.MemberID, day community.Day, caps Caps) bool {
	first, _ := day.Month()
	today, month := used{owner, day, false}, used{owner, first, true}
	if j.used[today] >= caps.Day || j.used[month] >= caps.Month {
		return false
	}
	j.used[today]++
	j.used[month]++
	return true
}

// window is how long after they came somebody may say who invited them, and away is how long somebody has to have been
// gone to be new again. Product rules 5.
const (
	window = 72 * time.Hour
	away   = 180 * 24 * time.Hour
)

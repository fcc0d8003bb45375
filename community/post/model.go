package post

import (
	"slices"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/community"
)

// state is whether a post is to be sent at its times.
type state string

const (
	active    state = "active"
	paused    state = "paused"    // its times pass, each skipped
	cancelled state = "cancelled" // it has no times any more
	finished  state = "finished"  // it was to be sent once, and was sent before its time by a manager's word
)

// post is what a manager wants to be said. Its JSON is what an undo code keeps.
type post struct {
	ID      int64
	Text    string
	Picture string // the name of the file; empty: none
	Digest  string // of the picture as it is stored
	When    community.When
	Skip    exclusions
	Author  community.MemberID // as they were when they wrote it
	Made    int64              // Unix milliseconds
	State   state
	Groups  []community.GroupID

	Version int64 // rises with each change
	Base    int64 // the version that text, time or groups are of: what was agreed to before it counts no more
	Told    int64 // the Base that managers were told of as not approved in time; -1: none

	Steps []step `json:"-"`
}

// The steps of a post.
const (
	stepMade       = "made"
	stepEdited     = "edited"
	stepReviewed   = "reviewed"
	stepApproved   = "approved"
	stepOverridden = "overridden" // approved by an owner alone
	stepReturned   = "returned"
	stepPaused     = "paused"
	stepResumed    = "resumed"
	stepCancelled  = "cancelled"
	stepRun        = "run"
)

// step is something that somebody did to a post.
type step struct {
	At      time.Time
	Member  community.MemberID
	What    string
	Note    string
	Version int64 // of the post after it
	Undone  bool
}

// over tells whether the post's last time has passed.
func (p *post) over(now time.Time) bool {
	if p.When.Spec == "" {
		return !p.When.At.After(now)
	}
	return !p.When.Until.IsZero() && !p.When.Until.After(now)
}

// live tells whether the post still has times to come.
func (p *post) live(now time.Time) bool {
	return (p.State == active || p.State == paused) && !p.over(now)
}

// persons tells who an id stands for.
type persons func(id community.MemberID) (community.MemberID, error)

// assent is what people said about a post as it stands now.
type assent struct {
	authors            []community.MemberID // people who wrote it, or changed what it says, when or where
	reviewer, approver community.MemberID   // people; empty: nobody yet
	overridden         bool
}

// assent resolves who agreed to a post. Who is one person with an author, or has the other part already, does not count.
func (p *post) assent(who persons) (a assent, err error) {
	for _, s := range p.Steps {
		if s.Undone {
			continue
		}
		person, err := who(s.Member)
		if err != nil {
			return a, err
		}
		current := s.Version > p.Base
		switch s.What {
		case stepMade, stepEdited:
			a.authors = append(a.authors, person)
		case stepReviewed:
			if current {
				a.reviewer = person
			}
		case stepApproved:
			if current {
				a.approver = person
			}
		case stepOverridden:
			a.overridden = a.overridden || current
		}
	}
	if slices.Contains(a.authors, a.reviewer) {
		a.reviewer = ""
	}
	if slices.Contains(a.authors, a.approver) || a.approver == a.reviewer {
		a.approver = ""
	}
	return a, nil
}

// enough tells whether a post may be sent where so many people have to agree.
func (a assent) enough(need int, ownerMaySkip bool) bool {
	return need == 0 || a.overridden && ownerMaySkip || a.approver != "" && (need == 1 || a.reviewer != "")
}

// stage is the word for how far the agreement is: draft, reviewed or approved.
func (a assent) stage(need int, ownerMaySkip bool) string {
	switch {
	case a.enough(need, ownerMaySkip):
		return "approved"
	case need == 2 && a.reviewer != "":
		return "reviewed"
	}
	return "draft"
}

// title is what a post is called in lists.
func (p *post) title() string { return community.Excerpt(p.Text, titleLength) }

const titleLength = 24

// number is the post's number as it is shown.
func (p *post) number() string { return "#" + strconv.FormatInt(p.ID, 10) }

// key is the plan of a post in a group.
func key(id int64, group community.GroupID) string {
	return strconv.FormatInt(id, 10) + "/" + string(group)
}

// nowKey is the plan of a post that is sent in a group by a manager's word.
func nowKey(id int64, group community.GroupID) string { return key(id, group) + "/now" }

package nudge

import (
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// ReadSegment is readSegment with the names of tiers in English and groups by their ids; problem is the key of what is wrong.
func ReadSegment(text string) (s Segment, problem string) {
	tier := func(word string) (tiers.Tier, bool) {
		t, err := tiers.Parse(word)
		return t, err == nil
	}
	group := func(word string) (community.GroupID, bool) { return community.GroupID(word), word[0] == 'g' }
	s, bad := readSegment(text, tier, group)
	if bad != nil {
		problem = bad.key
	}
	return s, problem
}

// Profile is what a test knows of somebody.
type Profile = profile

// In tells whether somebody is in a segment.
func (s *Segment) In(p *Profile) bool { return s.rough(p) && s.fine(p) }

// QuarterBounds is quarterBounds.
func QuarterBounds(quarter string) (first, after community.Day, ok bool) {
	return quarterBounds(quarter)
}

// QuarterOf is quarterOf.
func QuarterOf(day community.Day) string { return quarterOf(day) }

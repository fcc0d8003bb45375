package topic

import (
	"math/rand/v2"

	"github.com/weilu-im/weilu/community"
)

// Candidate is a topic as the rotation sees it.
type Candidate struct {
	ID      int64
	Weight  int           // its share of the chance, at least 1
	CoolOff community.Day // how many dates apart its uses are, at least 1
	Season  season
}

// Uses are the dates on which topics were or will be used in a group, by topic.
type Uses map[int64][]community.Day

// clash is a use of a topic that is too near to a date; ok is false where there is none.
func (u Uses) clash(c Candidate, date community.Day) (near community.Day, ok bool) {
	for _, used := range u[c.ID] {
		if gap := max(date-used, used-date); gap < max(1, c.CoolOff) {
			return used, true
		}
	}
	return 0, false
}

// Pick chooses a topic for a date by the weights, of those that are in season and were not used within their
// cool-off; ok is false where there is none.
func Pick(list []Candidate, uses Uses, date community.Day, chance *rand.Rand) (id int64, ok bool) {
	var fit []Candidate
	total := 0
	for _, c := range list {
		if _, near := uses.clash(c, date); !near && c.Season.Holds(date) {
			fit = append(fit, c)
			total += max(1, c.Weight)
		}
	}
	if total == 0 {
		return 0, false
	}
	n := chance.IntN(total)
	for _, c := range fit {
		if n -= max(1, c.Weight); n < 0 {
			return c.ID, true
		}
	}
	return 0, false
}

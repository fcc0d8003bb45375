package checkin

import "github.com/weilu-im/weilu/community"

// run is an unbroken row of Days.
type run struct{ first, last community.Day }

func (r run) length() int { return int(r.last-r.first) + 1 }

// runOf is the run that a Day stands in. days are in ascending order and hold it.
func runOf(days []community.Day, day community.Day) run {
	r := run{day, day}
	for i := len(days) - 1; i >= 0; i-- {
		if days[i] == r.first-1 {
			r.first--
		}
	}
	for _, d := range days {
		if d == r.last+1 {
			r.last++
		}
	}
	return r
}

// owed is how many bonuses a run has earned beyond those that were paid in it.
func owed(r run, paid int) int { return max(0, r.length()/StreakDays-paid) }

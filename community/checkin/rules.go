package checkin

import (
	"slices"

	"github.com/weilu-im/weilu/community"
)

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

// verdict is what a fact is worth among all facts of one person.
type verdict struct {
	fact
	counts  bool // it is the first of its Day
	bonuses int  // milestones that it reached
	length  int  // of the run it made
}

// judge says what each fact of a person is worth. facts are in the order in which they were accepted, and it
// is the same whether they were judged one by one as they came or all together.
func judge(facts []fact) []verdict {
	verdicts := make([]verdict, len(facts))
	var days []community.Day
	paid := map[community.Day]int{}
	for i, c := range facts {
		v := verdict{fact: c}
		at, taken := slices.BinarySearch(days, c.day)
		if v.counts = !taken; v.counts {
			days = slices.Insert(days, at, c.day)
			r, sum := runOf(days, c.day), 0
			for day := r.first; day <= r.last; day++ {
				sum += paid[day]
			}
			v.bonuses, v.length = owed(r, sum), r.length()
			paid[c.day] += v.bonuses
		}
		verdicts[i] = v
	}
	return verdicts
}

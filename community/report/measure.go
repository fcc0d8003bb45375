package report

import (
	"math"
	"slices"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/uplift"
)

// Rate is a share with its Wilson 95 % interval. What is nil can't be said: n is 0.
type Rate struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	K     int      `json:"k"`
	N     int      `json:"n"`
}

// share is k of n. k may be larger than n, as pieces per person are; then there is no interval.
func share(k, n int) Rate {
	r := Rate{K: k, N: n}
	if n == 0 {
		return r
	}
	v := float64(k) / float64(n)
	r.Value = &v
	if k <= n {
		lo, hi := uplift.Wilson(k, n)
		r.Low, r.High = &lo, &hi
	}
	return r
}

// measures are the figures of one period that the course of events tells, by the definitions of the product.
type measures struct {
	Period      Period
	Messages    int
	Speakers    int
	MAU         int       // distinct active members
	Daily       []float64 // active members of each Day
	DailyWords  []float64 // messages of each Day
	DAUMAU      *float64
	DAUMAUDays  int
	NewMembers  int
	Members     int // there when it ended
	SpeakerRate Rate
	D7, D30     Rate
	Openers     []float64 // waits of answered openers in seconds, ascending
	Open        int       // unanswered ones
	Heat        [7][24]int
	spoke       map[int32]int // messages by person
	days        map[int32]int // active Days by person
	active      map[int32]bool
}

// asOf cuts what a reader may know: the last Day that counts.
func measure(c *course, crowd *crowd, here map[int32]bool, p Period, asOf community.Day) measures {
	m := measures{Period: p, spoke: map[int32]int{}, days: map[int32]int{}, active: map[int32]bool{}}
	last := min(p.Last(), asOf)
	for d := p.First; d <= last; d++ {
		words := 0
		for _, e := range c.on(d) {
			m.active[e.who] = true
			m.days[e.who]++
			if e.messages > 0 {
				m.spoke[e.who] += int(e.messages)
				words += int(e.messages)
			}
		}
		m.Messages += words
		m.Daily = append(m.Daily, float64(len(c.on(d))))
		m.DailyWords = append(m.DailyWords, float64(words))
		m.talks(c, d)
	}
	slices.Sort(m.Openers)
	m.Speakers, m.MAU, m.Members = len(m.spoke), len(m.active), len(here)
	m.SpeakerRate = share(m.Speakers, m.Members)
	m.DAUMAU, m.DAUMAUDays = stickiness(c, p.First, last)
	m.D7, m.D30 = retention(c, crowd, p, asOf, 7), retention(c, crowd, p, asOf, 30)
	for _, one := range crowd.list {
		if one.isNew(p, asOf) {
			m.NewMembers++
		}
	}
	return m
}

// isNew tells whether somebody was first seen in a period, as it was known on a Day.
func (p person) isNew(in Period, asOf community.Day) bool {
	return !p.founder && p.first != 0 && in.Has(p.first) && p.first <= asOf
}

func (m *measures) talks(c *course, d community.Day) {
	i := int(d - c.from)
	if i < 0 || i >= len(c.hours) {
		return
	}
	for h, n := range c.hours[i] {
		m.Heat[(int(d.Weekday())+6)%7][h] += n
	}
	for _, wait := range c.waits[i] {
		if wait == unanswered {
			m.Open++
		} else {
			m.Openers = append(m.Openers, float64(wait)/1000)
		}
	}
}

// stickiness is the mean over Days of who is active on one as a part of who was in the 30 Days that end with it. Days of
// which nobody knows, 0/0, are left out.
func stickiness(c *course, first, last community.Day) (*float64, int) {
	const window = 30
	n := int(last-first) + 1
	if n <= 0 {
		return nil, 0
	}
	change := make([]int, n+1) // of how many were active in the window
	until := map[int32]community.Day{}
	for d := first - window + 1; d <= last; d++ {
		for _, e := range c.on(d) {
			from, to := max(d, first), d+window // counts in the windows that end from <= Day < to
			if was, ok := until[e.who]; ok && was > from {
				from = was
			}
			until[e.who] = to
			if from = min(from, last+1); from < to {
				change[from-first]++
				change[min(to, last+1)-first]--
			}
		}
	}
	sum, days, distinct := 0.0, 0, 0
	for i := range n {
		if distinct += change[i]; distinct > 0 {
			sum += float64(len(c.on(first+community.Day(i)))) / float64(distinct)
			days++
		}
	}
	if days == 0 {
		return nil, 0
	}
	mean := sum / float64(days)
	return &mean, days
}

// retention is the share of the members first seen in a period who were active on one of the Days after that, of those
// whose Days are over.
func retention(c *course, crowd *crowd, p Period, asOf community.Day, days community.Day) Rate {
	born := map[int32]community.Day{}
	for n, one := range crowd.list {
		if one.isNew(p, asOf) && one.first+days <= asOf {
			born[int32(n)] = one.first
		}
	}
	back := map[int32]bool{}
	for d := p.First + 1; d < p.After+days && d <= asOf; d++ {
		for _, e := range c.on(d) {
			if first, ok := born[e.who]; ok && d > first && d <= first+days {
				back[e.who] = true
			}
		}
	}
	return share(len(back), len(born))
}

// median is the middle of an ascending list, or the mean of the two in the middle; nil where it is empty.
func median(list []float64) *float64 {
	n := len(list)
	if n == 0 {
		return nil
	}
	m := list[n/2]
	if n%2 == 0 {
		m = (list[n/2-1] + list[n/2]) / 2
	}
	return &m
}

// medianInterval is the 95 % interval of the median of what a list is a sample of, by the order of its values.
func medianInterval(list []float64) (lo, hi float64, ok bool) {
	n := float64(len(list))
	if n < 6 {
		return 0, 0, false
	}
	half := 1.96 * math.Sqrt(n) / 2
	return list[int(max(0, math.Floor(n/2-half)))], list[int(min(n-1, math.Ceil(n/2+half)))], true
}

// mean and its standard error.
func mean(list []float64) (m, se float64) {
	n := float64(len(list))
	if n == 0 {
		return 0, 0
	}
	for _, x := range list {
		m += x / n
	}
	if n < 2 {
		return m, 0
	}
	for _, x := range list {
		se += (x - m) * (x - m)
	}
	return m, math.Sqrt(se / (n - 1) / n)
}

package report_test

import (
	"slices"
	"sort"
	"time"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/report"
)

// who is the person that somebody is today; -1 for who appears in no figure.
func (w *town) who(n int) int {
	if to, ok := w.same[n]; ok {
		n = to
	}
	if w.staff[n] {
		return -1
	}
	return n
}

// slow counts a report from the lists, by the words of the plan.
func (w *town) slow(p report.Period, group string) (r told) {
	counted := *w
	counted.said = slices.DeleteFunc(slices.Clone(w.said), func(s saying) bool { return w.tests[s.group] })
	counted.passages = slices.DeleteFunc(slices.Clone(w.passages), func(s passage) bool { return w.tests[s.group] })
	w = &counted
	day := w.Community.Calendar.Day
	latest := day(w.at) - 1 // the program has been awake all the time
	active, first := map[community.Day]map[int]bool{}, map[int]community.Day{}
	see := func(who int, d community.Day) {
		if was, ok := first[who]; !ok || d < was {
			first[who] = d
		}
	}
	speakers := map[int]bool{}
	zone := w.Community.Calendar.Zone()
	for _, s := range w.said {
		d, who := day(s.at), w.who(s.who)
		if who < 0 || group != "" && s.group != group {
			continue
		}
		see(who, d)
		if d > latest {
			continue
		}
		if active[d] == nil {
			active[d] = map[int]bool{}
		}
		active[d][who] = true
		if p.Has(d) {
			r.Messages++
			speakers[who] = true
			r.Heat[(int(d.Weekday())+6)%7][s.at.In(zone).Hour()]++
		}
	}
	for _, s := range w.passages {
		if who := w.who(s.who); who >= 0 && s.in && (group == "" || s.group == group) {
			see(who, day(s.at))
		}
	}
	r.Speakers, r.MAU = len(speakers), len(speakers)
	w.slowDays(&r, p, latest, active)
	for who, d := range first {
		if p.Has(d) && d <= latest {
			r.New++
			r.D7.count(active, who, d, 7, latest)
			r.D30.count(active, who, d, 30, latest)
		}
	}
	r.Members = w.slowMembers(min(p.Last(), latest), group, first)
	w.slowReplies(&r, p, latest, group)
	return r
}

func (w *town) slowDays(r *told, p report.Period, latest community.Day, active map[community.Day]map[int]bool) {
	sum, days, sticky, stuck := 0, 0, 0.0, 0
	for d := p.First; d < p.After && d <= latest; d++ {
		sum, days = sum+len(active[d]), days+1
		window := map[int]bool{}
		for e := d - 29; e <= d; e++ {
			for who := range active[e] {
				window[who] = true
			}
		}
		if len(window) > 0 {
			sticky, stuck = sticky+float64(len(active[d]))/float64(len(window)), stuck+1
		}
	}
	if days > 0 {
		mean := float64(sum) / float64(days)
		r.DAUMean = &mean
	}
	if stuck > 0 {
		mean := sticky / float64(stuck)
		r.DAUMAU = &mean
	}
}

func (r *rate) count(active map[community.Day]map[int]bool, who int, first, days, latest community.Day) {
	if first+days > latest {
		return
	}
	r.N++
	for d := first + 1; d <= first+days; d++ {
		if active[d][who] {
			r.K++
			return
		}
	}
}

// slowMembers is how many were there at the end of a Day: by the last join or leave before it, or a message where there was
// none.
func (w *town) slowMembers(d community.Day, group string, first map[int]community.Day) int {
	end := w.Community.Calendar.Start(d + 1)
	type stay struct {
		group string
		who   int
	}
	last, in := map[stay]time.Time{}, map[stay]bool{}
	for _, s := range w.said {
		if s.at.Before(end) {
			in[stay{s.group, s.who}] = true
		}
	}
	for _, s := range w.passages {
		if k := (stay{s.group, s.who}); s.at.Before(end) && !s.at.Before(last[k]) {
			last[k], in[k] = s.at, s.in
		}
	}
	next := map[stay]time.Time{} // who joins after it was outside, whatever they had said before
	for _, s := range w.passages {
		if k := (stay{s.group, s.who}); !s.at.Before(end) && (next[k].IsZero() || s.at.Before(next[k])) {
			next[k] = s.at
			in[k] = in[k] && !s.in
		}
	}
	here := map[int]bool{}
	for k, inside := range in {
		if who := w.who(k.who); inside && who >= 0 && (group == "" || k.group == group) && first[who] <= d {
			here[who] = true
		}
	}
	return len(here)
}

func (w *town) slowReplies(r *told, p report.Period, latest community.Day, group string) {
	var waits []float64
	for _, g := range []string{"a", "b", "c"} {
		if group != "" && g != group {
			continue
		}
		var list []saying
		for _, s := range w.said {
			if s.group == g && w.who(s.who) >= 0 {
				s.who = w.who(s.who)
				list = append(list, s)
			}
		}
		slices.SortStableFunc(list, func(a, b saying) int { return a.at.Compare(b.at) })
		for i, s := range list {
			if d := w.Community.Calendar.Day(s.at); !p.Has(d) || d > latest || !opens(list, i) {
				continue
			}
			j := i + 1
			for j < len(list) && list[j].who == s.who {
				j++
			}
			if j < len(list) && list[j].at.Sub(s.at) <= 24*time.Hour {
				waits = append(waits, list[j].at.Sub(s.at).Seconds())
			} else {
				r.Open++
			}
		}
	}
	sort.Float64s(waits)
	if r.Openers = len(waits); len(waits) > 0 {
		middle := (waits[(len(waits)-1)/2] + waits[len(waits)/2]) / 2
		r.Median = &middle
	}
}

// opens tells whether a message opens a talk: nobody else had said anything for half an hour, and nothing its author had
// said since the last word of another did.
func opens(list []saying, i int) bool {
	other := i - 1
	for other >= 0 && list[other].who == list[i].who {
		other--
	}
	for j := other + 1; j <= i; j++ {
		if other < 0 || list[j].at.Sub(list[other].at) > 1800*time.Second {
			return j == i
		}
	}
	return false
}

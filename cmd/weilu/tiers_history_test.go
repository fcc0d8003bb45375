package main

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/tiers"
)

// slowDay is what a person did on one Day: how many messages, and whom they addressed.
type slowDay struct {
	messages int
	to       map[string]bool
}

// slowTiers replays the tiers of the real history from its lines, by the words of the plan: for every Day the facts of
// the 28 Days that end with it, counted anew, and what is held after the night that follows.
type slowTiers struct {
	days  map[string]map[int]*slowDay // by person and Day
	first map[string]int
	held  map[string]string
	warns map[string]int
	moves map[string]int // changes of what is held, by person
	facts map[string]tiers.Facts
}

func dayNumber(at time.Time) int {
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	y, m, d := at.In(zone).Add(-4 * time.Hour).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func newSlowTiers(records []record) *slowTiers {
	s := &slowTiers{days: map[string]map[int]*slowDay{}, first: map[string]int{}, held: map[string]string{}, warns: map[string]int{}, moves: map[string]int{}}
	for _, r := range records {
		day := dayNumber(r.Time)
		if s.days[r.From] == nil {
			s.days[r.From], s.first[r.From] = map[int]*slowDay{}, day
		}
		if s.days[r.From][day] == nil {
			s.days[r.From][day] = &slowDay{to: map[string]bool{}}
		}
		d := s.days[r.From][day]
		d.messages++
		for _, to := range r.Mentions {
			if to != r.From {
				d.to[to] = true
			}
		}
	}
	return s
}

// count counts the facts of the 28 Days that end with one.
func (s *slowTiers) count(end int) {
	s.facts = map[string]tiers.Facts{}
	partners, influence := map[string]map[string]bool{}, map[string]map[string]bool{}
	add := func(m map[string]map[string]bool, who, other string) {
		if m[who] == nil {
			m[who] = map[string]bool{}
		}
		m[who][other] = true
	}
	for who, days := range s.days {
		f := s.facts[who]
		for day := end - 27; day <= end; day++ {
			d := days[day]
			if d == nil {
				continue
			}
			f.ActiveDays++
			f.Messages += d.messages
			for to := range d.to {
				add(partners, who, to)
				add(partners, to, who)
				add(influence, to, who)
			}
		}
		s.facts[who] = f
	}
	for who, f := range s.facts {
		f.Partners, f.Influence = len(partners[who]), len(influence[who])
		s.facts[who] = f
	}
}

// slowOrder are the tiers of the default ladder, lowest first.
var slowOrder = []string{"lurker", "interactor", "contributor", "koc"}

func slowEarned(f tiers.Facts) string {
	switch {
	case f.ActiveDays >= 15 && f.Partners >= 15 && f.Influence >= 20 && f.Messages >= 150:
		return "koc"
	case f.ActiveDays >= 8 && f.Partners >= 5 && f.Messages >= 40:
		return "contributor"
	case f.ActiveDays >= 2:
		return "interactor"
	}
	return "lurker"
}

// slowLow tells whether facts are below nine tenths of what a tier asks for.
func slowLow(f tiers.Facts, held string) bool {
	low := func(has, least int) bool { return float64(has) < 0.9*float64(least)-1e-9 }
	switch held {
	case "koc":
		return low(f.ActiveDays, 15) || low(f.Partners, 15) || low(f.Influence, 20) || low(f.Messages, 150)
	case "contributor":
		return low(f.ActiveDays, 8) || low(f.Partners, 5) || low(f.Messages, 40)
	case "interactor":
		return low(f.ActiveDays, 2)
	}
	return false
}

// night carries everybody over to the morning after a Day.
func (s *slowTiers) night(day int) {
	morning := day + 1
	review := time.Unix(int64(morning)*86400, 0).UTC().Day() == 1
	for who, f := range s.facts {
		if s.first[who] > day {
			continue
		}
		at := max(0, slices.Index(slowOrder, s.held[who]))
		was := at
		if earned := slices.Index(slowOrder, slowEarned(f)); earned > at {
			at = earned
			s.warns[who] = 0
		}
		low := slowLow(f, slowOrder[at])
		switch warned := s.warns[who]; {
		case warned > 0 && morning >= warned+14:
			s.warns[who] = 0
			if low {
				at--
			}
		case warned == 0 && review && low:
			s.warns[who] = morning
		}
		if at != was {
			s.moves[who]++
		}
		s.held[who] = slowOrder[at]
	}
}

// historyTiers compares the tiers of the real history with a slow replay, on some Days, and looks at what they come to.
func historyTiers(t *testing.T, records []record, data string) {
	t.Helper()
	s := newSlowTiers(records)
	start, end := dayNumber(records[0].Time), dayNumber(records[len(records)-1].Time)
	compared := 0
	for day := start; day <= end; day++ {
		s.count(day)
		s.night(day)
		name := time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
		if !slices.Contains([]string{"2023-01-31", "2023-11-15", "2024-06-30", "2024-12-31"}, name) {
			continue
		}
		compared++
		got := map[string]tierJSON{}
		for _, m := range read[[]tierJSON](t, "tiers", "--at", name, "--json", "--data", data) {
			m.Member, m.Ladder = "", nil
			got[m.Name] = m
		}
		want := map[string]tierJSON{}
		for who, f := range s.facts {
			if s.first[who] <= day {
				want[who] = tierJSON{Name: who, Tier: tiers.Tier(s.held[who]), Earned: tiers.Tier(slowEarned(f)), Facts: f}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("tiers at %s (-slow +got):\n%.3000s", name, diff)
		}
	}
	if compared != 4 {
		t.Errorf("%d Days were compared", compared)
	}
	tierMonths(t, s, data)
}

// tierMonths prints how the months moved people, and holds the default ladder to its promises.
func tierMonths(t *testing.T, s *slowTiers, data string) {
	t.Helper()
	months := read[[]monthJSON](t, "tiers", "--months", "--json", "--data", data, "--at", "2024-12-31")
	t.Log("month    active   up down held  new stuck  koc contributor interactor  top two")
	within := 0
	for _, m := range months {
		active := total(m.Active)
		share := float64(m.Active[tiers.KOC]+m.Active[tiers.Contributor]) / float64(active)
		if share >= 0.01 && share <= 0.20 {
			within++
		}
		t.Logf("%s  %5d  %4d %4d %4d %4d %5d %4d %11d %10d  %5.1f %%", m.Month, active, m.Up, m.Down, m.Held, m.In, m.Stuck,
			m.Ends[tiers.KOC], m.Ends[tiers.Contributor], m.Ends[tiers.Interactor], 100*share)
	}
	if len(months) != 24 || within < 18 {
		t.Errorf("in %d of %d months 1 to 20 %% of the active are in the top two tiers", within, len(months))
	}
	changes := slices.Sorted(maps.Values(s.moves)) // of those who ever held more than the lowest
	years := 2.0
	median := float64(changes[len(changes)/2]) / years
	t.Logf("changes of tier a year: median %.1f, nine in ten at most %.1f, most %.1f", median, float64(changes[len(changes)*9/10])/years, float64(changes[len(changes)-1])/years)
	if median > 3 {
		t.Errorf("the median member changes tier %.1f times a year", median)
	}
}

package challenge_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/challenge"
)

// sums is what a sequence of facts comes to.
type sums struct {
	Total, Best, Run, Cards int
	Reached                 int64
	Wins                    []string // prize, winner, by which fact
	Paid                    []string // who, which Day
}

// slow is the slow and obvious model: after each fact it works out everything again from all facts so far.
type slow struct {
	terms challenge.Terms
	part  challenge.Part
}

// times are the first and last Days of the times in which somebody takes part, the latest first.
func (m slow) times() (list [][2]community.Day) {
	if m.terms.First != 0 {
		return [][2]community.Day{{m.terms.First, m.terms.Last}}
	}
	left := slices.Clone(m.part.Joins)
	for len(left) > 0 {
		first := slices.MaxFunc(left, func(a, b challenge.Join) int { return int(a.Day - b.Day) }).Day
		last := first + community.Day(m.terms.Days) - 1
		for grown := true; grown; { // who had joined before, and was not through, went on
			grown = false
			left = slices.DeleteFunc(left, func(j challenge.Join) bool {
				if j.Day+community.Day(m.terms.Days)-1 < first {
					return false
				}
				first, grown = min(first, j.Day), true
				return true
			})
		}
		list = append(list, [2]community.Day{first, last})
	}
	return list
}

// valid are the facts of a time that may count: not while somebody was disqualified.
func (m slow) valid(time [2]community.Day) (list []challenge.Mark) {
	for _, k := range m.part.Marks {
		out := k.Day < time[0] || k.Day > time[1]
		for _, b := range m.part.Bans {
			out = out || k.Seq > b.From && (b.Until == 0 || k.Seq < b.Until)
		}
		if !out {
			list = append(list, k)
		}
	}
	return list
}

// days is what each Day is after some facts: 'c' counts, 'l' is kept by leave, 'r' by leave that is over, 0 nothing.
func (m slow) days(time [2]community.Day, facts []challenge.Mark) []byte {
	first, last := time[0], time[1]
	joined := community.Day(1 << 30)
	for _, j := range m.part.Joins {
		if m.terms.First != 0 || j.Day >= first {
			joined = min(joined, j.Day)
		}
	}
	has := func(d community.Day, kind challenge.Kind) bool {
		return slices.ContainsFunc(facts, func(k challenge.Mark) bool { return k.Day == d && k.Kind == kind })
	}
	days := make([]byte, last-first+1)
	for d := first; d <= last; d++ {
		i := d - first
		switch {
		case has(d, challenge.Done) || has(d, challenge.MadeUp):
			days[i] = 'c'
		case has(d, challenge.Granted) && d >= joined && (i == 0 || d == joined || days[i-1] != 0):
			days[i] = 'c'
		case has(d, challenge.Leave):
			days[i] = 'l'
			taken := slices.IndexFunc(facts, func(k challenge.Mark) bool { return k.Day == d && k.Kind == challenge.Leave })
			if slices.ContainsFunc(facts[taken:], func(k challenge.Mark) bool { return k.Day == d && k.Kind == challenge.Rested }) {
				days[i] = 'r'
			}
		}
	}
	return days
}

// rows are the unbroken rows of Days: how many count in each, and how many are leave that is over.
func rows(days []byte) (list [][2]int) {
	open := false
	for _, d := range days {
		if d == 0 {
			open = false
			continue
		}
		if !open {
			list, open = append(list, [2]int{}), true
		}
		switch n := len(list) - 1; d {
		case 'c':
			list[n][0]++
		case 'r':
			list[n][1]++
		}
	}
	return list
}

// sums works everything out: for each time alone, with what is won and paid in all of them.
func (m slow) sums() (s sums) {
	times := m.times()
	won := map[int]bool{}
	held, earned := make([]int, len(times)), make([]int, len(times))
	var all []challenge.Mark // the valid facts of all times, in their order
	of := map[int]int{}      // which time a fact belongs to
	for _, k := range m.part.Marks {
		for i, time := range times {
			if slices.Contains(m.valid(time), k) {
				of[len(all)] = i
				all = append(all, k)
			}
		}
	}
	for n, fact := range all {
		i := of[n]
		var facts []challenge.Mark
		by := m.joiner()
		for o, k := range all[:n+1] {
			if of[o] == i {
				facts = append(facts, k)
			}
			if k.Kind != challenge.Granted {
				by = k
			}
		}
		if fact.Kind == challenge.MadeUp {
			held[i] = max(0, held[i]-1)
		}
		total, best, goal := 0, 0, 0
		for _, r := range rows(m.days(times[i], facts)) {
			total, best = total+r[0], max(best, r[0])
			if r[0] > 0 {
				goal = max(goal, r[0]+r[1])
			}
		}
		reach := total
		if m.terms.Mode == challenge.Consecutive {
			reach = best
		} else {
			goal = total
		}
		for ; (earned[i]+1)*7 <= reach; earned[i]++ {
			held[i] = min(2, held[i]+1)
		}
		if s.Reached == 0 && goal >= m.terms.Target {
			s.Reached = fact.Seq
		}
		for _, p := range m.terms.Prizes {
			if won[p.N] || p.At > 0 && reach < p.At || p.At == 0 && s.Reached == 0 {
				continue
			}
			won[p.N] = true
			if by.Earns && fact.Seq > p.Seq {
				s.Wins = append(s.Wins, fmt.Sprintf("%d %s", p.N, by.Origin))
			}
		}
		if i == 0 {
			s.Total, s.Best = total, best
		}
	}
	s.Cards = held[0]
	days := m.days(times[0], m.valid(times[0]))
	for i := len(days) - 1; i >= 0; i-- {
		if days[i] == 'c' {
			s.Run = m.around(days, i)
			break
		}
	}
	seen := map[community.Day]bool{}
	for _, k := range all {
		if k.Kind == challenge.Done && !seen[k.Day] {
			seen[k.Day] = true
			s.Paid = append(s.Paid, fmt.Sprintf("challenge/%d/%s/%s", m.terms.ID, k.Origin, k.Day))
		}
	}
	sort.Strings(s.Wins)
	sort.Strings(s.Paid)
	return s
}

// joiner is who joined first.
func (m slow) joiner() challenge.Mark {
	first := slices.MinFunc(m.part.Joins, func(a, b challenge.Join) int { return int(a.Seq - b.Seq) })
	return challenge.Mark{Origin: first.Origin, Earns: first.Earns}
}

// around is how many Days count in the row around a Day.
func (m slow) around(days []byte, i int) (n int) {
	from, to := i, i
	for from > 0 && days[from-1] != 0 {
		from--
	}
	for to < len(days)-1 && days[to+1] != 0 {
		to++
	}
	for _, d := range days[from : to+1] {
		if d == 'c' {
			n++
		}
	}
	return n
}

// judged is what the rules say.
func judged(t challenge.Terms, p challenge.Part) (s sums) {
	j := challenge.Judge(t, p)
	s = sums{Total: j.Total, Best: j.Best, Run: j.Run, Cards: j.Cards, Reached: j.Reached}
	for _, w := range j.Wins {
		s.Wins = append(s.Wins, fmt.Sprintf("%d %s", w.N, w.By.Origin))
	}
	for key := range j.Paid {
		s.Paid = append(s.Paid, key)
	}
	sort.Strings(s.Wins)
	sort.Strings(s.Paid)
	return s
}

// story is a random challenge with what two ids did in it: in their order, with what is granted to all.
type story struct {
	terms challenge.Terms
	ids   [2]challenge.Part
	given []challenge.Mark
}

func tell(rng *rand.Rand) (s story) {
	n := 3 + rng.IntN(28)
	s.terms = challenge.Terms{ID: 7, Mode: challenge.Cumulative, Days: n, Target: 1 + rng.IntN(n)}
	if rng.IntN(2) == 0 {
		s.terms.Mode = challenge.Consecutive
	}
	begin := community.Day(20000)
	if rng.IntN(2) == 0 {
		s.terms.First, s.terms.Last = begin, begin+community.Day(n)-1
	}
	seq := int64(0)
	for i := range rng.IntN(5) {
		s.terms.Prizes = append(s.terms.Prizes, challenge.Prize{N: i + 1, At: rng.IntN(n + 1), Kind: challenge.Points, Amount: 10})
	}
	ids := [2]community.MemberID{"m1", "m2"}
	for i := range s.ids {
		if i == 0 || rng.IntN(3) > 0 {
			s.ids[i].Joins = []challenge.Join{{Origin: ids[i], Day: begin + community.Day(rng.IntN(4)), Seq: int64(rng.IntN(3)) - 3, Earns: rng.IntN(12) > 0}}
		}
	}
	more := 3*n/2 + 1
	if s.terms.First == 0 && rng.IntN(2) == 0 { // somebody is through, and begins anew
		i := rng.IntN(2)
		s.ids[i].Joins = append(s.ids[i].Joins, challenge.Join{Origin: ids[i], Day: begin + community.Day(n+rng.IntN(6)), Seq: int64(rng.IntN(9)), Earns: rng.IntN(12) > 0})
		more *= 2
	}
	kinds := []challenge.Kind{challenge.Done, challenge.Done, challenge.Done, challenge.Done, challenge.Done, challenge.MadeUp, challenge.Leave, challenge.Leave, challenge.Rested, challenge.Rested, challenge.Granted}
	day := begin
	for range 4 + rng.IntN(more) {
		seq += int64(1 + rng.IntN(2))
		if rng.IntN(3) > 0 {
			day++
		}
		k := challenge.Mark{Day: day, Kind: kinds[rng.IntN(len(kinds))], Seq: seq, Earns: rng.IntN(12) > 0}
		if rng.IntN(5) == 0 { // late, or ahead
			k.Day += community.Day(rng.IntN(7) - 4)
		}
		if rng.IntN(25) == 0 && len(s.terms.Prizes) > 0 {
			s.terms.Prizes[rng.IntN(len(s.terms.Prizes))].Seq = seq // promised only now
		}
		switch i := rng.IntN(2); {
		case k.Kind == challenge.Granted:
			s.given = append(s.given, k)
		case len(s.ids[i].Joins) > 0 && rng.IntN(12) > 0: // otherwise it was taken back
			k.Origin = ids[i]
			s.ids[i].Marks = append(s.ids[i].Marks, k)
		}
		if rng.IntN(60) == 0 {
			i := rng.IntN(2)
			s.ids[i].Bans = append(s.ids[i].Bans, challenge.Ban{From: seq, Until: int64(rng.IntN(2)) * (seq + 5)})
		}
	}
	return s
}

// as is how one id, or both as one person, takes part.
func (s story) as(ids ...int) (p challenge.Part) {
	p.Marks = slices.Clone(s.given)
	for _, i := range ids {
		p.Joins = append(p.Joins, s.ids[i].Joins...)
		p.Bans = append(p.Bans, s.ids[i].Bans...)
		p.Marks = append(p.Marks, s.ids[i].Marks...)
	}
	slices.SortStableFunc(p.Marks, func(a, b challenge.Mark) int { return int(a.Seq - b.Seq) })
	return p
}

// TestFactsAreJudgedLikeTheSlowModel: two ids of random stories, each alone, as one person, and apart again.
func TestFactsAreJudgedLikeTheSlowModel(t *testing.T) {
	sequences := 100_000
	if testing.Short() { // the race job
		sequences = 10_000
	}
	rng := rand.New(rand.NewPCG(6, 21))
	marks, wins, reached := 0, 0, 0
	for n := 0; n < sequences; {
		s := tell(rng)
		for _, ids := range [][]int{{0}, {1}, {0, 1}} {
			p := s.as(ids...)
			if len(p.Joins) == 0 {
				continue
			}
			n++
			want, got := slow{s.terms, p}.sums(), judged(s.terms, p)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("sequence %d: %+v\n%+v\n(-slow +rules):\n%s", n, s.terms, p, diff)
			}
			marks, wins = marks+len(p.Marks), wins+len(got.Wins)
			if got.Reached > 0 {
				reached++
			}
		}
	}
	t.Logf("%d sequences with %d facts: %d prizes, %d goals", sequences, marks, wins, reached)
	if wins < sequences/10 || reached < sequences/10 {
		t.Errorf("the stories are too poor: %d prizes, %d goals", wins, reached)
	}
}

// TestMoreFactsNeverTakeAway: judging goes up only, so what was paid as the facts came stays due.
func TestMoreFactsNeverTakeAway(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 22))
	for range 3000 {
		s := tell(rng)
		s.ids[0].Bans, s.ids[1].Bans = nil, nil
		p := s.as(0, 1)
		if len(p.Joins) == 0 {
			continue
		}
		var before sums
		for n := range p.Marks {
			part := p
			part.Marks = p.Marks[:n+1]
			now := judged(s.terms, part)
			for _, w := range before.Wins {
				if !slices.Contains(now.Wins, w) {
					t.Fatalf("%s was won and is not any more: %+v", w, part)
				}
			}
			for _, key := range before.Paid {
				if !slices.Contains(now.Paid, key) {
					t.Fatalf("%s was paid and is not due any more: %+v", key, part)
				}
			}
			if now.Total < before.Total || now.Best < before.Best {
				t.Fatalf("%+v became %+v: %+v", before, now, part)
			}
			before = now
		}
	}
}

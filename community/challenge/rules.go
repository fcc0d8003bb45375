package challenge

import (
	"slices"

	"github.com/weilu-im/weilu/community"
)

// Mode says what counts towards the goal of a challenge.
type Mode string

// The modes.
const (
	Consecutive Mode = "consecutive" // Days in a row: the longest row decides
	Cumulative  Mode = "cumulative"  // Days altogether
)

// Kind says how a Day of a challenge is marked.
type Kind string

// The kinds of marks. Done, MadeUp and Granted count; Leave keeps a row unbroken without counting. Rested says of a Day of
// leave that it is over: then it fills its place in a row that reaches a goal.
const (
	Done    Kind = "done"
	MadeUp  Kind = "made_up"
	Leave   Kind = "leave"
	Rested  Kind = "rested"
	Granted Kind = "granted" // the bot was away too long: it counts for whoever was at it the Day before or on their first Day, also in place of Leave
)

const (
	cardEvery = 7 // a make-up card is earned at each 7th Day that counts in a row, or altogether
	cardsMost = 2 // how many of them can be held at once
)

// Terms are what the rules need to know of a challenge.
type Terms struct {
	ID     int64
	Mode   Mode
	Days   int           // how long it runs
	Target int           // how many Days reach the goal
	First  community.Day // 0: for everybody it begins on the Day they join
	Last   community.Day // of one with a first Day; it may have been extended
	Prizes []Prize
}

// Prize is what reaching a number of Days gives.
type Prize struct {
	N      int
	At     int   // Days; 0: the goal
	Seq    int64 // when it was promised: who had reached it before gets nothing
	Kind   PrizeKind
	Amount int64  // points
	Name   string // of a badge or of goods
	Later  bool   // it was added to those that there were from the beginning
}

// Join is that an id takes part since a Day.
type Join struct {
	Origin community.MemberID
	Day    community.Day
	Seq    int64
	Earns  bool // as of a Mark
}

// Ban is that somebody was disqualified. Until they are back, nothing counts.
type Ban struct{ From, Until int64 } // Seq; Until 0: for good

// Mark is a fact: something that counts for a Day, or keeps it.
type Mark struct {
	ID     int64
	Origin community.MemberID // empty for Granted
	Day    community.Day
	Kind   Kind
	Seq    int64 // facts count in the order in which they were accepted
	Price  int64 // points for it: 0 for staff
	Earns  bool  // what it reaches earns prizes: not for staff
}

// Part is how somebody takes part under all of their ids.
type Part struct {
	Joins []Join
	Bans  []Ban
	Marks []Mark // theirs and what is granted to all, in the order of Seq
}

// span is an unbroken time in which somebody takes part. Begin is their first Day in it.
type span struct{ first, last, begin community.Day }

// spans are the times in which somebody takes part, in their order. There is one, but where everybody begins on their own
// Day: who joins when their Days are over begins anew.
func (t Terms) spans(joins []Join) (list []span) {
	joins = slices.Clone(joins)
	slices.SortFunc(joins, func(a, b Join) int { return int(a.Day - b.Day) })
	for _, j := range joins {
		s := span{j.Day, j.Day + community.Day(t.Days) - 1, j.Day}
		if t.First != 0 {
			s = span{t.First, t.Last, max(t.First, j.Day)}
		}
		switch n := len(list); {
		case n == 0 || t.First == 0 && s.first > list[n-1].last:
			list = append(list, s)
		default:
			list[n-1].last = s.last
		}
	}
	return list
}

// Standing is what the facts of somebody come to.
type Standing struct {
	First, Last community.Day
	Total       int           // Days that count
	Best        int           // Days that count in the longest row
	Run         int           // in the row that the last Day that counts stands in
	RunLeave    int           // Days of leave in it
	RunEnd      community.Day // the last Day of that row; 0: there is none
	Cards       int           // make-up cards held
	Done        int           // check-ins, without what was made up or granted
	MadeUp      int
	Leaves      int
	Reached     int64           // the Seq at which the goal was reached; 0: it is not
	Goal        Goal            // how it was reached
	States      map[int]Kind    // by Day - First
	Wins        []Win           // prizes that are due, in the order of their numbers
	Paid        map[string]Mark // points for check-ins that are due, by key
}

// Goal is the time in which somebody reached the goal, and how many Days counted in it.
type Goal struct {
	First, Last community.Day
	Total       int
}

// Win is a prize that somebody has reached, by a mark.
type Win struct {
	Prize
	By   Mark
	Days int // what was reached
}

// Streak is how many Days in a row count up to today; a row that ended yesterday still lives.
func (s Standing) Streak(today community.Day) int {
	if s.RunEnd == 0 || s.RunEnd < today-1 {
		return 0
	}
	return s.Run
}

// Judge says what facts come to. It is the same whether they are judged as they come or all together. Of somebody who began
// anew it is what their latest time comes to, with all that they have won.
func Judge(t Terms, p Part) Standing {
	w := whole{won: map[int]bool{}, last: first(p.Joins), Paid: map[string]Mark{}}
	var list []*judge
	for _, s := range t.spans(p.Joins) {
		list = append(list, &judge{whole: &w, terms: t, begin: s.begin, offered: map[community.Day]bool{}, rested: map[community.Day]bool{},
			Standing: Standing{First: s.first, Last: s.last, States: map[int]Kind{}}})
	}
	for _, m := range p.Marks {
		at := slices.IndexFunc(list, func(j *judge) bool { return m.Day >= j.First && m.Day <= j.Last })
		if at < 0 || slices.ContainsFunc(p.Bans, func(b Ban) bool { return b.holds(m.Seq) }) {
			continue
		}
		list[at].add(m)
	}
	s := Standing{States: map[int]Kind{}}
	for _, j := range list {
		j.finish()
		s = j.Standing
	}
	slices.SortFunc(w.Wins, func(a, b Win) int { return a.N - b.N })
	s.Wins, s.Paid, s.Reached, s.Goal = w.Wins, w.Paid, w.Reached, Goal{}
	if w.goal != nil {
		s.Goal = Goal{w.goal.First, w.goal.Last, w.goal.Total}
	}
	return s
}

// first is the earliest of some joins, as a mark.
func first(joins []Join) (m Mark) {
	for i, one := range joins {
		if i == 0 || one.Seq < m.Seq {
			m = Mark{Origin: one.Origin, Seq: one.Seq, Earns: one.Earns}
		}
	}
	return m
}

func (b Ban) holds(seq int64) bool { return seq > b.From && (b.Until == 0 || seq < b.Until) }

// whole is what holds for all times of somebody together.
type whole struct {
	won     map[int]bool // prizes: each is won once
	last    Mark         // the latest of a member, who wins what a granted Day reaches; at first that they joined
	goal    *judge       // the time in which the goal was reached
	Reached int64
	Wins    []Win
	Paid    map[string]Mark
}

// judge is a judgment of one time on its way through the facts.
type judge struct {
	*whole
	Standing
	terms   Terms
	begin   community.Day          // their first Day: what was granted before it is not for them
	offered map[community.Day]bool // Days granted to all
	rested  map[community.Day]bool // Days of leave that are over
	cards   int                    // how many multiples of cardEvery were reached
}

func (j *judge) kind(d community.Day) Kind { return j.States[int(d-j.First)] }

func (j *judge) add(m Mark) {
	if m.Kind != Granted {
		j.last = m
	}
	old := j.kind(m.Day)
	switch m.Kind {
	case Granted:
		if m.Day < j.begin {
			return
		}
		if j.offered[m.Day] = true; old != "" && old != Leave || !j.atIt(m.Day) {
			return
		}
	case Done:
		if old == Done {
			return
		}
		j.whole.Paid[j.terms.key(m)] = m
	case MadeUp:
		if j.Cards = max(0, j.Cards-1); old == Done || old == MadeUp {
			return
		}
	case Leave:
		if old != "" {
			return
		}
	case Rested:
		if old == Leave {
			j.rested[m.Day] = true
			j.reach(m)
		}
		return
	}
	j.set(m.Day, m.Kind)
	for d := m.Day + 1; d <= j.Last && j.offered[d] && (j.kind(d) == "" || j.kind(d) == Leave); d++ {
		j.set(d, Granted) // they were at it, as it turns out
	}
	j.reach(m)
}

// atIt tells whether somebody was at it before a Day: it is their first, or they marked the one before.
func (j *judge) atIt(d community.Day) bool { return d == j.begin || j.kind(d-1) != "" }

func (j *judge) set(d community.Day, k Kind) {
	if old := j.kind(d); (old == "" || old == Leave) && k != Leave {
		j.Total++
	}
	j.States[int(d-j.First)] = k
}

// row is an unbroken row of marked Days.
type row struct {
	first, last           community.Day
	counts, leave, rested int // rested: of the Days of leave, those that are over
}

// row is the one that a marked Day stands in. Leave at its ends belongs to it, but leads nowhere.
func (j *judge) row(d community.Day) row {
	r := row{first: d, last: d}
	for r.first > j.First && j.kind(r.first-1) != "" {
		r.first--
	}
	for r.last < j.Last && j.kind(r.last+1) != "" {
		r.last++
	}
	for e := r.first; e <= r.last; e++ {
		if j.kind(e) == Leave {
			r.leave++
			if j.rested[e] {
				r.rested++
			}
		} else {
			r.counts++
		}
	}
	return r
}

// reach notes what a mark reaches.
func (j *judge) reach(m Mark) {
	r := j.row(m.Day)
	j.Best = max(j.Best, r.counts)
	measure, goal := j.Total, j.Total
	if j.terms.Mode == Consecutive {
		measure, goal = j.Best, r.counts+r.rested
		if r.counts == 0 {
			goal = 0
		}
	}
	for ; (j.cards+1)*cardEvery <= measure; j.cards++ {
		j.Cards = min(cardsMost, j.Cards+1)
	}
	if j.whole.Reached == 0 && goal >= j.terms.Target {
		j.whole.Reached, j.goal = m.Seq, j
	}
	for _, p := range j.terms.Prizes {
		reached := p.At > 0 && measure >= p.At || p.At == 0 && j.whole.Reached > 0
		if !reached || j.won[p.N] {
			continue
		}
		j.won[p.N] = true
		if by := j.last; by.Earns && m.Seq > p.Seq {
			by.Seq = m.Seq
			j.whole.Wins = append(j.whole.Wins, Win{p, by, measure})
		}
	}
}

// finish counts what is left to count.
func (j *judge) finish() {
	counts := -1
	for offset, k := range j.States {
		switch k {
		case Done:
			j.Done++
		case MadeUp:
			j.MadeUp++
		case Leave:
			j.Leaves++
			continue
		}
		counts = max(counts, offset)
	}
	if counts >= 0 {
		r := j.row(j.First + community.Day(counts))
		j.Run, j.RunLeave, j.RunEnd = r.counts, r.leave, r.last
	}
}

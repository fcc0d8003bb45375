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

// The kinds of marks. Done, MadeUp and Granted count; Leave keeps a row unbroken without counting.
const (
	Done    Kind = "done"
	MadeUp  Kind = "made_up"
	Leave   Kind = "leave"
	Granted Kind = "granted" // the bot was away too long: it counts for whoever was at it the Day before, also in place of Leave
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

// Span are the first and the last Day of a part.
func (t Terms) Span(joins []Join) (first, last community.Day) {
	if t.First != 0 {
		return t.First, t.Last
	}
	for i, j := range joins {
		if i == 0 || j.Day < first {
			first = j.Day
		}
		last = max(last, j.Day+community.Day(t.Days)-1)
	}
	return first, last
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
	States      map[int]Kind    // by Day - First
	Wins        []Win           // prizes that are due, in the order of their numbers
	Paid        map[string]Mark // points for check-ins that are due, by key
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

// Judge says what facts come to. It is the same whether they are judged as they come or all together.
func Judge(t Terms, p Part) Standing {
	j := judge{terms: t, Standing: Standing{States: map[int]Kind{}, Paid: map[string]Mark{}}, offered: map[community.Day]bool{}, won: map[int]bool{}}
	j.First, j.Last = t.Span(p.Joins)
	for _, m := range p.Marks {
		if m.Day < j.First || m.Day > j.Last || slices.ContainsFunc(p.Bans, func(b Ban) bool { return b.holds(m.Seq) }) {
			continue
		}
		j.add(m)
	}
	j.finish()
	return j.Standing
}

func (b Ban) holds(seq int64) bool { return seq > b.From && (b.Until == 0 || seq < b.Until) }

// judge is a judgment on its way through the facts.
type judge struct {
	Standing
	terms   Terms
	offered map[community.Day]bool // Days granted to all
	won     map[int]bool           // prizes
	cards   int                    // how many multiples of cardEvery were reached
	last    Mark                   // the latest of a member, who wins what a granted Day reaches
}

func (j *judge) kind(d community.Day) Kind { return j.States[int(d-j.First)] }

func (j *judge) add(m Mark) {
	if m.Kind != Granted {
		j.last = m
	}
	old := j.kind(m.Day)
	switch m.Kind {
	case Granted:
		if j.offered[m.Day] = true; old != "" && old != Leave || !j.atIt(m.Day) {
			return
		}
	case Done:
		if old == Done {
			return
		}
		j.Paid[j.terms.key(m)] = m
	case MadeUp:
		if j.Cards = max(0, j.Cards-1); old == Done || old == MadeUp {
			return
		}
	case Leave:
		if old != "" {
			return
		}
	}
	j.set(m.Day, m.Kind)
	for d := m.Day + 1; d <= j.Last && j.offered[d] && (j.kind(d) == "" || j.kind(d) == Leave); d++ {
		j.set(d, Granted) // they were at it, as it turns out
	}
	j.reach(m)
}

// atIt tells whether somebody was at it before a Day: it is their first, or they marked the one before.
func (j *judge) atIt(d community.Day) bool { return d == j.First || j.kind(d-1) != "" }

func (j *judge) set(d community.Day, k Kind) {
	if old := j.kind(d); (old == "" || old == Leave) && k != Leave {
		j.Total++
	}
	j.States[int(d-j.First)] = k
}

// row is an unbroken row of marked Days.
type row struct {
	first, last   community.Day
	counts, leave int
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
		measure, goal = j.Best, r.counts+r.leave
	}
	for ; (j.cards+1)*cardEvery <= measure; j.cards++ {
		j.Cards = min(cardsMost, j.Cards+1)
	}
	if j.Reached == 0 && goal >= j.terms.Target {
		j.Reached = m.Seq
	}
	for _, p := range j.terms.Prizes {
		reached := p.At > 0 && measure >= p.At || p.At == 0 && j.Reached > 0
		if !reached || j.won[p.N] {
			continue
		}
		j.won[p.N] = true
		if by := j.last; by.Earns && m.Seq > p.Seq {
			by.Seq = m.Seq
			j.Wins = append(j.Wins, Win{p, by, measure})
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
	slices.SortFunc(j.Wins, func(a, b Win) int { return a.N - b.N })
}

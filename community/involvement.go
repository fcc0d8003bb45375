package community

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/tiers"
)

// FactDays is of how many Days the facts are that tiers are made of.
const FactDays = 28

// involvement gathers those facts for everybody at once, a Day after the other: a Day that is entered adds what
// happened on it, and the Day that falls out of the 28 takes away what happened then. It reads aggregates and no
// messages, under the ids that people have today; bots are nobody's partners.
type involvement struct {
	db       SQL
	calendar *Calendar
	aliases  AliasMap
	bots     map[MemberID]bool

	index   map[MemberID]int32
	ids     []MemberID
	facts   []tiers.Facts
	days    map[Day]*happened
	pairs   map[uint64]Day // when two people last had to do with each other
	toward  map[uint64]Day // when somebody last turned to somebody
	touched map[int32]bool // whose facts the last step changed
}

// happened is what a Day added.
type happened struct {
	messages map[int32]int
	traces   map[int32]bool
	edges    []edge
	gifts    []gift
}

type edge struct{ from, to int32 }

// gift is a contribution of a Day, and on which Day it was withdrawn; 0: it stands.
type gift struct {
	who       int32
	withdrawn Day
}

// newInvolvement begins with nothing entered.
func newInvolvement(ctx context.Context, db SQL, calendar *Calendar, bots []string) (*involvement, error) {
	aliases, err := Aliases(ctx, db)
	if err != nil {
		return nil, err
	}
	iv := &involvement{
		db: db, calendar: calendar, aliases: aliases, index: map[MemberID]int32{}, days: map[Day]*happened{},
		pairs: map[uint64]Day{}, toward: map[uint64]Day{}, touched: map[int32]bool{},
	}
	iv.bots, err = leftOut(ctx, db, aliases, bots, false)
	return iv, err
}

// of is the number of a person; -1 is a bot.
func (iv *involvement) of(id MemberID) int32 {
	who := iv.aliases.Resolve(id)
	if n, ok := iv.index[who]; ok {
		return n
	}
	n := int32(-1)
	if !iv.bots[who] {
		n = int32(len(iv.ids))
		iv.ids, iv.facts = append(iv.ids, who), append(iv.facts, tiers.Facts{})
	}
	iv.index[who] = n
	return n
}

// step makes the facts those of the 28 Days that end with a Day, which follows the one before.
func (iv *involvement) step(ctx context.Context, day Day) error {
	clear(iv.touched)
	h, err := iv.read(ctx, day)
	if err != nil {
		return err
	}
	iv.days[day] = h
	iv.enter(day, h)
	if old := iv.days[day-FactDays]; old != nil {
		iv.leave(day-FactDays, old)
		delete(iv.days, day-FactDays)
	}
	iv.withdraw(day)
	return nil
}

// enter adds what happened on a Day.
func (iv *involvement) enter(day Day, h *happened) {
	for who, n := range h.messages {
		f := iv.touch(who)
		f.ActiveDays++
		f.Messages += n
	}
	for who := range h.traces {
		iv.touch(who).Traces++
	}
	for _, e := range h.edges {
		pair := pairOf(min(e.from, e.to), max(e.from, e.to))
		if _, ok := iv.pairs[pair]; !ok {
			iv.touch(e.from).Partners++
			iv.touch(e.to).Partners++
		}
		iv.pairs[pair] = day
		if _, ok := iv.toward[pairOf(e.from, e.to)]; !ok {
			iv.touch(e.to).Influence++
		}
		iv.toward[pairOf(e.from, e.to)] = day
	}
	for _, g := range h.gifts {
		iv.touch(g.who).Contributions++
	}
}

// leave takes away what happened on a Day and not since.
func (iv *involvement) leave(day Day, h *happened) {
	for who, n := range h.messages {
		f := iv.touch(who)
		f.ActiveDays--
		f.Messages -= n
	}
	for who := range h.traces {
		iv.touch(who).Traces--
	}
	for _, e := range h.edges {
		pair := pairOf(min(e.from, e.to), max(e.from, e.to))
		if iv.pairs[pair] == day {
			delete(iv.pairs, pair)
			iv.touch(e.from).Partners--
			iv.touch(e.to).Partners--
		}
		if iv.toward[pairOf(e.from, e.to)] == day {
			delete(iv.toward, pairOf(e.from, e.to))
			iv.touch(e.to).Influence--
		}
	}
	for _, g := range h.gifts {
		iv.touch(g.who).Contributions--
	}
}

// withdraw takes away the contributions that were withdrawn until a Day.
func (iv *involvement) withdraw(day Day) {
	for _, h := range iv.days {
		kept := h.gifts[:0]
		for _, g := range h.gifts {
			if g.withdrawn != 0 && g.withdrawn <= day {
				iv.touch(g.who).Contributions--
				continue
			}
			kept = append(kept, g)
		}
		h.gifts = kept
	}
}

func (iv *involvement) touch(who int32) *tiers.Facts {
	iv.touched[who] = true
	return &iv.facts[who]
}

func pairOf(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// read reads what happened on a Day.
func (iv *involvement) read(ctx context.Context, day Day) (*happened, error) {
	h := &happened{messages: map[int32]int{}, traces: map[int32]bool{}}
	var a, b MemberID
	var n int
	var at *int64
	for _, q := range [...]struct {
		query string
		row   func(scan func(...any) error) error
	}{
		{`SELECT member_id, messages FROM activity WHERE day = ?`, func(scan func(...any) error) error {
			err := scan(&a, &n)
			if who := iv.of(a); who >= 0 {
				h.messages[who] += n
			}
			return err
		}},
		{`SELECT member_id FROM traces WHERE day = ?`, func(scan func(...any) error) error {
			err := scan(&a)
			if who := iv.of(a); who >= 0 {
				h.traces[who] = true
			}
			return err
		}},
		{`SELECT from_id, to_id FROM edges WHERE day = ?`, func(scan func(...any) error) error {
			err := scan(&a, &b)
			if from, to := iv.of(a), iv.of(b); from >= 0 && to >= 0 && from != to {
				h.edges = append(h.edges, edge{from, to})
			}
			return err
		}},
		{`SELECT member_id, withdrawn_at FROM contributions WHERE day = ?`, func(scan func(...any) error) error {
			err := scan(&a, &at)
			if who := iv.of(a); who >= 0 {
				g := gift{who: who}
				if at != nil {
					g.withdrawn = iv.calendar.Day(bot.FromMillis(*at))
				}
				h.gifts = append(h.gifts, g)
			}
			return err
		}},
	} {
		if err := iv.db.Each(ctx, q.row, q.query, int(day)); err != nil {
			return nil, fmt.Errorf("facts of %s: %w", day, err)
		}
	}
	return h, nil
}

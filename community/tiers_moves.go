package community

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/tiers"
)

// StuckAfter is after how many Days on the same tier an active member counts as stuck.
const StuckAfter = 90

// Moves is how a month, or another period, moved people between tiers; staff and bots are left out. Who left before it is not in it.
type Moves struct {
	Month string // empty: another period
	// Matrix is how many people held the first tier when the month began and the second when it was over; those who came or
	// left in it are not in it.
	Matrix map[tiers.Tier]map[tiers.Tier]int
	Ends   map[tiers.Tier]int // who held which tier when it was over
	Up     int
	Down   int
	Held   int                // the same tier at both ends
	In     int                // first seen in it
	Out    int                // left in it
	Active map[tiers.Tier]int // who spoke in it, by what they held when it was over
	Stuck  int                // of those, who have held the same tier for StuckAfter Days or longer, the highest left out
}

// passenger is a person as moves see them.
type passenger struct {
	first Day // when they were first seen
	left  Day // when they left the last group; 0: they are there
}

// Moves are the moves of a month, given like 2024-05, by the record of the nights.
func (t *Tiers) Moves(ctx context.Context, month string) (Moves, error) {
	_, after, err := ParseMonth(month)
	if err != nil {
		return Moves{}, err
	}
	entries, err := t.Between(ctx, 0, after+1)
	if err != nil {
		return Moves{}, err
	}
	list, err := t.MovesOf(ctx, entries, month)
	if err != nil {
		return Moves{}, err
	}
	return list[0], nil
}

// MovesOf are the moves of months by what changed: all changes until the morning after the last of them, in their order.
func (t *Tiers) MovesOf(ctx context.Context, entries []tiers.Entry, months ...string) ([]Moves, error) {
	people, err := t.passengers(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Moves, len(months))
	for i, month := range months {
		first, after, err := ParseMonth(month)
		if err != nil {
			return nil, err
		}
		before, end := heldBy(entries, first), heldBy(entries, after)
		if list[i], err = t.moved(ctx, before, end, people, first, after); err != nil {
			return nil, err
		}
		list[i].Month = month
	}
	return list, nil
}

// MovesIn are the moves of the Days from <= Day < to: by the record of the nights where that goes so far, and else replayed
// from what is known of everybody.
func (t *Tiers) MovesIn(ctx context.Context, from, to Day) (Moves, error) {
	people, err := t.passengers(ctx)
	if err != nil {
		return Moves{}, err
	}
	var before, end map[string]tiers.Standing
	last, ok, err := t.Last(ctx)
	switch {
	case err != nil:
		return Moves{}, err
	case ok && last >= to-1:
		before, end, err = t.recorded(ctx, from, to)
	default:
		var entries []tiers.Entry
		_, err = t.At(ctx, to-1, func(e tiers.Entry) { entries = append(entries, e) })
		before, end = heldBy(entries, from), heldBy(entries, to)
	}
	if err != nil {
		return Moves{}, err
	}
	return t.moved(ctx, before, end, people, from, to)
}

// recorded is what everybody held in the mornings of two Days by the record of the nights.
func (t *Tiers) recorded(ctx context.Context, from, to Day) (before, end map[string]tiers.Standing, err error) {
	first, last := map[string]tiers.Holding{}, map[string]tiers.Holding{}
	later := func(in map[string]tiers.Holding, h tiers.Holding) {
		if was, ok := in[h.Member]; !ok || h.Day > was.Day || h.Day == was.Day && h.N > was.N {
			in[h.Member] = h
		}
	}
	err = t.book.Held(ctx, tiers.Day(to), func(h tiers.Holding) {
		if later(last, h); Day(h.Day) <= from {
			later(first, h)
		}
	})
	return standings(first), standings(last), err
}

func standings(of map[string]tiers.Holding) map[string]tiers.Standing {
	list := make(map[string]tiers.Standing, len(of))
	for member, h := range of {
		list[member] = tiers.Standing{Tier: h.Tier, Since: h.Since}
	}
	return list
}

// heldBy is what everybody held in the morning of a Day by what changed: what a night changes holds from the morning of the
// next Day, and a month ends with the night after its last Day.
func heldBy(entries []tiers.Entry, day Day) map[string]tiers.Standing {
	by := map[string]tiers.Standing{}
	for _, e := range entries {
		if Day(e.Day) <= day {
			by[e.Member] = e.After
		}
	}
	return by
}

func (t *Tiers) moved(ctx context.Context, before, end map[string]tiers.Standing, people map[MemberID]passenger, first, after Day) (Moves, error) {
	m := Moves{Matrix: map[tiers.Tier]map[tiers.Tier]int{}, Ends: map[tiers.Tier]int{}, Active: map[tiers.Tier]int{}}
	active, err := t.spokeIn(ctx, first, after)
	if err != nil {
		return m, err
	}
	ladder, _, err := t.Ladder(ctx, after)
	if err != nil {
		return m, err
	}
	top := ladder[len(ladder)-1].Tier
	for id, p := range people {
		if p.first >= after || p.left != 0 && p.left < first {
			continue
		}
		from, to := held(before[string(id)]), held(end[string(id)])
		switch {
		case p.left != 0 && p.left < after:
			m.Out++
			continue
		case p.first >= first:
			m.In++
		default:
			m.count(from, to)
		}
		m.Ends[to]++
		if active[id] {
			m.Active[to]++
			since := max(Day(end[string(id)].Since), p.first)
			if to != top && after-since >= StuckAfter {
				m.Stuck++
			}
		}
	}
	return m, nil
}

func (m *Moves) count(from, to tiers.Tier) {
	if m.Matrix[from] == nil {
		m.Matrix[from] = map[tiers.Tier]int{}
	}
	m.Matrix[from][to]++
	switch {
	case to.Above(from):
		m.Up++
	case from.Above(to):
		m.Down++
	default:
		m.Held++
	}
}

func held(s tiers.Standing) tiers.Tier {
	if s.Tier == "" {
		return tiers.Lurker
	}
	return s.Tier
}

// passengers are all people who were ever seen, but for staff and bots.
func (t *Tiers) passengers(ctx context.Context) (map[MemberID]passenger, error) {
	out, err := uncounted(ctx, t.db, t.bots)
	if err != nil {
		return nil, err
	}
	aliases, err := Aliases(ctx, t.db)
	if err != nil {
		return nil, err
	}
	people := map[MemberID]passenger{}
	err = t.db.Lines(ctx, func(line string) {
		id, seen, _ := strings.Cut(line, " ")
		who := aliases.Resolve(MemberID(id))
		if out[who] {
			return
		}
		at, _ := strconv.ParseInt(seen, 10, 64)
		first := t.calendar.Day(bot.FromMillis(at))
		if p, known := people[who]; !known || first < p.first {
			people[who] = passenger{first: first}
		}
	}, `SELECT id || ' ' || first_seen AS line FROM members WHERE first_seen > 0`)
	if err != nil {
		return nil, fmt.Errorf("moves: %w", err)
	}
	return people, t.leavers(ctx, aliases, people)
}

// leavers notes when those left who are in no group any more; they are there while one of their ids is.
func (t *Tiers) leavers(ctx context.Context, aliases AliasMap, people map[MemberID]passenger) error {
	left, here := map[MemberID]int64{}, map[MemberID]bool{}
	err := t.db.Lines(ctx, func(line string) {
		id, when, _ := strings.Cut(line, " ")
		who := aliases.Resolve(MemberID(id))
		at, _ := strconv.ParseInt(when, 10, 64)
		left[who] = max(left[who], at)
	}, `SELECT member_id || ' ' || left_at AS line FROM stays WHERE left_at > 0`)
	if err != nil || len(left) == 0 {
		return err
	}
	err = t.db.Lines(ctx, func(id string) { here[aliases.Resolve(MemberID(id))] = true },
		`SELECT member_id AS line FROM stays WHERE left_at = 0`)
	if err != nil {
		return fmt.Errorf("moves: %w", err)
	}
	for who, at := range left {
		if p, ok := people[who]; ok && !here[who] {
			p.left = t.calendar.Day(bot.FromMillis(at))
			people[who] = p
		}
	}
	return nil
}

// spokeIn are those who spoke on the Days from <= Day < to.
func (t *Tiers) spokeIn(ctx context.Context, from, to Day) (map[MemberID]bool, error) {
	aliases, err := Aliases(ctx, t.db)
	if err != nil {
		return nil, err
	}
	active := map[MemberID]bool{}
	err = t.db.Each(ctx, func(scan func(...any) error) error {
		var id MemberID
		err := scan(&id)
		active[aliases.Resolve(id)] = true
		return err
	}, `SELECT DISTINCT member_id FROM activity WHERE day >= ? AND day < ?`, int(from), int(to))
	if err != nil {
		return nil, fmt.Errorf("moves: %w", err)
	}
	return active, nil
}

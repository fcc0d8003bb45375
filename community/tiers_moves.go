package community

import (
	"context"
	"fmt"

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
		if list[i], err = t.moved(ctx, entries, people, first, after); err != nil {
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
	var entries []tiers.Entry
	last, ok, err := t.Last(ctx)
	switch {
	case err != nil:
		return Moves{}, err
	case ok && last >= to-1:
		entries, err = t.Between(ctx, 0, to+1)
	default:
		_, err = t.At(ctx, to-1, func(e tiers.Entry) { entries = append(entries, e) })
	}
	if err != nil {
		return Moves{}, err
	}
	return t.moved(ctx, entries, people, from, to)
}

func (t *Tiers) moved(ctx context.Context, entries []tiers.Entry, people map[MemberID]passenger, first, after Day) (Moves, error) {
	m := Moves{Matrix: map[tiers.Tier]map[tiers.Tier]int{}, Ends: map[tiers.Tier]int{}, Active: map[tiers.Tier]int{}}
	// What a night changes holds from the morning of the next Day: a month ends with the night after its last Day.
	before, end := map[MemberID]tiers.Standing{}, map[MemberID]tiers.Standing{}
	for _, e := range entries {
		if Day(e.Day) <= first {
			before[MemberID(e.Member)] = e.After
		}
		if Day(e.Day) <= after {
			end[MemberID(e.Member)] = e.After
		}
	}
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
		from, to := held(before[id]), held(end[id])
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
			since := max(Day(end[id].Since), p.first)
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
	out, err := LeftOut(ctx, t.db, t.bots)
	if err != nil {
		return nil, err
	}
	aliases, err := Aliases(ctx, t.db)
	if err != nil {
		return nil, err
	}
	people := map[MemberID]passenger{}
	err = t.db.Each(ctx, func(scan func(...any) error) error {
		var id MemberID
		var seen, here, left int64
		if err := scan(&id, &seen, &here, &left); err != nil {
			return err
		}
		who := aliases.Resolve(id)
		if out[who] {
			return nil
		}
		p, known := people[who]
		first := t.calendar.Day(bot.FromMillis(seen))
		if !known || first < p.first {
			p.first = first
		}
		switch { // they are there while one of their ids is
		case here > 0 || left == 0:
			p.left = 0
		case !known || p.left != 0:
			p.left = max(p.left, t.calendar.Day(bot.FromMillis(left)))
		}
		people[who] = p
		return nil
	}, `SELECT m.id, m.first_seen, COUNT(CASE WHEN s.left_at = 0 THEN 1 END), COALESCE(MAX(s.left_at), 0)
		FROM members m LEFT JOIN stays s ON s.member_id = m.id WHERE m.first_seen > 0 GROUP BY m.id, m.first_seen`)
	if err != nil {
		return nil, fmt.Errorf("moves: %w", err)
	}
	return people, nil
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

package nudge

import (
	"context"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/uplift"
)

// What a run does at the most.
const (
	names    = 5    // in one message to a group
	examined = 2000 // people who are looked at closely
)

// choice is what a run would do about one person of the segment.
type choice struct {
	person  community.MemberID
	name    string
	reason  string // why they get nothing; isHeld: they are held out; empty: they get it
	variant string
	fresh   bool              // it is their first turn in the quarter: their side is assigned
	group   community.GroupID // where they would hear of it; empty: in private
	streak  int
}

// room is what a group would hear.
type room struct {
	group   community.GroupID
	variant string
	list    []*choice // who is named in it
	sides   []*choice // and who would be, but is held out
}

// plan is what a run would do.
type plan struct {
	choices []*choice
	private []*choice
	held    []*choice // held out, who would hear of it in private
	rooms   []*room
	later   int // people beyond those who are looked at
}

// quarterOf is the quarter of a year that a Day is in, like 2026Q4.
func quarterOf(day community.Day) string {
	y, m, _ := day.Date()
	return fmt.Sprintf("%dQ%d", y, (int(m)+2)/3)
}

// decide is what a run of a family would do now. It changes nothing.
func (f *feature) decide(ctx context.Context, r *bot.Request, fam *Family) (*plan, error) {
	crowd, err := f.crowd(ctx, fam, r.At)
	if err != nil {
		return nil, err
	}
	f.shuffle(r, fam, crowd)
	units, err := f.units(ctx, fam.Name, quarterOf(f.c.Calendar.Day(r.At)))
	if err != nil {
		return nil, err
	}
	p := &plan{}
	looked := 0
	for _, who := range crowd {
		if who.reason == "" {
			looked++
		}
		if looked > examined {
			p.later++
			continue
		}
		in, err := f.fine(ctx, &fam.Segment, who, r.At)
		if err != nil {
			return nil, err
		}
		if !in {
			continue
		}
		c := &choice{person: who.ID, reason: who.reason, streak: who.Streak}
		if c.reason == "" {
			if err := f.place(ctx, r, fam, p, c, units[who.ID]); err != nil {
				return nil, err
			}
		}
		p.choices = append(p.choices, c)
	}
	return p, f.call(ctx, p)
}

// shuffle puts people into an order by chance, another one on each Day, so that nobody always comes first.
func (f *feature) shuffle(r *bot.Request, fam *Family, list []*profile) {
	key, day := r.SubKey("nudge"), f.c.Calendar.Day(r.At).String()
	place := make(map[community.MemberID]float64, len(list))
	for _, p := range list {
		place[p.ID] = uplift.Chance(key, "order", fam.Name, day, string(p.ID))
	}
	slices.SortStableFunc(list, func(a, b *profile) int {
		switch x, y := place[a.ID], place[b.ID]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

// place finds somebody's side and where they hear of it, where there is room.
func (f *feature) place(ctx context.Context, r *bot.Request, fam *Family, p *plan, c *choice, side unit) error {
	if waits, err := f.c.Waits(ctx, c.person); err != nil || waits {
		c.reason = isUnsure
		return err
	}
	if err := f.side(ctx, r, fam, c, side); err != nil {
		return err
	}
	open := false
	if fam.Channel != Group {
		var err error
		if open, err = f.c.Reachable(ctx, string(c.person)); err != nil {
			return err
		}
	}
	if open {
		if len(p.private) >= f.cfg.PerRun {
			c.reason = ranFull
			return nil
		}
		if c.reason == isHeld {
			p.held = append(p.held, c)
			return nil
		}
		p.private = append(p.private, c)
		return nil
	}
	if fam.Channel == Private {
		c.reason = noWay
		return nil
	}
	home, err := f.c.Home(ctx, c.person)
	if err != nil {
		return err
	}
	if home == "" {
		c.reason = noWay
		return nil
	}
	c.group = home
	p.enter(c)
	return nil
}

// enter puts somebody into the message to their group, if there is room, and it is in their wording. Who is held out
// uses up no room, but gets their side only where the message would have named them.
func (p *plan) enter(c *choice) {
	i := slices.IndexFunc(p.rooms, func(r *room) bool { return r.group == c.group })
	if i < 0 {
		i, p.rooms = len(p.rooms), append(p.rooms, &room{group: c.group, variant: c.variant})
	}
	switch in := p.rooms[i]; {
	case in.variant != c.variant:
		c.reason = otherText
	case len(in.list) >= names:
		c.reason = ranFull
	case c.reason == isHeld:
		in.sides = append(in.sides, c)
	default:
		in.list = append(in.list, c)
	}
}

// side is whether somebody is held out, and which wording is theirs: as it was assigned in this quarter, or as chance has
// it for the oldest of their ids. Nobody hears the same twice where there are other words.
func (f *feature) side(ctx context.Context, r *bot.Request, fam *Family, c *choice, known unit) error {
	ids, err := f.c.IDs(ctx, c.person)
	if err != nil {
		return err
	}
	if known.Member != "" && known.Held {
		c.reason = isHeld
	}
	if i := slices.IndexFunc(fam.Variants, func(v Variant) bool { return known.Member != "" && v.Letter == known.Variant[:1] }); i >= 0 {
		had, err := f.had(ctx, fam, ids)
		if err != nil {
			return err
		}
		c.variant = fam.Variants[(i+had)%len(fam.Variants)].label()
		return nil
	}
	first := ids[0]
	for _, id := range ids {
		if older(id, first) {
			first = id
		}
	}
	key, quarter := r.SubKey("nudge"), quarterOf(f.c.Calendar.Day(r.At))
	if known.Member == "" {
		c.fresh = true
		if uplift.Chance(key, "holdout", fam.Name, quarter, string(first)) < Heldout {
			c.reason = isHeld
		}
	}
	n := int(uplift.Chance(key, "variant", fam.Name, quarter, string(first)) * float64(len(fam.Variants)))
	c.variant = fam.Variants[n].label()
	return nil
}

// had is how many turns of a family somebody had: beside the first, which is measured, the wordings take turns.
func (f *feature) had(ctx context.Context, fam *Family, ids []community.MemberID) (n int, err error) {
	in, args := community.In(ids, fam.Name)
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM nudge_sends WHERE member_id IN `+in+` AND family = ? AND state IN ('sent', 'unknown', 'held')`, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("turns: %w", err)
	}
	return n, nil
}

// call finds what those are called whom it is about.
func (f *feature) call(ctx context.Context, p *plan) error {
	ids := make([]community.MemberID, len(p.choices))
	for i, c := range p.choices {
		ids[i] = c.person
	}
	called, err := f.c.Names(ctx, ids...)
	for _, c := range p.choices {
		c.name = called[c.person]
	}
	return err
}

// reasons counts why people get nothing.
func (p *plan) reasons() map[string]int {
	n := map[string]int{}
	for _, c := range p.choices {
		if c.reason != "" {
			n[c.reason]++
		}
	}
	return n
}

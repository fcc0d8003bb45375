package report

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/community"
)

// entry is that somebody was active on a Day, and how many messages they wrote.
type entry struct{ who, messages int32 }

// course is what happened Day by Day in the scope of a report.
type course struct {
	from, to community.Day // from <= Day < to
	days     [][]entry     // by Day; each person once
	hours    [][24]int     // messages by hour
	waits    [][]int64     // of openers
}

// on are those who were active on a Day.
func (c *course) on(d community.Day) []entry {
	if d < c.from || d >= c.to {
		return nil
	}
	return c.days[d-c.from]
}

// counter adds up who spoke on which Day.
type counter struct {
	*course
	crowd *crowd
	sums  []map[int32]int32
}

func (c *counter) add(d community.Day, id string, messages int) {
	if n, ok := c.crowd.place(community.MemberID(id)); ok {
		c.sums[d-c.from][n] += int32(messages)
	}
}

// load reads the Days from <= Day < to. Hours and openers are read for those of the detail only. Nothing that lies in
// rollups is read from messages.
func (f *feature) load(ctx context.Context, crowd *crowd, group community.GroupID, from, to community.Day, detail Period) (*course, error) {
	n := max(0, int(to-from))
	c := &counter{&course{from, to, make([][]entry, n), make([][24]int, n), make([][]int64, n)}, crowd, make([]map[int32]int32, n)}
	for i := range c.sums {
		c.sums[i] = map[int32]int32{}
	}
	s, err := f.state(ctx)
	if err != nil {
		return nil, err
	}
	if s.day > 0 {
		if err := f.compare(ctx, &s, crowd.people); err != nil {
			return nil, err
		}
	}
	where, args := ``, []any{int(from), int(to)}
	if group != "" {
		where, args = ` AND group_id = ?`, append(args, string(group))
	}
	if err := f.readRolled(ctx, c, s, where, args); err != nil {
		return nil, err
	}
	if err := f.readSpoken(ctx, c, s, where, args); err != nil {
		return nil, err
	}
	if err := f.readDetail(ctx, c, s, group, detail); err != nil {
		return nil, err
	}
	if err := f.readActs(ctx, c, group); err != nil {
		return nil, err
	}
	for i, sums := range c.sums {
		c.days[i] = make([]entry, 0, len(sums))
		for who, messages := range sums {
			c.days[i] = append(c.days[i], entry{who, messages})
		}
	}
	return c.course, nil
}

// readRolled reads the rollups that can be trusted.
func (f *feature) readRolled(ctx context.Context, c *counter, s rolled, where string, args []any) error {
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var d community.Day
		var g community.GroupID
		var speakers, hours, waits string
		if err := scan(&d, &g, &speakers, &hours, &waits); err != nil {
			return err
		}
		if !s.trusts(g, d) {
			return nil
		}
		eachSpeaker(speakers, func(id string, messages int) { c.add(d, id, messages) })
		for h, n := range numbers(hours) {
			c.hours[d-c.from][h%24] += int(n)
		}
		c.waits[d-c.from] = append(c.waits[d-c.from], numbers(waits)...)
		return nil
	}, `SELECT day, group_id, speakers, hours, waits FROM report_days WHERE day >= ? AND day < ?`+where, args...)
	if err != nil {
		return fmt.Errorf("rollups: %w", err)
	}
	return nil
}

// readSpoken reads who spoke on Days without a rollup that can be trusted.
func (f *feature) readSpoken(ctx context.Context, c *counter, s rolled, where string, args []any) error {
	add := func(line string) {
		day, rest, _ := strings.Cut(line, " ")
		group, rest, _ := strings.Cut(rest, " ")
		id, messages, _ := strings.Cut(rest, " ")
		d, _ := strconv.Atoi(day)
		n, _ := strconv.Atoi(messages)
		if !s.trusts(community.GroupID(group), community.Day(d)) {
			c.add(community.Day(d), id, n)
		}
	}
	const query = `SELECT day || ' ' || group_id || ' ' || member_id || ' ' || messages AS line FROM activity WHERE day >= ? AND day < ?`
	late := append([]any{max(args[0].(int), int(s.day)+1)}, args[1:]...)
	if err := f.db.Lines(ctx, add, query+where, late...); err != nil {
		return fmt.Errorf("activity: %w", err)
	}
	for g, from := range s.doubtOf {
		begin, end := max(args[0].(int), int(from)), min(args[1].(int), int(s.day)+1)
		if begin >= end || len(args) > 2 && args[2] != string(g) {
			continue
		}
		if err := f.db.Lines(ctx, add, query+` AND group_id = ?`, begin, end, string(g)); err != nil {
			return fmt.Errorf("activity in %s: %w", g, err)
		}
	}
	return nil
}

// readDetail reads the hours and openers that no rollup tells from the messages.
func (f *feature) readDetail(ctx context.Context, c *counter, s rolled, group community.GroupID, detail Period) error {
	first, after := max(detail.First, c.from), min(detail.After, c.to)
	groups := []community.GroupID{group}
	if group == "" {
		var err error
		if groups, err = f.spokenIn(ctx, max(first, s.day+1), after); err != nil {
			return err
		}
		for g := range s.doubtOf {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	for _, g := range groups {
		from := first
		for from < after && s.trusts(g, from) {
			from++
		}
		if from >= after {
			continue
		}
		days, err := f.roll(ctx, c.crowd.people, g, from, after)
		if err != nil {
			return err
		}
		for d, one := range days {
			for h, n := range one.hours {
				c.hours[d-c.from][h] += n
			}
			c.waits[d-c.from] = append(c.waits[d-c.from], one.waits...)
		}
	}
	return nil
}

// readActs adds those who did something that is no message in a group: a contribution, or an action that a feature knows.
func (f *feature) readActs(ctx context.Context, c *counter, group community.GroupID) error {
	where, args := ``, []any{int(c.from), int(c.to)}
	if group != "" {
		where, args = ` AND group_id = ?`, append(args, string(group))
	}
	err := f.db.Lines(ctx, func(line string) {
		day, id, _ := strings.Cut(line, " ")
		d, _ := strconv.Atoi(day)
		c.add(community.Day(d), id, 0)
	}, `SELECT day || ' ' || member_id AS line FROM contributions WHERE day >= ? AND day < ? AND withdrawn_at IS NULL AND kind <> '`+string(community.ValidInvite)+`'`+where, args...)
	if err != nil {
		return fmt.Errorf("contributions: %w", err)
	}
	if group != "" {
		return nil // other actions happen in no group
	}
	return f.c.Facts.Actions(ctx, c.from, c.to, func(d community.Day, id community.MemberID) { c.add(d, string(id), 0) })
}

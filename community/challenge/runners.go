package challenge

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/weilu-im/weilu/community"
)

// runner is somebody who takes part, as lists need to know them.
type runner struct {
	Member community.MemberID
	Group  community.GroupID
	Quiet  bool
	Away   bool          // they left that group
	since  community.Day // when they joined
	Standing
	marks map[Kind]bool // of the Day that is looked at
}

// runners are those who take part in a challenge on a Day, people with several ids once.
func (f *feature) runners(ctx context.Context, c *challenge, day community.Day) ([]*runner, error) {
	all, err := f.everybody(ctx, c, day)
	return slices.DeleteFunc(all, func(p *runner) bool { return day < max(p.First, p.since) || day > p.Last }), err
}

// everybody is who takes part in a challenge on any Day, with the marks of one Day.
func (f *feature) everybody(ctx context.Context, c *challenge, day community.Day) (list []*runner, err error) {
	d, err := f.c.Directory(ctx)
	if err != nil {
		return nil, err
	}
	people, left, out := map[community.MemberID]*runner{}, map[community.MemberID]bool{}, map[community.MemberID]bool{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var m member
		if err := scan(&m.Origin, &m.Day, &m.Group, &m.Left, &m.Out, &m.Quiet); err != nil {
			return err
		}
		who := d.Who(m.Origin)
		out[who] = out[who] || m.Out > 0
		if m.Left {
			left[who] = left[who] || people[who] == nil
			return nil
		}
		p := people[who]
		if p == nil {
			p = &runner{Member: who, since: m.Day, marks: map[Kind]bool{}}
			people[who] = p
		}
		p.Group, p.Quiet, p.since = m.Group, p.Quiet || m.Quiet, min(p.since, m.Day)
		return nil
	}, `SELECT member_id, day, group_id, quit_at > 0, out_seq, quiet FROM challenge_members WHERE challenge_id = ? ORDER BY seq, member_id`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("who takes part in challenge %d: %w", c.ID, err)
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var who community.MemberID
		var s Standing
		if err := scan(&who, &s.First, &s.Last, &s.Total, &s.Best, &s.Run, &s.RunEnd, &s.Reached); err != nil {
			return err
		}
		if p := people[d.Who(who)]; p != nil {
			p.Standing = s
		}
		return nil
	}, `SELECT member_id, first_day, last_day, total, best, run, run_end, reached FROM challenge_standings WHERE challenge_id = ?`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("standings of challenge %d: %w", c.ID, err)
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var kind Kind
		if err := scan(&id, &kind); err != nil {
			return err
		}
		if p := people[d.Who(id)]; p != nil {
			p.marks[kind] = true
		}
		return nil
	}, `SELECT member_id, kind FROM challenge_marks WHERE challenge_id = ? AND day = ? AND gone_seq = 0`, c.ID, int(day))
	if err != nil {
		return nil, fmt.Errorf("marks of challenge %d: %w", c.ID, err)
	}
	if err := f.away(ctx, c, d, people); err != nil {
		return nil, err
	}
	for _, who := range slices.Sorted(maps.Keys(people)) {
		if !out[who] {
			list = append(list, people[who])
		}
	}
	return list, nil
}

// away marks those who left, under all of their ids, the group in which they hear of a challenge.
func (f *feature) away(ctx context.Context, c *challenge, d *community.Directory, people map[community.MemberID]*runner) error {
	stays := map[community.MemberID]bool{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var group community.GroupID
		var left bool
		if err := scan(&id, &group, &left); err != nil {
			return err
		}
		if p := people[d.Who(id)]; p != nil && p.Group == group {
			stays[p.Member] = stays[p.Member] || !left
			p.Away = !stays[p.Member]
		}
		return nil
	}, `SELECT member_id, group_id, left_at > 0 FROM stays WHERE member_id IN (SELECT member_id FROM challenge_members WHERE challenge_id = ?)
		OR member_id IN (SELECT alias FROM aliases) OR member_id IN (SELECT member_id FROM aliases)`, c.ID)
	if err != nil {
		return fmt.Errorf("who left the groups of challenge %d: %w", c.ID, err)
	}
	return nil
}

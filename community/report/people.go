package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// people is who is one person, who appears in no figure, and which groups don't.
type people struct {
	*community.Directory
	out   map[community.MemberID]bool
	tests map[community.GroupID]bool
}

func (f *feature) people(ctx context.Context) (*people, error) {
	d, err := f.c.Directory(ctx)
	if err != nil {
		return nil, err
	}
	out, err := f.c.Uncounted(ctx)
	if err != nil {
		return nil, err
	}
	tests, err := f.c.TestGroups(ctx)
	return &people{d, out, tests}, err
}

// counts is the person that an id stands for, and whether they appear in figures.
func (p *people) counts(id community.MemberID) (who community.MemberID, ok bool) {
	who = p.Who(id)
	return who, !p.out[who]
}

func (p *people) idsOf(id community.MemberID) []community.MemberID { return p.IDs(id) }

// person is one member as figures see them.
type person struct {
	id      community.MemberID
	first   community.Day // when they were first seen, in the scope of the report; 0: never
	founder bool          // they were there when the bot first looked: nobody knows since when
}

// crowd is everybody who was ever seen in the scope of a report, but for staff and bots.
type crowd struct {
	*people
	list  []person
	index map[community.MemberID]int32
}

// place is the index of the person that an id stands for; ok is false for who appears in no figure.
func (c *crowd) place(id community.MemberID) (n int32, ok bool) {
	who, ok := c.counts(id)
	if !ok {
		return 0, false
	}
	n, known := c.index[who]
	if !known {
		n = int32(len(c.list))
		c.index[who] = n
		c.list = append(c.list, person{id: who})
	}
	return n, true
}

// crowd reads who was seen first when: in the community by the first join, message or list that showed them, in a group by
// the first join or message there, or the list that showed them.
func (f *feature) crowd(ctx context.Context, p *people, group community.GroupID) (*crowd, error) {
	c := &crowd{people: p, index: map[community.MemberID]int32{}}
	founding, err := f.founding(ctx)
	if err != nil {
		return nil, err
	}
	if c.tests[group] {
		return c, nil
	}
	query, args := `SELECT id || ' ' || first_seen AS line FROM members WHERE first_seen > 0`, []any(nil)
	if group == "" && len(c.tests) > 0 { // whoever is in test groups was seen first where it counts
		const tested, counts = `(SELECT t.member_id FROM stays t JOIN groups g ON g.id = t.group_id AND g.test)`, ` IN (SELECT id FROM groups WHERE NOT test)`
		query += ` AND id NOT IN ` + tested + `
			UNION ALL SELECT member_id || ' ' || joined_at FROM stays WHERE joined_at > 0 AND group_id` + counts + ` AND member_id IN ` + tested + `
			UNION ALL SELECT member_id || ' ' || at FROM passages WHERE kind = 'joined' AND group_id` + counts + ` AND member_id IN ` + tested + `
			UNION ALL SELECT member_id || ' ' || MIN(first_at) FROM activity WHERE member_id IN ` + tested + ` GROUP BY member_id`
	}
	if group != "" {
		query, args = `SELECT member_id || ' ' || joined_at AS line FROM stays WHERE group_id = ? AND joined_at > 0
			UNION ALL SELECT member_id || ' ' || at FROM passages WHERE group_id = ? AND kind = 'joined'
			UNION ALL SELECT member_id || ' ' || MIN(first_at) FROM activity WHERE group_id = ? GROUP BY member_id`, []any{string(group), string(group), string(group)}
	}
	first := map[int32]int64{}
	err = f.db.Lines(ctx, func(line string) {
		id, when, _ := strings.Cut(line, " ")
		at, _ := strconv.ParseInt(when, 10, 64)
		if n, ok := c.place(community.MemberID(id)); ok {
			if was, seen := first[n]; !seen || at < was {
				first[n] = at
			}
		}
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	for n, at := range first {
		c.list[n].first, c.list[n].founder = f.c.Calendar.Day(bot.FromMillis(at)), founding[at]
	}
	return c, nil
}

// founding are the instants at which groups were listed for the first time.
func (f *feature) founding(ctx context.Context) (map[int64]bool, error) {
	at := map[int64]bool{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var ms int64
		err := scan(&ms)
		at[ms] = true
		return err
	}, `SELECT MIN(listed_at) FROM chats WHERE listed_at > 0 GROUP BY group_id`)
	if err != nil {
		return nil, fmt.Errorf("first lists of groups: %w", err)
	}
	return at, nil
}

// stay is somebody in a group.
type stay struct{ group, member string }

// present is who is in a group at the end of a Day, one of the scope's: as it is now, taken back by what happened since.
func (f *feature) present(ctx context.Context, c *crowd, group community.GroupID, day community.Day) (map[int32]bool, error) {
	end := f.c.Calendar.Start(day + 1).UnixMilli()
	where, args := ``, []any{end}
	if len(c.tests) > 0 {
		where = ` AND group_id NOT IN (SELECT id FROM groups WHERE test)`
	}
	if group != "" {
		where, args = where+` AND group_id = ?`, append(args, string(group))
	}
	joinedNext, err := f.movedSince(ctx, where, args)
	if err != nil {
		return nil, err
	}
	here := map[int32]bool{}
	see := func(s stay, inside bool) {
		if n, ok := c.place(community.MemberID(s.member)); ok && inside && c.list[n].first != 0 && c.list[n].first <= day {
			here[n] = true
		}
	}
	err = f.db.Lines(ctx, func(line string) {
		group, member, _ := strings.Cut(line, " ")
		if _, moved := joinedNext[stay{group, member}]; !moved {
			see(stay{group, member}, true)
		}
	}, `SELECT group_id || ' ' || member_id AS line FROM stays WHERE left_at = 0 AND joined_at < ?`+where, args...)
	if err != nil {
		return nil, fmt.Errorf("who was there on %s: %w", day, err)
	}
	for s, joined := range joinedNext {
		if joined {
			continue // they were outside before that
		}
		known, err := f.cameBefore(ctx, s, end)
		if err != nil {
			return nil, err
		}
		see(s, known)
	}
	return here, nil
}

// movedSince are those who joined or left since an instant, and whether the first of that was a join.
func (f *feature) movedSince(ctx context.Context, where string, args []any) (map[stay]bool, error) {
	since, joined := map[stay]int64{}, map[stay]bool{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var s stay
		var at int64
		var kind string
		if err := scan(&s.group, &s.member, &at, &kind); err != nil {
			return err
		}
		if was, ok := since[s]; !ok || at < was {
			since[s], joined[s] = at, kind == string(bot.Joined)
		}
		return nil
	}, `SELECT group_id, member_id, at, kind FROM passages WHERE at >= ?`+where, args...)
	if err != nil {
		return nil, fmt.Errorf("joins and leaves: %w", err)
	}
	return joined, nil
}

// cameBefore tells whether somebody who left a group after an instant was there before it, which the stay does not tell any
// more: by a join or a message before, or because nothing says when they came.
func (f *feature) cameBefore(ctx context.Context, s stay, end int64) (bool, error) {
	var first int64
	err := f.db.Row(ctx, `SELECT COALESCE(MIN(at), 0) FROM (SELECT MIN(first_at) AS at FROM activity WHERE member_id = ? AND group_id = ?
		UNION ALL SELECT MIN(at) FROM passages WHERE member_id = ? AND group_id = ? AND kind = 'joined') AS seen`, s.member, s.group, s.member, s.group).Scan(&first)
	if err != nil {
		return false, fmt.Errorf("when %s came: %w", s.member, err)
	}
	return first < end, nil
}

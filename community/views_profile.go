package community

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// profiles reads what views show of people, in the order given.
func (c *Community) profiles(ctx context.Context, d *Directory, at time.Time, people []MemberID) ([]profile, error) {
	if len(people) == 0 {
		return nil, nil
	}
	known, err := d.People(ctx, people...)
	if err != nil {
		return nil, err
	}
	worth, err := d.Worth(ctx, people...)
	if err != nil {
		return nil, err
	}
	list, index := make([]profile, len(people)), map[MemberID]*profile{}
	for i, id := range people {
		list[i] = profile{Person: known[id], worth: worth[id]}
		index[id] = &list[i]
	}
	of := func(id string) *profile { return index[d.Who(MemberID(id))] }
	ids := d.all(people)
	for _, read := range []func() error{
		func() error { return c.countMessages(ctx, ids, of, c.Calendar.Day(at)) },
		func() error { return c.findPlaces(ctx, ids, of) },
		func() error {
			var waits []string
			err := c.db.Conn(ctx).Raw(`SELECT id FROM members WHERE id IN ? AND provisional > 0`, people).Scan(&waits).Error
			for _, id := range waits {
				of(id).waits = true
			}
			return err
		},
	} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("read members: %w", err)
		}
	}
	return list, nil
}

// countMessages adds what people said, and when they did last.
func (c *Community) countMessages(ctx context.Context, ids []MemberID, of func(string) *profile, today Day) error {
	var rows []struct {
		MemberID               string
		Said, Messages, LastAt int64
	}
	err := c.db.Conn(ctx).Raw(`SELECT member_id, SUM(messages) AS said, SUM(CASE WHEN day > ? THEN messages ELSE 0 END) AS messages, MAX(last_at) AS last_at
		FROM activity WHERE member_id IN ? GROUP BY member_id`, int(today)-recently, ids).Scan(&rows).Error
	for _, row := range rows {
		p := of(row.MemberID)
		p.messages, p.said = p.messages+row.Messages, p.said+row.Said
		p.saw(row.LastAt)
	}
	return err
}

func (p *profile) saw(ms int64) {
	if at := bot.FromMillis(ms); at.After(p.last) {
		p.last = at
	}
}

// findPlaces adds in which groups people are. Under one of several ids they may have left: the user of an older login
// is never told to leave, so there only who was heard since is here.
func (c *Community) findPlaces(ctx context.Context, ids []MemberID, of func(string) *profile) error {
	var rows []struct {
		MemberID, GroupID, Name string
		JoinedAt, LeftAt        int64
	}
	if err := c.db.Conn(ctx).Raw(`SELECT s.member_id, s.group_id, g.name, s.joined_at, s.left_at FROM stays s JOIN groups g ON g.id = s.group_id
		WHERE s.member_id IN ? ORDER BY LENGTH(s.group_id), s.group_id`, ids).Scan(&rows).Error; err != nil {
		return err
	}
	type place struct {
		p     *profile
		group string
	}
	stays, order := map[place][]int{}, []place{}
	for i, row := range rows {
		p := of(row.MemberID)
		p.saw(row.JoinedAt)
		at := place{p, row.GroupID}
		if stays[at] == nil {
			order = append(order, at)
		}
		stays[at] = append(stays[at], i)
	}
	for _, at := range order {
		var open []string
		var left, heard int64
		for _, i := range stays[at] {
			left = max(left, rows[i].LeftAt)
			if rows[i].LeftAt == 0 {
				open, heard = append(open, rows[i].MemberID), max(heard, rows[i].JoinedAt)
			}
		}
		if len(open) > 0 && left > 0 {
			var said int64
			if err := c.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(last_at), 0) FROM activity WHERE group_id = ? AND member_id IN ?`, at.group, open).Row().Scan(&said); err != nil {
				return err
			}
			if max(heard, said) <= left {
				continue
			}
		}
		if len(open) > 0 {
			at.p.groups = append(at.p.groups, strings.TrimSpace(rows[stays[at][0]].Name))
		}
	}
	return nil
}

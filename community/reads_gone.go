package community

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Gone are the members who were in a group and are in none now. It reads tables only.
func (c *Community) Gone(ctx context.Context) ([]MemberID, error) {
	aliases, err := Aliases(ctx, c.db)
	if err != nil {
		return nil, err
	}
	var ids []MemberID
	if err := c.db.Conn(ctx).Raw(`SELECT member_id FROM stays GROUP BY member_id HAVING MIN(left_at) > 0`).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("who left: %w", err)
	}
	several := make(map[MemberID]bool, 2*len(aliases))
	for alias, id := range aliases {
		several[alias], several[id] = true, true
	}
	gone := slices.DeleteFunc(ids, func(id MemberID) bool { return several[id] })
	if len(several) > 0 {
		more, err := c.goneOfSeveral(ctx, aliases)
		if err != nil {
			return nil, err
		}
		gone = append(gone, more...)
	}
	slices.SortFunc(gone, compareIDs)
	return gone, nil
}

// severalIDs are all ids of people who have more than one.
const severalIDs = `(SELECT alias FROM aliases UNION SELECT member_id FROM aliases)`

// where is a person with several ids in a group.
type where struct {
	member MemberID
	group  string
}

// presence is what is known of them there.
type presence struct {
	left  int64 // when they left last, under any id
	open  bool  // under one they did not leave
	heard int64 // when they were there last under one of those
}

// is tells whether they are there. The user of an older login is never told to leave, so where they left under one id
// they are only there if another was heard since.
func (p *presence) is() bool { return p.open && (p.left == 0 || p.heard > p.left) }

// goneOfSeveral are those of Gone who have several ids.
func (c *Community) goneOfSeveral(ctx context.Context, aliases AliasMap) ([]MemberID, error) {
	here, err := c.here(ctx, aliases.Resolve, severalIDs)
	return slices.DeleteFunc(slices.Collect(maps.Keys(here)), func(id MemberID) bool { return here[id] }), err
}

// IsGone tells of one person whether they were in a group and are in none now.
func (ro *Roster) IsGone(ctx context.Context, id MemberID) (bool, error) {
	ids, err := ro.IDs(ctx, id)
	if err != nil {
		return false, err
	}
	here, err := ro.here(ctx, func(MemberID) MemberID { return id }, `?`, ids)
	present, known := here[id]
	return known && !present, err
}

// here tells of each person with a stay under some ids whether they are in a group.
func (ro *Roster) here(ctx context.Context, who func(MemberID) MemberID, ids string, args ...any) (map[MemberID]bool, error) {
	var rows []struct {
		GroupID, MemberID        string
		JoinedAt, LeftAt, LastAt int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT s.group_id, s.member_id, s.joined_at, s.left_at, COALESCE((SELECT MAX(a.last_at) FROM activity a
		WHERE a.member_id = s.member_id AND a.group_id = s.group_id), 0) AS last_at FROM stays s WHERE s.member_id IN `+ids, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("who left: %w", err)
	}
	known, here := map[where]*presence{}, map[MemberID]bool{}
	for _, row := range rows {
		id := who(MemberID(row.MemberID))
		at := where{id, row.GroupID}
		if known[at] == nil {
			known[at] = &presence{}
		}
		p := known[at]
		p.left = max(p.left, row.LeftAt)
		if row.LeftAt == 0 {
			p.open, p.heard = true, max(p.heard, row.JoinedAt, row.LastAt)
		}
		here[id] = here[id] || false
	}
	for at, p := range known {
		here[at.member] = here[at.member] || p.is()
	}
	return here, nil
}

package community

import (
	"context"
	"fmt"
)

// Gone are the members who were in a group and are in none now.
func (ro *Roster) Gone(ctx context.Context) ([]MemberID, error) { return ro.gone(ctx, `1 = ?`, 1) }

// IsGone tells of one person whether they were in a group and are in none now.
func (ro *Roster) IsGone(ctx context.Context, id MemberID) (bool, error) {
	ids, err := ro.IDs(ctx, id)
	if err != nil {
		return false, err
	}
	gone, err := ro.gone(ctx, `member_id IN ?`, ids)
	return len(gone) > 0, err
}

// gone is Gone of the people whose stays a condition picks: all stays of each of them, or none.
func (ro *Roster) gone(ctx context.Context, where string, arg any) ([]MemberID, error) {
	var stays []struct {
		GroupID, MemberID string
		JoinedAt, LeftAt  int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT group_id, member_id, joined_at, left_at FROM stays WHERE `+where+` ORDER BY LENGTH(member_id), member_id`, arg).
		Scan(&stays).Error; err != nil {
		return nil, fmt.Errorf("who left: %w", err)
	}
	type place struct{ person, group string }
	left, several := map[place]int64{}, map[place]bool{}
	open := map[place][]string{} // ids with an open stay
	order, seen := []string{}, map[string]bool{}
	for _, s := range stays {
		who, err := ro.Who(ctx, MemberID(s.MemberID))
		if err != nil {
			return nil, err
		}
		p := place{string(who), s.GroupID}
		if !seen[p.person] {
			seen[p.person], order = true, append(order, p.person)
		}
		several[p] = several[p] || s.MemberID != p.person
		if s.LeftAt == 0 {
			open[p] = append(open[p], s.MemberID)
		}
		left[p] = max(left[p], s.LeftAt)
	}
	here := map[string]bool{}
	for p, ids := range open {
		if here[p.person] {
			continue
		}
		if left[p] == 0 || !several[p] {
			here[p.person] = true
			continue
		}
		// Under one id they left. The user of an older login is never told to leave, so only who was heard since is here.
		var last int64
		if err := ro.db.Conn(ctx).Raw(`SELECT MAX(t) FROM (
			SELECT COALESCE(MAX(last_at), 0) AS t FROM activity WHERE group_id = ? AND member_id IN ?
			UNION ALL SELECT COALESCE(MAX(joined_at), 0) FROM stays WHERE group_id = ? AND member_id IN ?) AS heard`,
			p.group, ids, p.group, ids).Row().Scan(&last); err != nil {
			return nil, fmt.Errorf("who left: %w", err)
		}
		here[p.person] = last > left[p]
	}
	var gone []MemberID
	for _, person := range order {
		if !here[person] {
			gone = append(gone, MemberID(person))
		}
	}
	return gone, nil
}

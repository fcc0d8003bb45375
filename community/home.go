package community

import (
	"context"
	"fmt"
)

// Home is the group in which somebody is spoken of: where they spoke last, of those in which they are and the bot acts;
// empty where there is none.
func (c *Community) Home(ctx context.Context, member MemberID) (group GroupID, err error) {
	ids, err := c.IDs(ctx, member)
	if err != nil {
		return "", err
	}
	in, args := In(ids, true)
	err = SQL{c.db}.Row(ctx, `SELECT COALESCE((SELECT s.group_id FROM stays s JOIN groups g ON g.id = s.group_id
		LEFT JOIN activity a ON a.member_id = s.member_id AND a.group_id = s.group_id
		WHERE s.member_id IN `+in+` AND s.left_at = 0 AND g.adopted = ? GROUP BY s.group_id ORDER BY MAX(COALESCE(a.last_at, 0)) DESC, s.group_id LIMIT 1), '')`, args...).Scan(&group)
	if err != nil {
		return "", fmt.Errorf("group of %s: %w", member, err)
	}
	return group, nil
}

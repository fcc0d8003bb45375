package challenge

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/community"
)

// interestDays is how long the challenges that somebody joined tell what they care about.
const interestDays = 180

// interests are the challenges that people take part in, or did lately; who left one is not in it.
func (f *feature) interests(ctx context.Context, at time.Time, ids []community.MemberID) (map[community.MemberID][]string, error) {
	query, args := `SELECT m.member_id, c.name FROM challenge_members m JOIN challenges c ON c.id = m.challenge_id
		WHERE m.quit_at = 0 AND m.out_seq = 0 AND m.at > ? AND m.at <= ? `, []any{at.AddDate(0, 0, -interestDays).UnixMilli(), at.UnixMilli()}
	if len(ids) > 0 {
		in, of := community.In(ids)
		query, args = query+`AND m.member_id IN `+in+` `, append(args, of...)
	}
	seen := map[community.MemberID][]string{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var name string
		if err := scan(&id, &name); err != nil {
			return err
		}
		seen[id] = append(seen[id], name)
		return nil
	}, query+`ORDER BY c.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("interests: %w", err)
	}
	return seen, nil
}

package checkin

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Count is how often somebody checked in, and how many milestones of a streak they reached.
type Count struct{ Days, Streaks int64 }

// Counts are those of everybody who earns, under their ids of today, since a Day.
func Counts(ctx context.Context, db bot.Storage, since community.Day) (map[community.MemberID]Count, error) {
	aliases, err := community.Aliases(ctx, db)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		MemberID string
		Day      int
		N        int64
	}
	// Who was staff then has a price of 0.
	if err := db.Conn(ctx).Raw(`SELECT c.member_id, c.day, COALESCE(b.n, 0) AS n FROM checkins c
		LEFT JOIN checkin_bonuses b ON b.member_id = c.member_id AND b.day = c.day WHERE c.day >= ? AND c.price + c.bonus <> 0`, int(since)).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count check-ins: %w", err)
	}
	type daily struct {
		who community.MemberID
		day int
	}
	counts, seen := map[community.MemberID]Count{}, map[daily]bool{}
	for _, row := range rows {
		who := aliases.Resolve(community.MemberID(row.MemberID))
		c := counts[who]
		if d := (daily{who, row.Day}); !seen[d] {
			seen[d] = true
			c.Days++
		}
		c.Streaks += row.N
		counts[who] = c
	}
	return counts, nil
}

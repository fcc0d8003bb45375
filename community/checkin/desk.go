package checkin

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// measure is how many check-ins there were, each person once a Day, without staff and bots.
func (f *checkin) measure() bot.Measure {
	return bot.Measure{Name: "checkins", Title: "measure", Role: bot.Moderator, Read: func(ctx context.Context, _ *bot.Query, from, to time.Time) (n int64, err error) {
		not, args, err := f.c.WithoutLeftOut(ctx, "member_id")
		if err != nil {
			return 0, err
		}
		all := append([]any{int(f.c.Calendar.Day(from)), int(f.c.Calendar.Day(to))}, args...)
		err = f.db.Row(ctx, `SELECT COUNT(*) FROM (SELECT DISTINCT c.day, COALESCE((SELECT a.member_id FROM aliases a WHERE a.alias = c.member_id), c.member_id) AS who
			FROM checkins c WHERE c.day >= ? AND c.day < ? AND c.`+not+`) AS days`, all...).Scan(&n)
		if err != nil {
			return 0, fmt.Errorf("count check-ins: %w", err)
		}
		return n, nil
	}}
}

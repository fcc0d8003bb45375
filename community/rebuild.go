package community

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// Rebuild makes all aggregates anew from the rows of the messages, with the community's calendar, in one
// transaction. done is told after every 10,000 messages.
func (c *Community) Rebuild(ctx context.Context, done func(messages int)) (total int, err error) {
	err = c.db.Tx(ctx, func(ctx context.Context) error {
		if err := c.Tiers.clear(ctx); err != nil { // the next night classifies all Days anew
			return fmt.Errorf("rebuild: %w", err)
		}
		// Thanks and taps are no part of a message's row, so they stay; they move with no calendar.
		for _, stmt := range []string{`DELETE FROM activity`, `DELETE FROM edges WHERE kind <> '` + Thanked + `'`, `DELETE FROM traces WHERE kind = '` + Aside + `'`} {
			if err := c.Activity.exec(ctx, stmt); err != nil {
				return fmt.Errorf("rebuild: %w", err)
			}
		}
		after := int64(-1)
		tests, err := c.TestGroups(ctx)
		if err != nil {
			return fmt.Errorf("rebuild: %w", err)
		}
		for {
			n, last, err := c.countSome(ctx, ``, []any{after}, func(ctx context.Context, day Day, at int64, s seen) error {
				switch {
				case s.group == "":
					return c.Activity.trace(ctx, day, s.member, Aside)
				case tests[s.group]:
					return nil
				}
				return c.Activity.count(ctx, day, at, s)
			})
			if err != nil {
				return fmt.Errorf("rebuild: %w", err)
			}
			if n == 0 {
				break
			}
			after, total = last, total+n
			done(total)
		}
		return putSetting(ctx, c.db, "calendar", c.Calendar.String())
	})
	return total, err
}

// countSome calls fn for the next messages of a condition, whose first argument is the number after which to begin.
func (c *Community) countSome(ctx context.Context, where string, args []any, fn func(ctx context.Context, day Day, at int64, s seen) error) (n int, last int64, err error) {
	var rows []struct {
		Seq, At                             int64
		GroupID, MemberID, Mentions, Quoted string
	}
	if err := c.db.Conn(ctx).Raw(`SELECT seq, at, group_id, member_id, mentions, quoted FROM messages
		WHERE seq > ?`+where+` ORDER BY seq LIMIT 10000`, args...).Scan(&rows).Error; err != nil {
		return 0, 0, err
	}
	for _, row := range rows {
		s := seen{group: GroupID(row.GroupID), member: MemberID(row.MemberID), quoted: MemberID(row.Quoted)}
		for _, id := range strings.Fields(row.Mentions) {
			s.mentions = append(s.mentions, MemberID(id))
		}
		last = row.Seq
		if err := fn(ctx, c.Calendar.Day(bot.FromMillis(row.At)), row.At, s); err != nil {
			return 0, 0, err
		}
	}
	return len(rows), last, nil
}

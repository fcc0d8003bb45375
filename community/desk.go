package community

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// inbox is who waits to be recognised.
func (c *Community) inbox() []bot.Waiting {
	return []bot.Waiting{{Name: "identities", Title: "desk.identities", Role: bot.Manager, View: "identities", Count: c.countProvisional}}
}

func (c *Community) countProvisional(ctx context.Context, _ *bot.Query) (n int, oldest time.Time, err error) {
	var since int64
	if err := c.db.Conn(ctx).Raw(`SELECT COUNT(*), COALESCE(MIN(provisional), 0) FROM members m WHERE m.provisional > 0 AND `+notMerged).Row().Scan(&n, &since); err != nil {
		return 0, oldest, fmt.Errorf("who waits: %w", err)
	}
	if n > 0 {
		oldest = bot.FromMillis(since)
	}
	return n, oldest, nil
}

// measures are how many people spoke, how much, and how many came.
func (c *Community) measures() []bot.Measure {
	count := func(query string, where string, values func(from, to time.Time) []any) func(context.Context, *bot.Query, time.Time, time.Time) (int64, error) {
		return func(ctx context.Context, _ *bot.Query, from, to time.Time) (n int64, err error) {
			not, args, err := c.WithoutLeftOut(ctx, where)
			if err != nil {
				return 0, err
			}
			if err := c.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, query+not, append(values(from, to), args...)...).Scan(&n); err != nil {
				return 0, fmt.Errorf("measure: %w", err)
			}
			return n, nil
		}
	}
	days := func(from, to time.Time) []any { return []any{int(c.Calendar.Day(from)), int(c.Calendar.Day(to))} }
	return []bot.Measure{
		{Name: "active", Title: "measure.active", Role: bot.Moderator, View: "members", Read: count(
			`SELECT COUNT(DISTINCT COALESCE((SELECT a.member_id FROM aliases a WHERE a.alias = y.member_id), y.member_id)) FROM activity y
			WHERE y.day >= ? AND y.day < ? AND y.`, "member_id", days)},
		{Name: "messages", Title: "measure.messages", Role: bot.Moderator, View: "members", Read: count(
			`SELECT COALESCE(SUM(y.messages), 0) FROM activity y WHERE y.day >= ? AND y.day < ? AND y.`, "member_id", days)},
		{Name: "newcomers", Title: "measure.newcomers", Role: bot.Moderator, View: "members", Read: count(
			// Whom an older id of theirs proves to have been here is no newcomer.
			`SELECT COUNT(*) FROM members m WHERE m.first_seen >= ? AND m.first_seen < ? AND `+notMerged+` AND NOT EXISTS
			(SELECT 1 FROM aliases a JOIN members o ON o.id = a.alias WHERE a.member_id = m.id AND o.first_seen > 0 AND o.first_seen < m.first_seen) AND m.`, "id",
			func(from, to time.Time) []any { return []any{from.UnixMilli(), to.UnixMilli()} })},
	}
}

// WithoutLeftOut is the condition that a column of ids names nobody who appears in no metric (see Uncounted) under any
// of their ids, and its arguments.
func (c *Community) WithoutLeftOut(ctx context.Context, column string) (condition string, args []any, err error) {
	d, err := c.Directory(ctx)
	if err != nil {
		return "", nil, err
	}
	out, err := leftOut(ctx, c.db, d.of, c.opts.Bots, true)
	if err == nil {
		err = addTesters(ctx, c.db, d.of, out)
	}
	if err != nil {
		return "", nil, err
	}
	ids := []MemberID{""}
	for id := range out {
		ids = append(ids, d.IDs(id)...)
	}
	list, args := In(ids)
	return column + ` NOT IN ` + list, args, nil
}

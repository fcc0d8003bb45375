package bot

import (
	"context"
	"slices"
	"time"
)

// each runs a query and hands its rows on one by one.
func (p *Pacing) each(ctx context.Context, row func(scan func(dest ...any) error) error, query string, args ...any) error {
	rows, err := p.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (p *Pacing) waiting(ctx context.Context, v *QueueView) error {
	now := v.At.UnixMilli()
	priorities, groups := map[Priority]int{}, map[string]GroupView{}
	// Two conditions instead of one, because each has its index.
	for _, sorted := range []string{`transport = ''`, `transport <> ''`} {
		err := p.each(ctx, func(scan func(...any) error) error {
			var priority Priority
			var group string
			var due, later, stale int
			var said int64
			if err := scan(&priority, &group, &due, &later, &stale, &said); err != nil {
				return err
			}
			v.Later += later
			if due == 0 {
				return nil
			}
			v.Waiting += due
			v.Stale += stale
			priorities[priority] += due
			g := groups[group]
			g.Group, g.Waiting, g.Oldest = group, g.Waiting+due, earlier(g.Oldest, FromMillis(said))
			groups[group], v.Oldest = g, earlier(v.Oldest, g.Oldest)
			return nil
		}, `SELECT priority, group_id, SUM(CASE WHEN not_before <= ? THEN 1 ELSE 0 END), SUM(CASE WHEN not_before > ? THEN 1 ELSE 0 END),
			SUM(CASE WHEN not_before <= ? AND not_after > 0 AND not_after < ? THEN 1 ELSE 0 END),
			COALESCE(MIN(CASE WHEN not_before > ? THEN NULL WHEN not_before > said_at THEN not_before ELSE said_at END), 0)
			FROM outbox WHERE state = 'pending' AND `+sorted+` GROUP BY priority, group_id`, now, now, now, now, now)
		if err != nil {
			return err
		}
	}
	for priority, n := range priorities {
		v.Priorities = append(v.Priorities, PriorityView{priority, n})
	}
	slices.SortFunc(v.Priorities, func(a, b PriorityView) int { return int(a.Priority - b.Priority) })
	for _, g := range groups {
		v.Groups = append(v.Groups, g)
	}
	slices.SortFunc(v.Groups, func(a, b GroupView) int {
		if a.Waiting != b.Waiting {
			return b.Waiting - a.Waiting
		}
		return a.Oldest.Compare(b.Oldest)
	})
	return nil
}

// said counts messages; merged words are one.
func (p *Pacing) said(ctx context.Context, v *QueueView) error {
	minute, hour, day := v.At.Add(-time.Minute).UnixMilli(), v.At.Add(-time.Hour).UnixMilli(), v.At.Add(-24*time.Hour).UnixMilli()
	return p.each(ctx, func(scan func(...any) error) error {
		var name string
		var minute, hour, day int
		if err := scan(&name, &minute, &hour, &day); err != nil {
			return err
		}
		t := v.transport(name)
		t.Minute.Said, t.Hour.Said, t.Day.Said = minute, hour, day
		return nil
	}, `SELECT transport, SUM(CASE WHEN sent_at > ? THEN 1 ELSE 0 END), SUM(CASE WHEN sent_at > ? THEN 1 ELSE 0 END), COUNT(*)
		FROM outbox WHERE sent_at > 0 AND sent_at > ? AND id = head GROUP BY transport ORDER BY transport`, minute, hour, day)
}

func (p *Pacing) limits(ctx context.Context, v *QueueView) error {
	return p.each(ctx, func(scan func(...any) error) error {
		var name string
		var until int64
		var times int
		if err := scan(&name, &until, &times); err != nil {
			return err
		}
		t := v.transport(name)
		t.Wait, t.Until, t.Times = WaitLimited, FromMillis(until), times
		return nil
	}, `SELECT name, until, strikes FROM holds WHERE name <> ? AND until > ? ORDER BY name`, everything, v.At.UnixMilli())
}

// troublesShown is how many reasons a view holds.
const troublesShown = 20

func (p *Pacing) troubles(ctx context.Context, v *QueueView) error {
	return p.each(ctx, func(scan func(...any) error) error {
		var t TroubleView
		if err := scan(&t.Outcome, &t.Reason, &t.Count); err != nil {
			return err
		}
		v.Troubles = append(v.Troubles, t)
		return nil
	}, `SELECT state, reason, COUNT(*) AS n FROM outbox WHERE settled_at > 0 AND settled_at > ? AND state IN ('failed', 'unknown', 'withheld')
		GROUP BY state, reason ORDER BY n DESC, state, reason LIMIT ?`, v.At.Add(-24*time.Hour).UnixMilli(), troublesShown)
}

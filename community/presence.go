package community

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// present keeps somebody's stay in a group. Joins, leaves and messages come late, out of order and more than
// once: joins and leaves are kept as passages and the stay is always made of all of them, while a message, on
// the hot path, only changes a stay where it is news.
func (ro *Roster) present(ctx context.Context, r *bot.Request, group GroupID, member MemberID, p bot.Person) error {
	old, known, err := ro.Stay(ctx, group, member)
	if err != nil {
		return err
	}
	s := old
	if d := p.Called(); d != "" {
		s.Display = d
	}
	switch {
	case r.Kind == bot.Joined || r.Kind == bot.Left:
		if err := ro.passage(ctx, r, group, member); err != nil {
			return err
		}
		if s.Joined, s.Left, err = ro.retrace(ctx, r.At, group, member, old); err != nil {
			return err
		}
	case !known, !old.Left.IsZero() && r.At.After(old.Left): // they speak, so they are here, or back
		s.Joined, s.Left = r.At, time.Time{}
	case r.At.Before(old.Joined) && old.Left.IsZero():
		passages, err := ro.passages(ctx, group, member)
		if err != nil {
			return err
		}
		if len(passages) == 0 {
			s.Joined = r.At
		}
	}
	if known && s == old {
		return nil
	}
	remember(ctx, ro.db, ro.stays, stayKey{group, member}, s)
	return ro.exec(ctx, `INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (group_id, member_id) DO UPDATE SET display = excluded.display, folded = excluded.folded,
		joined_at = excluded.joined_at, left_at = excluded.left_at`,
		string(group), string(member), s.Display, bot.Fold(s.Display), bot.Millis(s.Joined), bot.Millis(s.Left))
}

// retrace makes a stay of all passages that were told, and of the messages after the last of them.
func (ro *Roster) retrace(ctx context.Context, at time.Time, group GroupID, member MemberID, old Stay) (joined, left time.Time, err error) {
	passages, err := ro.passages(ctx, group, member)
	if err != nil {
		return joined, left, err
	}
	if joined = old.Joined; joined.IsZero() || at.Before(joined) {
		joined = at
	}
	inside := false
	for _, p := range passages {
		switch {
		case p.joined && !inside:
			joined, left, inside = p.at, time.Time{}, true
		case !p.joined:
			left, inside = p.at, false
		}
	}
	if left.IsZero() {
		return joined, left, nil
	}
	var back int64 // a message after they left
	err = ro.row(ctx, `SELECT COALESCE(MIN(CASE WHEN first_at > ? THEN first_at ELSE last_at END), 0) FROM activity
		WHERE member_id = ? AND group_id = ? AND last_at > ?`, left.UnixMilli(), string(member), string(group), left.UnixMilli()).Scan(&back)
	if err != nil {
		return joined, left, fmt.Errorf("messages after a leave: %w", err)
	}
	if back > 0 {
		return bot.FromMillis(back), time.Time{}, nil
	}
	return joined, left, nil
}

// passed is a join or a leave that was told.
type passed struct {
	at     time.Time
	joined bool
}

func (ro *Roster) passages(ctx context.Context, group GroupID, member MemberID) ([]passed, error) {
	rows, err := ro.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT at, kind FROM passages
		WHERE group_id = ? AND member_id = ? ORDER BY at, seq`, string(group), string(member))
	if err != nil {
		return nil, fmt.Errorf("passages: %w", err)
	}
	defer rows.Close()
	var list []passed
	for rows.Next() {
		var at int64
		var kind string
		if err := rows.Scan(&at, &kind); err != nil {
			return nil, fmt.Errorf("passages: %w", err)
		}
		list = append(list, passed{bot.FromMillis(at), kind == string(bot.Joined)})
	}
	return list, rows.Err()
}

// passage keeps every join and leave that was told, with who brought them.
func (ro *Roster) passage(ctx context.Context, r *bot.Request, group GroupID, member MemberID) error {
	by := ""
	if r.By != nil && r.By.User != "" {
		b, err := ro.member(ctx, r, *r.By)
		if err != nil {
			return err
		}
		by = string(b.member)
	}
	return ro.exec(ctx, `INSERT INTO passages (seq, at, group_id, member_id, kind, by_member) VALUES (?, ?, ?, ?, ?, ?)`,
		r.Seq, r.At.UnixMilli(), string(group), string(member), string(r.Kind), by)
}

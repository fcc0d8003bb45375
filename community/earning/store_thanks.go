package earning

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// recordThank keeps that somebody was thanked.
func (f *earning) recordThank(ctx context.Context, t thank) error {
	if err := f.exec(ctx, `INSERT INTO thanks (day, seq, to_id, from_id, at, price, cap, given, recalled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int(t.day), t.seq, string(t.to), string(t.from), t.at.UnixMilli(), t.price, t.cap, t.given, boolean(t.recalled)); err != nil {
		return fmt.Errorf("record thanks: %w", err)
	}
	return nil
}

// thanksOf are all thanks of a Day.
func (f *earning) thanksOf(ctx context.Context, day community.Day) (list []thank, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		t := thank{day: day}
		var at int64
		var recalled int
		if err := scan(&t.seq, &t.to, &t.from, &at, &t.price, &t.cap, &t.given, &recalled); err != nil {
			return err
		}
		t.at, t.recalled = bot.FromMillis(at), recalled > 0
		list = append(list, t)
		return nil
	}, `SELECT seq, to_id, from_id, at, price, cap, given, recalled FROM thanks WHERE day = ? ORDER BY seq, to_id`, int(day))
	if err != nil {
		return nil, fmt.Errorf("thanks of %s: %w", day, err)
	}
	return list, nil
}

// thankDays are the Days on which some ids thanked or were thanked.
func (f *earning) thankDays(ctx context.Context, ids []community.MemberID) (days []community.Day, err error) {
	list, args := community.In(ids)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var day int
		err := scan(&day)
		days = append(days, community.Day(day))
		return err
	}, `SELECT day FROM thanks WHERE to_id IN `+list+` UNION SELECT day FROM thanks WHERE from_id IN `+list+` ORDER BY day`, append(args, args...)...)
	if err != nil {
		return nil, fmt.Errorf("days of thanks: %w", err)
	}
	return days, nil
}

// tookPart tells whether somebody spoke in the group in the half hour before an event, or in one of its last messages.
func (f *earning) tookPart(ctx context.Context, r *bot.Request, g *ring, ids []community.MemberID) (bool, error) {
	if g.tookPart(r.Seq, ids) {
		return true, nil
	}
	list, args := community.In(ids, r.Actor.Group, int(f.c.Calendar.Day(r.At))-1, int(f.c.Calendar.Day(r.At)), r.At.Add(-justNow).UnixMilli(), r.At.UnixMilli())
	n := 0
	// The aggregates know the first and the last message of a Day: of somebody who spoke on, only the last shows it.
	err := f.db.Row(ctx, `SELECT COUNT(*) FROM activity WHERE member_id IN `+list+`
		AND group_id = ? AND day BETWEEN ? AND ? AND last_at >= ? AND first_at <= ?`, args...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("who took part: %w", err)
	}
	return n > 0, nil
}

// addressed are the ids that a message mentions and whose message it quotes, as they were when it was accepted.
func (f *earning) addressed(ctx context.Context, seq int64) (mentions, quoted string, err error) {
	err = f.db.Row(ctx, `SELECT mentions, quoted FROM messages WHERE seq = ?`, seq).Scan(&mentions, &quoted)
	if err != nil {
		return "", "", fmt.Errorf("whom message %d addresses: %w", seq, err)
	}
	return mentions, quoted, nil
}

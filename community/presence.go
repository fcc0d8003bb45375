package community

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// present keeps somebody's stay in a group: joins, leaves and messages come in any order and more than
// once, so each is applied only where it is news.
func (ro *Roster) present(ctx context.Context, r *bot.Request, group GroupID, member MemberID, p bot.Person) error {
	s, known, err := ro.Stay(ctx, group, member)
	if err != nil {
		return err
	}
	next := s
	if d := p.Called(); d != "" {
		next.Display = d
	}
	switch r.Kind {
	case bot.Left:
		if !known {
			next.Joined = r.At
		}
		if s.Left.IsZero() && !r.At.Before(s.Joined) || r.At.After(s.Left) && !s.Left.IsZero() {
			next.Left = r.At
		}
	case bot.Joined:
		switch {
		case !known || !s.Left.IsZero() && r.At.After(s.Left):
			next.Joined, next.Left = r.At, time.Time{}
		case r.At.Before(s.Joined):
			next.Joined = r.At
		}
	default:
		switch {
		case !known:
			next.Joined = r.At
		case !s.Left.IsZero() && r.At.After(s.Left): // they speak, so they are back
			next.Joined, next.Left = r.At, time.Time{}
		case r.At.Before(s.Joined) && r.Kind == bot.Message && s.Left.IsZero() && !ro.joinKnown(ctx, group, member):
			next.Joined = r.At
		}
	}
	if r.Kind == bot.Joined || r.Kind == bot.Left {
		if err := ro.passage(ctx, r, group, member); err != nil {
			return err
		}
	}
	if known && next == s {
		return nil
	}
	remember(ctx, ro.db, ro.stays, stayKey{group, member}, next)
	return ro.exec(ctx, `INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (group_id, member_id) DO UPDATE SET display = excluded.display, folded = excluded.folded,
		joined_at = excluded.joined_at, left_at = excluded.left_at`,
		string(group), string(member), next.Display, bot.Fold(next.Display), millis(next.Joined), millis(next.Left))
}

// joinKnown tells whether a join of this stay was told, rather than inferred from a message.
func (ro *Roster) joinKnown(ctx context.Context, group GroupID, member MemberID) bool {
	var n int
	err := ro.row(ctx, `SELECT COUNT(*) FROM passages WHERE group_id = ? AND member_id = ? AND kind = 'joined'`, string(group), string(member)).Scan(&n)
	return err == nil && n > 0
}

// passage keeps every join and leave that was told, with who brought them.
func (ro *Roster) passage(ctx context.Context, r *bot.Request, group GroupID, member MemberID) error {
	by := ""
	if r.By != nil && r.By.User != "" {
		b, err := ro.member(ctx, r.Transport, *r.By, r.At)
		if err != nil {
			return err
		}
		by = string(b.member)
	}
	return ro.exec(ctx, `INSERT INTO passages (seq, at, group_id, member_id, kind, by_member) VALUES (?, ?, ?, ?, ?, ?)`,
		r.Seq, r.At.UnixMilli(), string(group), string(member), string(r.Kind), by)
}

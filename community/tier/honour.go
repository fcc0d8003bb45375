package tier

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// The titles; their texts are badge.veteran and badge.creator.
const (
	veteranBadge = "veteran" // 资深玩家: contributor or above for long
	creatorBadge = "creator" // 内容贡献者: many contributions of all time
)

// honour gives the titles that were earned by the end of a Day.
func (f *feature) honour(ctx context.Context, r *bot.Request, day community.Day) error {
	if f.cfg.Veteran > 0 {
		if err := f.veterans(ctx, r, day); err != nil {
			return err
		}
	}
	if f.cfg.Creator > 0 {
		return f.creators(ctx, r, day)
	}
	return nil
}

// veterans titles those who have been contributors or above for long without a break.
func (f *feature) veterans(ctx context.Context, r *bot.Request, day community.Day) error {
	all, err := f.c.Tiers.All(ctx)
	if err != nil {
		return err
	}
	titled, err := f.holders(ctx, veteranBadge)
	if err != nil {
		return err
	}
	for id, s := range all {
		if titled[id] || tiers.Contributor.Above(s.Tier) {
			continue
		}
		list, err := f.c.Tiers.History(ctx, id)
		if err != nil {
			return err
		}
		if since, ok := above(list, tiers.Contributor); ok && int(day)+1-int(since) >= f.cfg.Veteran {
			if _, err := f.c.Badges.Give(ctx, r, id, veteranBadge); err != nil {
				return err
			}
		}
	}
	return nil
}

// above is since when a tier or a higher one is held without a break; ok is false where it is not held.
func above(list []tiers.Entry, tier tiers.Tier) (since tiers.Day, ok bool) {
	for _, e := range list {
		switch is := !tier.Above(e.After.Tier); {
		case !is:
			ok = false
		case !ok:
			since, ok = e.Day, true
		}
	}
	return since, ok
}

// creators titles those who gave much, among those who gave something on the Day or the one before.
func (f *feature) creators(ctx context.Context, r *bot.Request, day community.Day) error {
	var ids []community.MemberID
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT DISTINCT member_id FROM contributions WHERE day >= ? AND day <= ?`, int(day-1), int(day))
	if err != nil {
		return fmt.Errorf("contributors of %s: %w", day, err)
	}
	for _, id := range ids {
		all, err := f.c.IDs(ctx, id)
		if err != nil {
			return err
		}
		in, args := community.In(all, string(community.ValidInvite))
		var n int
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM contributions WHERE member_id IN `+in+` AND kind <> ? AND withdrawn_at IS NULL`, args...).Scan(&n); err != nil {
			return fmt.Errorf("contributions of %s: %w", id, err)
		}
		if n < f.cfg.Creator {
			continue
		}
		if _, err := f.c.Badges.Give(ctx, r, id, creatorBadge); err != nil {
			return err
		}
	}
	return nil
}

// holders are those who hold a title, by the ids it was given to.
func (f *feature) holders(ctx context.Context, badge string) (map[community.MemberID]bool, error) {
	held := map[community.MemberID]bool{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		held[id] = true
		return err
	}, `SELECT member_id FROM badges WHERE feature = 'tier' AND name = ?`, badge)
	if err != nil {
		return nil, fmt.Errorf("titles: %w", err)
	}
	return held, nil
}

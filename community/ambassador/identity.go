package ambassador

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// changed makes everything as if those who are one person now had always been one, and the others never.
func (f *feature) changed(ctx context.Context, r *bot.Request, change community.Change) error {
	f.waiting.drop(ctx, f.db)
	if len(change.Before) == len(change.After) {
		return nil
	}
	touched := slices.Concat(change.After...)
	list, err := f.of(ctx, touched)
	if err != nil {
		return err
	}
	for _, v := range list {
		ids, err := f.c.IDs(ctx, v.Member)
		if err != nil {
			return err
		}
		if err := f.recall(ctx, r, v, ids); err != nil {
			return err
		}
		if err := f.keep(ctx, v); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		if n, err := f.involved(ctx, touched); err != nil || n == 0 {
			return err
		}
	}
	fix := func(ctx context.Context, due community.Due) error { return f.c.Purse.Correct(ctx, r, change, due) }
	return f.settle(ctx, r, change.After, fix)
}

// recall finds the facts of an invitation anew, by all ids that the newcomer has now. What can't be found any more stays.
func (f *feature) recall(ctx context.Context, r *bot.Request, v *invite, ids []community.MemberID) error {
	a, ok, err := f.came(ctx, ids, v.At)
	if err != nil {
		return err
	}
	if ok && !a.unseen {
		v.Came, v.CameDay, v.Back, v.Unseen = a.at, f.c.Calendar.Day(a.at), a.back, false
	} else if v.Back, err = f.before(ctx, ids, v.since()); err != nil {
		return err
	}
	was := *v
	if err := f.firstWords(ctx, r, v, ids); err != nil {
		return err
	}
	if v.SpokeSeq == 0 && slices.Contains(ids, was.SpokeID) { // the texts of back then are gone
		v.SpokeSeq, v.SpokeID, v.SpokeAt, v.SpokeDay = was.SpokeSeq, was.SpokeID, was.SpokeAt, was.SpokeDay
	}
	v.Open = true
	return nil
}

// involved counts the invitations by codes of some ids.
func (f *feature) involved(ctx context.Context, ids []community.MemberID) (n int, err error) {
	in, args := community.In(ids)
	err = f.db.Row(ctx, `SELECT COUNT(*) FROM invites WHERE owner_id IN `+in, args...).Scan(&n)
	return n, err
}

// invitedCrowd is the community's crowd ambassador.invited: the newcomers of some Days whose claim counts.
func (f *feature) invitedCrowd(ctx context.Context, from, to community.Day) (ids []community.MemberID, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT member_id FROM invites WHERE state = 'counts' AND came_day >= ? AND came_day < ?`, int(from), int(to))
	return ids, err
}

// invited is the community's fact ambassador.invites: how many newcomers a person brought who count.
func (f *feature) invited(ctx context.Context, who []community.MemberID, from, to time.Time) (n int, err error) {
	in, args := community.In(who)
	err = f.db.Row(ctx, `SELECT COUNT(*) FROM invites WHERE owner_id IN `+in+` AND state = 'counts' AND spoke_day > 0 AND at >= ? AND at < ?`,
		append(args, from.UnixMilli(), to.UnixMilli())...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count invitations: %w", err)
	}
	return n, nil
}

// tagged are those who are ambassadors, or have applied.
func (f *feature) tagged(ctx context.Context, at time.Time, ids []community.MemberID) (map[community.MemberID][]string, error) {
	where, args := `WHERE state IN ('active', 'applied') AND applied_at <= ?`, []any{at.UnixMilli()}
	if len(ids) > 0 {
		in, of := community.In(ids)
		where, args = where+` AND member_id IN `+in, append(args, of...)
	}
	list, err := f.seats(ctx, where+` ORDER BY id`, args...)
	seen := map[community.MemberID][]string{}
	for _, s := range list {
		seen[s.Member] = []string{community.AmbassadorTag}
	}
	return seen, err
}

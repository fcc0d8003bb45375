package challenge

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
	all := slices.Concat(change.Before...)
	in, args := community.In(all)
	var list []int64
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		list = append(list, id)
		return err
	}, `SELECT DISTINCT challenge_id FROM challenge_members WHERE member_id IN `+in+` ORDER BY challenge_id`, args...)
	if err != nil {
		return fmt.Errorf("challenges of %v: %w", all, err)
	}
	for _, id := range list {
		c, err := f.byID(ctx, id)
		if err != nil {
			return err
		}
		if err := f.rejudge(ctx, r, c, change); err != nil {
			return err
		}
	}
	return nil
}

// rejudge is changed for one challenge.
func (f *feature) rejudge(ctx context.Context, r *bot.Request, c *challenge, change community.Change) error {
	if err := f.lock(ctx, c.ID); err != nil {
		return err
	}
	before, err := f.together(ctx, c, change.Before)
	if err != nil {
		return err
	}
	after, err := f.together(ctx, c, change.After)
	if err != nil {
		return err
	}
	for _, ids := range change.Before {
		for _, id := range ids {
			if err := f.dropStanding(ctx, c.ID, id); err != nil {
				return err
			}
		}
	}
	for _, ids := range change.After {
		p, _, err := f.part(ctx, c.ID, ids)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		who, err := f.c.Who(ctx, ids[0])
		if err != nil {
			return err
		}
		if err := f.keepStanding(ctx, c.ID, who, Judge(c.Terms, *p)); err != nil {
			return err
		}
	}
	fix := func(ctx context.Context, due community.Due) error { return f.c.Purse.Correct(ctx, r, change, due) }
	return f.settle(ctx, r, c, before, after, fix)
}

// together is what is due to several people: their payments and prizes in one.
func (f *feature) together(ctx context.Context, c *challenge, people [][]community.MemberID) (sum Standing, err error) {
	sum.Paid = map[string]Mark{}
	for _, ids := range people {
		s, err := f.standing(ctx, c, ids)
		if err != nil {
			return sum, err
		}
		for key, m := range s.Paid {
			sum.Paid[key] = m
		}
		sum.Wins = append(sum.Wins, s.Wins...)
	}
	return sum, nil
}

// counted is the community's fact challenge.days: how many check-ins a person made.
func (f *feature) counted(ctx context.Context, who []community.MemberID, from, to time.Time) (n int, err error) {
	in, args := community.In(who)
	err = f.db.Row(ctx, `SELECT COUNT(*) FROM (SELECT DISTINCT challenge_id, day FROM challenge_marks WHERE kind = 'done' AND gone_seq = 0 AND member_id IN `+in+`
		AND at >= ? AND at < ?) marks`, append(args, from.UnixMilli(), to.UnixMilli())...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count check-ins: %w", err)
	}
	return n, nil
}

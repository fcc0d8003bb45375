package checkin

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// changed makes everything as if those who are one person now had always been one, and the others never.
func (f *checkin) changed(ctx context.Context, r *bot.Request, change community.Change) error {
	before, err := f.judge(ctx, change.Before)
	if err != nil {
		return err
	}
	after, err := f.judge(ctx, change.After)
	if err != nil {
		return err
	}
	then := make(map[factKey]verdict, len(before))
	for _, was := range before {
		then[factKey{was.origin, was.day}] = was
	}
	r = r.In("checkin")
	for _, now := range after {
		was := then[factKey{now.origin, now.day}]
		if was.counts == now.counts && was.bonuses == now.bonuses {
			continue
		}
		if now.fact, err = f.priced(ctx, now.fact); err != nil {
			return err
		}
		if err := f.correct(ctx, r, change, was, now); err != nil {
			return err
		}
	}
	return nil
}

// correct books the difference that a change makes to one check-in.
func (f *checkin) correct(ctx context.Context, r *bot.Request, change community.Change, was, now verdict) error {
	if was.counts != now.counts {
		due := community.Due{Key: now.key(daily), Origin: now.origin, Reason: r.T("reason"), At: now.at}
		if now.counts {
			due.Amount = now.price
		}
		if err := f.c.Purse.Correct(ctx, r, change, due); err != nil {
			return err
		}
	}
	if was.bonuses == now.bonuses {
		return nil
	}
	if err := f.forgetBonus(ctx, now.fact); err != nil {
		return err
	}
	if now.bonuses > 0 {
		if err := f.keepBonus(ctx, now.fact, now.bonuses); err != nil {
			return err
		}
	}
	return f.c.Purse.Correct(ctx, r, change, community.Due{Key: now.key(streak), Origin: now.origin, Amount: now.bonus * int64(now.bonuses),
		Reason: r.T("reason_bonus", "Streak", now.length), At: now.at})
}

type factKey struct {
	origin community.MemberID
	day    community.Day
}

// judge judges the facts of several people.
func (f *checkin) judge(ctx context.Context, people [][]community.MemberID) (all []verdict, err error) {
	for _, ids := range people {
		facts, err := f.facts(ctx, ids)
		if err != nil {
			return nil, err
		}
		all = append(all, judge(facts)...)
	}
	return all, nil
}

// priced fills in what a fact earned that was kept before prices were: what the ledger says, since it counted then.
func (f *checkin) priced(ctx context.Context, c fact) (fact, error) {
	if c.price != unpriced {
		return c, nil
	}
	paid, ok, err := f.c.Purse.Find(ctx, c.key(daily))
	if err != nil {
		return c, err
	}
	if c.price, c.bonus = 0, 0; ok {
		c.price, c.bonus = paid.Amount, f.cfg.Streak.Amount
	}
	return c, nil
}

func (f *checkin) forgetBonus(ctx context.Context, c fact) error {
	_, err := f.db.Exec(ctx, `DELETE FROM checkin_bonuses WHERE member_id = ? AND day = ?`, string(c.origin), int(c.day))
	if err != nil {
		return fmt.Errorf("milestone: %w", err)
	}
	return nil
}

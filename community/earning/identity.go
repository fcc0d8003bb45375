package earning

import (
	"context"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// changed makes everything as if those who are one person now had always been one, and the others never.
func (f *earning) changed(ctx context.Context, r *bot.Request, change community.Change) error {
	f.mem.drop()
	f.db.OnRollback(ctx, f.mem.dropAll)
	if len(change.Before) == len(change.After) {
		return nil
	}
	r = r.In("earning")
	if err := f.correctMessages(ctx, r, change); err != nil {
		return err
	}
	return f.correctThanks(ctx, r, change)
}

func (f *earning) correctMessages(ctx context.Context, r *bot.Request, change community.Change) error {
	before, err := f.limited(ctx, change.Before)
	if err != nil {
		return err
	}
	after, err := f.limited(ctx, change.After)
	if err != nil {
		return err
	}
	then := make(map[string]bool, len(before))
	for i := range before {
		then[before[i].key()] = before[i].counts
	}
	for i := range after {
		now := &after[i]
		if now.counts == then[now.key()] || now.recalled {
			continue
		}
		due := community.Due{Key: now.key(), Origin: now.origin, Reason: r.T("reason." + now.rule), At: now.at}
		if now.counts {
			due.Amount = now.price
		}
		if err := f.c.Purse.Correct(ctx, r, change, due); err != nil {
			return err
		}
	}
	return nil
}

// limited are the facts of several people, with which of them count.
func (f *earning) limited(ctx context.Context, people [][]community.MemberID) (all []fact, err error) {
	for _, ids := range people {
		facts, err := f.facts(ctx, ids, -1<<30)
		if err != nil {
			return nil, err
		}
		limit(facts)
		all = append(all, facts...)
	}
	return all, nil
}

// correctThanks judges the thanks of all Days again on which one of those people thanked or was thanked.
func (f *earning) correctThanks(ctx context.Context, r *bot.Request, change community.Change) error {
	days, err := f.thankDays(ctx, slices.Concat(change.Before...))
	if err != nil {
		return err
	}
	for _, day := range days {
		list, err := f.thanksOf(ctx, day)
		if err != nil {
			return err
		}
		others, err := f.people(ctx, list)
		if err != nil {
			return err
		}
		limitThanks(list, among(change.Before, others))
		then := slices.Clone(list)
		limitThanks(list, among(change.After, others))
		for i, now := range list {
			if now.counts == then[i].counts || now.recalled {
				continue
			}
			due := community.Due{Key: now.key(), Origin: now.to, Reason: r.T("reason.thanks"), At: now.at}
			if now.counts {
				due.Amount = now.price
			}
			if err := f.c.Purse.Correct(ctx, r, change, due); err != nil {
				return err
			}
		}
	}
	return nil
}

// among resolves ids by the people of a change, and others as they are.
func among(people [][]community.MemberID, others func(community.MemberID) community.MemberID) func(community.MemberID) community.MemberID {
	return func(id community.MemberID) community.MemberID {
		for _, ids := range people {
			if slices.Contains(ids, id) {
				return ids[0]
			}
		}
		return others(id)
	}
}

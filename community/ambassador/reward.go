package ambassador

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// stayed tells whether a newcomer counts for the targets: the part that is due after the first words has vested. Where
// there is only one part, their first words are enough.
func (f *feature) stayed(v *invite) bool {
	return v.State == Counts && v.Earns && v.PartsDone >= min(2, len(f.cfg.Parts))
}

// reward makes the prizes of an inviter right: each target belongs to the invitation that reached it.
func (f *feature) reward(ctx context.Context, r *bot.Request, owner community.MemberID, fix fixer) error {
	in := r.In("ambassador")
	ids, err := f.c.IDs(ctx, owner)
	if err != nil {
		return err
	}
	list, err := f.by(ctx, ids)
	if err != nil {
		return err
	}
	n := 0
	for _, v := range list {
		held, err := f.held(ctx, v.ID)
		if err != nil {
			return err
		}
		stayed := f.stayed(v) && !held
		if stayed {
			n++
		}
		for i, target := range f.cfg.Targets {
			reached := stayed && n == target.Invites
			due := community.Due{
				Key: fmt.Sprintf("%s/%d/%d", keyTarget, v.ID, target.Invites), Origin: v.Owner, Reason: in.T("reason.target", "Count", target.Invites), At: r.At,
			}
			stands, err := f.c.Purse.Stands(ctx, due.Key)
			if err != nil {
				return err
			}
			if reached {
				due.Amount = target.Points
			}
			if due.Amount != stands {
				if err := fix(ctx, due); err != nil {
					return err
				}
			}
			if reached {
				if err := f.badge(ctx, r, in, v, i); err != nil {
					return err
				}
			}
		}
	}
	return f.unbadge(ctx, in, owner, n)
}

// badge honours an inviter who reached a target.
func (f *feature) badge(ctx context.Context, r, in *bot.Request, v *invite, i int) error {
	target := f.cfg.Targets[i]
	fresh := target.Badge == ""
	if target.Badge != "" {
		var err error
		if fresh, err = f.c.Badges.GiveTitled(ctx, in, v.Owner, badgeName(target), target.Badge); err != nil {
			return err
		}
	}
	if !fresh {
		return nil
	}
	return f.news(ctx, r, v, newsTarget, int64(target.Invites))
}

// unbadge takes badges back whose target is not reached any more.
func (f *feature) unbadge(ctx context.Context, in *bot.Request, owner community.MemberID, n int) error {
	held, err := f.c.Badges.Of(ctx, owner)
	if err != nil {
		return err
	}
	for _, target := range f.cfg.Targets {
		for _, b := range held {
			if target.Invites > n && b.Feature == in.Feature() && b.Name == badgeName(target) {
				if err := f.c.Badges.Take(ctx, in, owner, b.Name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func badgeName(t Target) string { return fmt.Sprintf("target%d", t.Invites) }

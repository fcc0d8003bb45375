package ambassador

import (
	"context"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// stayed tells whether a newcomer counts for the targets: the part that is due after the first words has vested. Where
// there is only one part, their first words are enough.
func (f *feature) stayed(v *invite) bool {
	return v.State == Counts && v.Earns && v.PartsDone >= min(2, len(f.cfg.Parts))
}

// reward makes the prizes of an inviter right: each target belongs to the invitation that reached it. A case takes no prize
// that was given, and holds those to come.
func (f *feature) reward(ctx context.Context, r *bot.Request, owner community.MemberID, fix fixer) error {
	ids, err := f.c.IDs(ctx, owner)
	if err != nil {
		return err
	}
	list, err := f.by(ctx, ids)
	if err != nil {
		return err
	}
	sure := 0
	for _, v := range list {
		held, err := f.held(ctx, v.ID)
		if err != nil {
			return err
		}
		if f.stayed(v) && !held {
			sure++
		}
	}
	n := 0
	for _, v := range list {
		want := -1 // which target it reaches
		if f.stayed(v) {
			n++
			want = slices.IndexFunc(f.cfg.Targets, func(t Target) bool { return t.Invites == n && (t.Invites <= sure || v.Prize == n) })
		}
		if err := f.prize(ctx, r, v, want, fix); err != nil {
			return err
		}
	}
	return f.unbadge(ctx, r.In("ambassador"), owner, n)
}

// prize makes an invitation have the prize of a target, or none.
func (f *feature) prize(ctx context.Context, r *bot.Request, v *invite, want int, fix fixer) error {
	in := r.In("ambassador")
	due := func(invites int, amount int64) community.Due {
		return community.Due{Key: targetKey(v.ID, invites), Origin: v.Owner, Amount: amount, Reason: in.T("reason.target", "Count", invites), At: r.At}
	}
	now := 0
	if want >= 0 {
		now = f.cfg.Targets[want].Invites
	}
	if v.Prize > 0 && v.Prize != now {
		if err := fix(ctx, due(v.Prize, 0)); err != nil {
			return err
		}
	}
	if now > 0 {
		if err := fix(ctx, due(now, f.cfg.Targets[want].Points)); err != nil {
			return err
		}
	}
	if now == v.Prize {
		return nil
	}
	if now > 0 {
		if err := f.badge(ctx, r, in, v, want); err != nil {
			return err
		}
	}
	v.Prize = now
	return f.keep(ctx, v)
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

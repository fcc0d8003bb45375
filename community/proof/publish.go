package proof

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// publish tells the managers the root of the ledger, and the groups where the configuration says so. Whoever
// keeps it can show later that nothing before it was cut or rewritten.
func (p *proof) publish(ctx context.Context, r *bot.Request) error {
	seq, root, err := p.ledger().Root(ctx)
	if err != nil {
		return err
	}
	last, err := p.published(ctx)
	if err != nil {
		return err
	}
	if seq <= last {
		r.Skip("nothing")
		return nil
	}
	if err := p.keep(ctx, r.At.UnixMilli(), seq, root); err != nil {
		return err
	}
	managers, err := p.managers(ctx)
	if err != nil {
		return err
	}
	text := r.T("root", "Day", p.c.Calendar.Day(r.At), "Seq", seq, "New", seq-last, "Ends", ends(root), "Root", root)
	for _, id := range managers {
		r.Send(bot.Outgoing{Member: string(id), Text: text, Priority: bot.Notice})
	}
	if !p.cfg.PostRoot {
		return nil
	}
	return p.post(ctx, r, r.T("root.group", "Day", p.c.Calendar.Day(r.At), "Seq", seq, "Root", root))
}

// post says the root to the groups that may hear something unasked.
func (p *proof) post(ctx context.Context, r *bot.Request, text string) error {
	groups, err := p.c.AdoptedGroups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		ok, err := p.c.Noise.TakeFor(ctx, r.At, community.Unasked{Group: g.ID, Feature: r.Feature(), Text: text})
		if err != nil {
			return err
		}
		if ok {
			r.Say(string(g.ID), text)
		}
	}
	return nil
}

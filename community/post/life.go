package post

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// pause is 暂停定时: the times of a post pass without it.
func (f *feature) pause(ctx context.Context, r *bot.Request) error {
	return f.become(ctx, r, paused, stepPaused)
}

// resume is 恢复定时.
func (f *feature) resume(ctx context.Context, r *bot.Request) error {
	return f.become(ctx, r, active, stepResumed)
}

// cancel is 取消定时: the post has no times any more.
func (f *feature) cancel(ctx context.Context, r *bot.Request) error {
	return f.become(ctx, r, cancelled, stepCancelled)
}

func (f *feature) become(ctx context.Context, r *bot.Request, s state, what string) error {
	p, _, err := f.living(ctx, r)
	if err != nil {
		return err
	}
	if p.State == s {
		return r.Refuse(what+".already", "Number", p.number(), "Title", p.title())
	}
	after := *p
	after.State = s
	code, err := f.change(ctx, r, p, &after, what, "", false)
	if err != nil {
		return err
	}
	text := r.T(what+".done", "Number", p.number(), "Title", p.title())
	if s == active {
		next, _, err := f.coming(ctx, r.Occurrences, &after, r.At, 1)
		if err != nil {
			return err
		}
		if len(next) > 0 {
			text += "\n" + r.T("next", "Times", f.times(r, next))
		}
	}
	r.Reply(text + "\n" + r.T("undo.how", "Code", code))
	return nil
}

// runNow is 立即发送: the post is sent at once, which can't be taken back, so it is shown and asked for first. One that
// was to be sent once has been sent then.
func (f *feature) runNow(ctx context.Context, r *bot.Request) error {
	p, _, err := f.named(ctx, r)
	if err != nil {
		return err
	}
	if p.State == cancelled {
		return r.Refuse("over", "Number", p.number(), "Title", p.title())
	}
	if err := f.checkText(r, p.Text); err != nil {
		return err
	}
	a, err := p.assent(f.who(ctx))
	if err != nil {
		return err
	}
	if !a.enough(f.cfg.need(), f.cfg.OwnerMaySkip) {
		return r.Refuse("run.unapproved", "Number", p.number(), "ID", p.ID)
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return err
	}
	ok, err := f.c.Confirmations.Ask(ctx, r, r.T("run.preview", "Number", p.number(), "Groups", groupList(names, p.Groups), "Text", p.Text))
	if err != nil || !ok {
		return err
	}
	if p.When.Spec == "" && p.live(r.At) {
		after := *p
		after.State, after.Version = finished, p.Version+1
		ok, err := f.update(ctx, &after, p.Version)
		if err != nil {
			return err
		}
		if !ok {
			return r.Refuse("raced")
		}
		if err := f.plan(ctx, r, p, &after); err != nil {
			return err
		}
		p = &after
	}
	for _, g := range p.Groups {
		plan := bot.Plan{Job: sayJob, Key: nowKey(p.ID, g), Title: p.title(), Group: string(g), At: r.At, Grace: f.cfg.grace(), CatchUp: bot.RunAll}
		if err := r.Plan(ctx, plan); err != nil {
			return err
		}
	}
	s := step{At: r.At, Member: community.MemberID(r.Actor.Origin), What: stepRun, Version: p.Version}
	if err := f.addStep(ctx, p.ID, s); err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "post."+stepRun, target(p.ID), map[string]any{"id": p.ID}); err != nil {
		return err
	}
	r.Reply(r.T("run.done", "Number", p.number(), "Groups", groupList(names, p.Groups)))
	return nil
}

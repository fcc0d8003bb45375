package post

import (
	"context"
	"strings"

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

// become brings posts into a state: all that are named, or none where one can't be. Each is taken back by its own code.
func (f *feature) become(ctx context.Context, r *bot.Request, s state, what string) error {
	list, err := f.several(ctx, r)
	if err != nil {
		return err
	}
	for _, p := range list {
		refused := ""
		switch {
		case !p.live(r.At):
			refused = f.overText(r, p)
		case p.State == s:
			refused = r.T(what+".already", "Post", f.called(r, p))
		}
		if refused != "" {
			return noneOf(r, list, refused)
		}
	}
	var lines []string
	for _, p := range list {
		after := *p
		after.State = s
		code, err := f.change(ctx, r, p, &after, what, "", false)
		if err != nil {
			return err
		}
		text, undo := r.T(what+".done", "Post", f.called(r, p)), r.T("undo.how", "Code", code)
		if len(list) > 1 {
			lines = append(lines, text+undo)
			continue
		}
		lines = append(lines, text)
		if s == active {
			next, _, err := f.coming(ctx, r.Occurrences, &after, r.At, 1)
			if err != nil {
				return err
			}
			if len(next) > 0 {
				lines = append(lines, r.T("next", "Times", f.times(r, next)))
			}
		}
		lines = append(lines, undo)
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// noneOf refuses one of several posts, and says that the others stay as they are.
func noneOf(r *bot.Request, list []*post, refused string) error {
	if len(list) > 1 {
		refused += "\n" + r.T("several.none")
	}
	return bot.Refuse(refused)
}

// runNow is 立即发送: the post is sent at once, which can't be taken back, so it is shown and asked for first. One that
// was to be sent once has been sent then.
func (f *feature) runNow(ctx context.Context, r *bot.Request) error {
	p, rest, err := f.named(ctx, r)
	if err == nil {
		err = one(r, p, rest)
	}
	if err != nil {
		return err
	}
	if p.State == cancelled {
		return bot.Refuse(f.overText(r, p))
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
	words := p.Text
	if hidden(r, p) {
		words = r.T("run.hidden")
	}
	ok, err := f.c.Confirmations.Ask(ctx, r, r.T("run.preview", "Number", p.number(), "Groups", groupList(names, p.Groups), "Text", words))
	if err == nil && !ok && hidden(r, p) {
		r.Whisper(r.Actor.Member, r.T("run.words", "Number", p.number())+"\n"+p.Text)
	}
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

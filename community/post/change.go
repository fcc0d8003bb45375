package post

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// target is a post in the audit log.
func target(id int64) string { return fmt.Sprintf("post/%d", id) }

// named is the post that a command's first word names, or a refusal.
func (f *feature) named(ctx context.Context, r *bot.Request) (p *post, rest string, err error) {
	word, rest := token(arguments(r))
	id, ok := readNumber(strings.TrimRight(word, "!！。~～"))
	if !ok {
		return nil, "", r.Refuse("which", "Command", r.Command())
	}
	p, ok, err = f.find(ctx, id)
	if err == nil && !ok {
		err = r.Refuse("unknown", "ID", id)
	}
	return p, rest, err
}

// living is named, of posts that still have times to come.
func (f *feature) living(ctx context.Context, r *bot.Request) (p *post, rest string, err error) {
	p, rest, err = f.named(ctx, r)
	if err == nil && !p.live(r.At) {
		err = r.Refuse("over", "Number", p.number(), "Title", p.title())
	}
	return p, rest, err
}

// change stores what somebody did to a post: before is how it was, after how it is to be. What it says, when and where
// changes with content: whoever agreed to it did so to something else.
func (f *feature) change(ctx context.Context, r *bot.Request, before, after *post, what, note string, content bool) (code string, err error) {
	after.Version = before.Version + 1
	if content {
		after.Base = after.Version
	}
	ok, err := f.update(ctx, after, before.Version)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", r.Refuse("raced")
	}
	return f.record(ctx, r, before, after, what, note)
}

// record keeps the step of a stored change, plans the post anew, audits it, and offers to take it back.
func (f *feature) record(ctx context.Context, r *bot.Request, before, after *post, what, note string) (code string, err error) {
	s := step{At: r.At, Member: community.MemberID(r.Actor.Origin), What: what, Note: note, Version: after.Version}
	if err := f.addStep(ctx, after.ID, s); err != nil {
		return "", err
	}
	after.Steps = append(slices.Clip(after.Steps), s)
	if err := f.plan(ctx, r, before, after); err != nil {
		return "", err
	}
	if err := f.c.Audit.Record(ctx, r, "post."+what, target(after.ID), map[string]any{"id": after.ID}); err != nil {
		return "", err
	}
	return f.c.Undo.Offer(ctx, r, "post.change", taken{Before: *before, Version: after.Version})
}

// plan makes the plans of a post, in place of those it had. Where neither its times nor its words change, they stay.
func (f *feature) plan(ctx context.Context, r *bot.Request, before, after *post) error {
	planned := func(p *post) bool { return p.State == active || p.State == paused }
	if planned(before) && planned(after) && before.When == after.When && before.Text == after.Text && slices.Equal(before.Groups, after.Groups) {
		return nil
	}
	for _, g := range before.Groups {
		if !planned(after) || !slices.Contains(after.Groups, g) {
			if err := r.Unplan(ctx, sayJob, key(after.ID, g)); err != nil {
				return err
			}
		}
	}
	if !planned(after) || !after.live(r.At) {
		return nil
	}
	for _, g := range after.Groups {
		plan := bot.Plan{
			Job: sayJob, Key: key(after.ID, g), Title: after.title(), Group: string(g), Spec: after.When.Spec, At: after.When.At,
			From: after.When.From, Until: after.When.Until, Grace: f.cfg.grace(), CatchUp: catchUps[f.cfg.CatchUp],
		}
		if err := r.Plan(ctx, plan); err != nil {
			return err
		}
	}
	return nil
}

// taken is what an undo needs: the post as it was, and the version that it has while nobody changed it further.
type taken struct {
	Before  post
	Version int64
}

// undo gives a post back what it was, with what people had said about it.
func (f *feature) undo(ctx context.Context, r *bot.Request, payload []byte) error {
	r = r.In("post")
	var t taken
	if err := json.Unmarshal(payload, &t); err != nil {
		return err
	}
	now, ok, err := f.find(ctx, t.Before.ID)
	if err != nil {
		return err
	}
	before := &t.Before
	back := before.State == active || before.State == paused
	if !ok || now.Version != t.Version || back && before.over(r.At) {
		return r.Refuse("undo.late")
	}
	if ok, err = f.update(ctx, before, t.Version); err != nil {
		return err
	}
	if !ok {
		return r.Refuse("undo.late")
	}
	if _, err := f.db.Exec(ctx, `UPDATE post_steps SET undone = 1 WHERE post_id = ? AND version > ? AND step <> ?`, before.ID, before.Version, stepRun); err != nil {
		return err
	}
	return f.plan(ctx, r, now, before)
}

// answer tells a manager what became of a post: number, times, groups, what is left out, and the undo code. It refuses
// what would never be sent, or too often.
func (f *feature) answer(ctx context.Context, r *bot.Request, p *post, how, code string) error {
	next, slots, err := f.coming(ctx, r.Occurrences, p, r.At, 3)
	if err != nil {
		return err
	}
	if p.When.Spec != "" && tooOften(slots) {
		return r.Refuse("often")
	}
	if len(next) == 0 {
		return r.Refuse("never")
	}
	head, err := f.describe(ctx, r, p)
	if err != nil {
		return err
	}
	lines := []string{r.T(how, "Number", p.number(), "What", head), r.T("next", "Times", f.times(r, next))}
	if left := f.sayExclusions(r.T, r.In("community").T, p); left != "" {
		lines = append(lines, r.T("left_out", "What", left))
	}
	if p.Picture != "" {
		lines = append(lines, r.T("with_picture", "Name", community.Excerpt(p.Picture, 40)))
	}
	a, err := p.assent(f.who(ctx))
	if err != nil {
		return err
	}
	if stage := a.stage(f.cfg.need(), f.cfg.OwnerMaySkip); stage != "approved" {
		lines = append(lines, r.T(fmt.Sprintf("needs.%s.%d", stage, f.cfg.need()), "ID", p.ID))
	}
	r.Reply(strings.Join(append(lines, r.T("undo.how", "Code", code)), "\n"))
	return nil
}

// describe is when a post is due, where, and how it begins.
func (f *feature) describe(ctx context.Context, r *bot.Request, p *post) (string, error) {
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return "", err
	}
	return r.T("describe", "When", f.c.Calendar.SayWhen(r.In("community").T, p.When, r.At), "Groups", groupList(names, p.Groups), "Title", p.title()), nil
}

// groupList are the names of groups.
func groupList(names map[community.GroupID]string, ids []community.GroupID) string {
	var list []string
	for i, id := range ids {
		if i == groupsShown {
			list = append(list, "…")
			break
		}
		list = append(list, names[id])
	}
	return strings.Join(list, "、")
}

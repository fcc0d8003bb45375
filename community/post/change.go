package post

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// target is a post in the audit log.
func target(id int64) string { return fmt.Sprintf("post/%d", id) }

// named is the post that a command's first word names, or a refusal.
func (f *feature) named(ctx context.Context, r *bot.Request) (p *post, rest string, err error) {
	word, rest := token(arguments(r))
	id, ok := readNumber(trimNumber(word))
	if !ok {
		return nil, "", r.Refuse("which", "Command", r.Command())
	}
	p, ok, err = f.find(ctx, id)
	if err == nil && !ok {
		err = r.Refuse("unknown", "ID", id)
	}
	return p, rest, err
}

// mostAtOnce is how many posts a command changes at once.
const mostAtOnce = 20

// several are the posts whose numbers a command names, each once, or a refusal.
func (f *feature) several(ctx context.Context, r *bot.Request) (list []*post, err error) {
	words := strings.FieldsFunc(arguments(r), func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",，、", c) })
	var ids []int64
	for i, word := range words {
		id, ok := readNumber(trimNumber(word))
		if !ok && i == 0 {
			break
		}
		if !ok {
			return nil, r.Refuse("several.rest", "Rest", f.c.Words.ScreenName(community.Excerpt(word, 20)), "Command", r.Command())
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, r.Refuse("which", "Command", r.Command())
	}
	if len(ids) > mostAtOnce {
		return nil, r.Refuse("several.many", "Most", mostAtOnce)
	}
	for _, id := range ids {
		p, ok, err := f.find(ctx, id)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, noneOf(r, make([]*post, len(ids)), r.T("unknown", "ID", id))
		}
		list = append(list, p)
	}
	return list, nil
}

func trimNumber(word string) string { return strings.TrimRight(word, "!！。~～") }

// one refuses more numbers than the one that a command takes.
func one(r *bot.Request, p *post, rest string) error {
	word, _ := token(rest)
	if _, ok := readNumber(trimNumber(word)); ok {
		return r.Refuse("single", "Command", r.Command(), "ID", p.ID)
	}
	return nil
}

// living is named, of posts that still have times to come.
func (f *feature) living(ctx context.Context, r *bot.Request) (p *post, rest string, err error) {
	p, rest, err = f.named(ctx, r)
	if err == nil && !p.live(r.At) {
		err = bot.Refuse(f.overText(r, p))
	}
	return p, rest, err
}

// overText says that a post has no times to come, and how it is sent all the same.
func (f *feature) overText(r *bot.Request, p *post) string {
	return r.T("over", "Post", f.called(r, p), "ID", p.ID, "Again", p.revivable(), "Now", f.cfg.need() == 0)
}

// revivable tells whether a post can be given a new time although it has none to come.
func (p *post) revivable() bool { return p.State == active || p.State == paused }

// hidden tells whether a post is not for the group in which it is spoken of: its words are not said there.
func hidden(r *bot.Request, p *post) bool {
	return r.Actor.Group != "" && !slices.Contains(p.Groups, community.GroupID(r.Actor.Group))
}

// called is a post by its number, and by how it begins where that may be said.
func (f *feature) called(r *bot.Request, p *post) string {
	if hidden(r, p) {
		return r.T("called.hidden", "Number", p.number())
	}
	return r.T("called", "Number", p.number(), "Title", p.title())
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
	if !ok || now.Version != t.Version {
		return r.Refuse("undo.late")
	}
	before := &t.Before
	if err := f.undoable(ctx, r, before, now); err != nil {
		return err
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

// undoable refuses to give a post back a time that is over. Where only its state changes, that is done all the same, and
// the answer says that the post is not sent by itself then; so it does of what was sent already and stays.
func (f *feature) undoable(ctx context.Context, r *bot.Request, before, now *post) error {
	name := f.called(r, now)
	if before.State != active && before.State != paused {
		past, err := f.past(ctx, r.Occurrences, now.ID, r.At)
		if slices.ContainsFunc(past, func(o bot.Occurrence) bool { return o.Ending == bot.InTime || o.Ending == bot.TooLate }) {
			community.UndoRemark(ctx, r.T("undo.sent", "Post", name))
		}
		return err
	}
	if !before.over(r.At) {
		return nil
	}
	when := f.c.Calendar.SayWhen(r.In("community").T, before.When, r.At)
	switch {
	case before.When == now.When && (now.State == cancelled || now.State == paused && before.State == active):
		community.UndoRemark(ctx, r.T("undo.passed", "Post", name, "When", when, "ID", now.ID, "Now", f.cfg.need() == 0))
		return nil
	case now.live(r.At):
		return r.Refuse("undo.back", "Post", name, "When", when, "ID", now.ID)
	}
	return r.Refuse("undo.over", "Post", name, "ID", now.ID, "Now", f.cfg.need() == 0)
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
	head, err := f.describe(ctx, r, p, how != "made" && hidden(r, p))
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

// describe is when a post is due, where, and how it begins, unless that is hidden.
func (f *feature) describe(ctx context.Context, r *bot.Request, p *post, hidden bool) (string, error) {
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return "", err
	}
	title := p.title()
	if hidden {
		title = ""
	}
	return r.T("describe", "When", f.c.Calendar.SayWhen(r.In("community").T, p.When, r.At), "Groups", groupList(names, p.Groups), "Title", title), nil
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

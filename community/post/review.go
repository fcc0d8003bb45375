package post

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// longestNote is how many characters an editor's comment has at the most.
const longestNote = 200

// waiting is 待审稿: posts that somebody still has to agree to.
func (f *feature) waiting(ctx context.Context, r *bot.Request) error {
	if f.cfg.need() == 0 {
		return r.Refuse("review.off")
	}
	list, err := f.livePosts(ctx, r.At)
	if err != nil {
		return err
	}
	var lines []string
	for _, p := range list {
		a, err := p.assent(f.who(ctx))
		if err != nil {
			return err
		}
		stage := a.stage(f.cfg.need(), f.cfg.OwnerMaySkip)
		if stage == "approved" {
			continue
		}
		author, err := f.c.Called(ctx, p.Author)
		if err != nil {
			return err
		}
		what, err := f.describe(ctx, r, p, hidden(r, p))
		if err != nil {
			return err
		}
		lines = append(lines, r.T("waiting.line", "Number", p.number(), "What", what, "Author", author, "Stage", r.T("stage."+stage)))
	}
	if len(lines) == 0 {
		r.Reply(r.T("waiting.none"))
		return nil
	}
	title, more := r.T("waiting.title", "Count", len(lines)), ""
	if n := len(lines) - perPage; n > 0 {
		lines, more = lines[:perPage], "\n"+r.T("more", "N", n)
	}
	r.Reply(title + "\n" + strings.Join(lines, "\n") + more)
	return nil
}

// reviewing is the post that is to be reviewed, with what people said about it, and who is asking.
func (f *feature) reviewing(ctx context.Context, r *bot.Request) (p *post, rest string, a assent, me community.MemberID, err error) {
	if f.cfg.need() == 0 {
		return nil, "", a, "", r.Refuse("review.off")
	}
	if p, rest, err = f.living(ctx, r); err != nil {
		return nil, "", a, "", err
	}
	if a, err = p.assent(f.who(ctx)); err != nil {
		return nil, "", a, "", err
	}
	me, err = f.c.Who(ctx, community.MemberID(r.Actor.Origin))
	return p, rest, a, me, err
}

// review is 审稿: the first of two people agrees.
func (f *feature) review(ctx context.Context, r *bot.Request) error {
	p, rest, a, me, err := f.reviewing(ctx, r)
	if err == nil {
		err = one(r, p, rest)
	}
	switch {
	case err != nil:
		return err
	case f.cfg.need() == 1:
		return r.Refuse("review.one", "ID", p.ID)
	case a.enough(2, f.cfg.OwnerMaySkip):
		return r.Refuse("approve.already", "Number", p.number())
	case a.reviewer != "":
		return r.Refuse("review.already", "Number", p.number(), "ID", p.ID)
	case slices.Contains(a.authors, me):
		return r.Refuse("review.own", "Number", p.number())
	}
	return f.agree(ctx, r, p, stepReviewed, "review.done")
}

// approve is 批准: the last person who is needed agrees.
func (f *feature) approve(ctx context.Context, r *bot.Request) error {
	p, rest, a, me, err := f.reviewing(ctx, r)
	if err == nil {
		err = one(r, p, rest)
	}
	if err != nil {
		return err
	}
	own := slices.Contains(a.authors, me)
	alone := r.Actor.Role >= bot.Owner && f.cfg.OwnerMaySkip
	switch {
	case a.enough(f.cfg.need(), f.cfg.OwnerMaySkip):
		return r.Refuse("approve.already", "Number", p.number())
	case alone && (own || f.cfg.need() == 2 && (a.reviewer == "" || a.reviewer == me)):
		return f.agree(ctx, r, p, stepOverridden, "approve.alone")
	case own:
		return r.Refuse("review.own", "Number", p.number())
	case f.cfg.need() == 2 && a.reviewer == "":
		return r.Refuse("approve.early", "Number", p.number(), "ID", p.ID)
	case a.reviewer == me:
		return r.Refuse("approve.reviewer", "Number", p.number())
	}
	return f.agree(ctx, r, p, stepApproved, "approve.done")
}

// agree records that somebody agrees to a post, whose words are checked anew: the red list may have grown.
func (f *feature) agree(ctx context.Context, r *bot.Request, p *post, what, said string) error {
	if err := f.checkText(r, p.Text); err != nil {
		return err
	}
	after := *p
	code, err := f.change(ctx, r, p, &after, what, "", false)
	if err != nil {
		return err
	}
	r.Reply(r.T(said, "Post", f.called(r, p), "ID", p.ID) + "\n" + r.T("undo.how", "Code", code))
	return nil
}

// sendBack is 退稿: a post is a draft again, and its author is told why.
func (f *feature) sendBack(ctx context.Context, r *bot.Request) error {
	p, note, a, me, err := f.reviewing(ctx, r)
	if err != nil {
		return err
	}
	note = strings.Join(strings.Fields(note), " ")
	if note == "" {
		return r.Refuse("return.how", "ID", p.ID)
	}
	if utf8.RuneCountInString(note) > longestNote {
		return r.Refuse("return.long", "Most", longestNote)
	}
	if word, bad := f.c.Words.Forbidden(note); bad {
		return r.Refuse("text.word", "Word", f.c.Words.Masked(word))
	}
	after := *p
	code, err := f.change(ctx, r, p, &after, stepReturned, note, true)
	if err != nil {
		return err
	}
	told := len(a.authors) > 0 && a.authors[0] != me
	if told {
		r.Whisper(string(p.Author), r.T("told.returned", "Number", p.number(), "Title", p.title(), "Name", r.Actor.Name, "Note", note, "ID", p.ID))
	}
	author, err := f.c.Called(ctx, p.Author)
	if err != nil {
		return err
	}
	r.Reply(r.T("return.done", "Number", p.number(), "Author", author, "Told", told) + "\n" + r.T("undo.how", "Code", code))
	return nil
}

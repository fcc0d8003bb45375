package post

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The bounds of posts.
const (
	longestText = 2_000 // characters
	mostLive    = 500
)

// arguments are a command's arguments with what the machine takes off the end of a command: a post may end with ！
func arguments(r *bot.Request) string {
	if r.Args == "" {
		return ""
	}
	if i := strings.LastIndex(r.Text, r.Args); i >= 0 {
		return strings.TrimSpace(r.Text[i:])
	}
	return r.Args
}

// post is 定时: a new post, or with a number alone what is known of one.
func (f *feature) post(ctx context.Context, r *bot.Request) error {
	if id, ok := readNumber(strings.TrimSpace(r.Args)); ok {
		return f.show(ctx, r, id)
	}
	if strings.TrimSpace(r.Args) == "" {
		return r.Refuse("how")
	}
	p, err := f.read(ctx, r, arguments(r))
	if err != nil {
		return err
	}
	n, err := f.countLive(ctx, r.At)
	if err != nil {
		return err
	}
	if n >= mostLive {
		return r.Refuse("full", "Most", mostLive)
	}
	if ok, err := f.onlyOne(ctx, r, p); err != nil || !ok {
		return err
	}
	if err := f.insert(ctx, p); err != nil {
		return err
	}
	gone := *p
	gone.State = cancelled
	code, err := f.record(ctx, r, &gone, p, stepMade, "")
	if err != nil {
		return err
	}
	return f.answer(ctx, r, p, "made", code)
}

// read reads a new post: groups, time, what it leaves out, picture, text.
func (f *feature) read(ctx context.Context, r *bot.Request, args string) (*post, error) {
	p := &post{Author: community.MemberID(r.Actor.Origin), Made: r.At.UnixMilli(), State: active, Version: 1, Base: 1, Told: -1}
	all, err := f.groups(ctx)
	if err != nil {
		return nil, err
	}
	rest, err := f.takeGroups(r, p, args, all, true)
	if err != nil {
		return nil, err
	}
	if p.When, rest, err = community.ReadWhen(rest, r.At, f.c.Calendar.Zone()); err != nil {
		return nil, bot.Refuse(whenHelp(r, err))
	}
	if rest, err = f.takeOptions(ctx, r, p, rest, all); err != nil {
		return nil, err
	}
	p.Text = strings.TrimSpace(rest)
	if err := f.checkText(r, p.Text); err != nil {
		return nil, err
	}
	if len(p.Groups) == 0 && r.Actor.Group == "" {
		return nil, f.whichGroup(r, all)
	}
	if len(p.Groups) == 0 {
		p.Groups = []community.GroupID{community.GroupID(r.Actor.Group)}
	}
	return p, nil
}

// whenHelp is what is wrong with the time of a new post. What looks like a second time may be meant as its text.
func whenHelp(r *bot.Request, err error) string {
	help := community.WhenHelp(r.In("community").T, err)
	if wrong, ok := errors.AsType[*community.WhenError](err); ok && wrong.Key == "several" {
		help += r.T("text.mark")
	}
	return help
}

// takeOptions takes groups, exclusions and a picture off the beginning of what follows the time.
func (f *feature) takeOptions(ctx context.Context, r *bot.Request, p *post, text string, all []community.Place) (rest string, err error) {
	for {
		before := text
		if said, ok := cutWord(text, textWords); ok {
			return said, nil
		}
		if text, err = takeSkips(r, p, text); err != nil {
			return "", err
		}
		if name, after, ok := readPicture(text); ok {
			if p.Digest, err = f.picture(ctx, r, name); err != nil {
				return "", err
			}
			p.Picture, text = name, after
		}
		if len(p.Groups) == 0 {
			if text, err = f.takeGroups(r, p, text, all, r.Actor.Group == ""); err != nil {
				return "", err
			}
		}
		if text != before {
			continue
		}
		if what, behind := skipsBehind(text); behind && p.When.Spec != "" {
			return "", r.Refuse("skip.behind", "What", community.Excerpt(what, 20))
		}
		return text, nil
	}
}

// takeSkips takes exclusions off the beginning of a text, and refuses those that it can't read: what they were meant to
// leave out would be sent.
func takeSkips(r *bot.Request, p *post, text string) (rest string, err error) {
	o, ok := readOption(text)
	if !ok {
		return text, nil
	}
	p.Skip, ok = p.Skip.with(o.x)
	switch {
	case o.unclear != "":
		return "", r.Refuse("skip.unclear", "What", community.Excerpt(o.unclear, 20))
	case !ok:
		return "", r.Refuse("skip.unclear", "What", community.Excerpt(strings.TrimSpace(text), 20))
	}
	return o.rest, nil
}

// takeGroups takes groups off the beginning of a text. strict: a name that no group has is refused, and else it is text.
func (f *feature) takeGroups(r *bot.Request, p *post, text string, all []community.Place, strict bool) (rest string, err error) {
	found := readGroups(text, all)
	if len(found.several) > 0 {
		return "", r.Refuse("group.several", "Name", f.c.Words.ScreenName(found.several[0].Name), "List", f.spelled(found.several))
	}
	if found.unknown != "" && strict {
		return "", r.Refuse("group.unknown", "Name", f.c.Words.ScreenName(found.unknown), "List", f.spelled(all))
	}
	seen := map[community.GroupID]bool{}
	for _, g := range found.groups {
		if !seen[g.ID] {
			p.Groups = append(p.Groups, g.ID)
		}
		seen[g.ID] = true
	}
	return found.rest, nil
}

func (f *feature) whichGroup(r *bot.Request, all []community.Place) error {
	if len(all) == 0 {
		return r.Refuse("group.none")
	}
	return r.Refuse("group.which", "List", f.spelled(all))
}

// groupsShown is how many groups an answer names at the most.
const groupsShown = 10

// spelled are groups with their ids, for who has to choose.
func (f *feature) spelled(list []community.Place) string {
	var names []string
	for i, g := range list {
		if i == groupsShown {
			names = append(names, "…")
			break
		}
		names = append(names, f.c.Words.ScreenName(g.Name)+"（"+string(g.ID)+"）")
	}
	return strings.Join(names, "、")
}

// checkText refuses what can't be said.
func (f *feature) checkText(r *bot.Request, text string) error {
	n := utf8.RuneCountInString(text)
	if n == 0 {
		return r.Refuse("text.empty")
	}
	if n > longestText {
		return r.Refuse("text.long", "Most", longestText, "N", n)
	}
	if word, bad := f.c.Words.Forbidden(text); bad {
		return r.Refuse("text.word", "Word", f.c.Words.Masked(word))
	}
	if name, bad := unknownVariable(text); bad {
		return r.Refuse("text.variable", "Name", community.Excerpt(name, 20))
	}
	return nil
}

// onlyOne asks whether a post is meant where another one says the same at the same times in one of its groups.
func (f *feature) onlyOne(ctx context.Context, r *bot.Request, p *post) (ok bool, err error) {
	same, err := f.posts(ctx, isLive+` AND p.text = ? AND p.spec = ? AND p.due_at = ?`, r.At.UnixMilli(), r.At.UnixMilli(), p.Text, p.When.Spec, bot.Millis(p.When.At))
	if err != nil {
		return false, err
	}
	for _, other := range same {
		for _, g := range other.Groups {
			for _, mine := range p.Groups {
				if g == mine {
					return f.c.Confirmations.Ask(ctx, r, r.T("same", "Number", other.number(), "Title", other.title()))
				}
			}
		}
	}
	return true, nil
}

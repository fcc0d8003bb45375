package post

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// fields are what 修改定时 changes, by what managers call it.
var fields = map[string]string{
	"时间": "time", "time": "time", "文本": "text", "内容": "text", "文字": "text", "text": "text",
	"群": "groups", "groups": "groups", "跳过": "skip", "除了": "skip", "skip": "skip", "图": "picture", "配图": "picture", "picture": "picture",
}

var nothing = map[string]bool{"无": true, "没有": true, "不跳过": true, "none": true}

// edit is 修改定时 编号 项目 内容. A post whose time is over gets a new one, and nothing else.
func (f *feature) edit(ctx context.Context, r *bot.Request) error {
	p, rest, err := f.named(ctx, r)
	if err != nil {
		return err
	}
	word, value := token(rest)
	field, known := fields[bot.Fold(word)]
	if !p.live(r.At) && (field != "time" || !p.revivable()) {
		return bot.Refuse(f.overText(r, p))
	}
	value = strings.TrimSpace(value)
	if !known || value == "" {
		return r.Refuse("edit.how", "ID", p.ID)
	}
	after := *p
	switch field {
	case "time":
		err = f.editTime(r, &after, value)
	case "text":
		after.Text = value
		err = f.checkText(r, value)
	case "groups":
		err = f.editGroups(ctx, r, &after, value)
	case "skip":
		err = editSkip(r, &after, value)
	case "picture":
		after.Picture, after.Digest = "", ""
		if !nothing[bot.Fold(value)] {
			after.Picture = value
			after.Digest, err = f.picture(ctx, r, value)
		}
	}
	if err != nil {
		return err
	}
	code, err := f.change(ctx, r, p, &after, stepEdited, field, true)
	if err != nil {
		return err
	}
	return f.answer(ctx, r, &after, "edited", code)
}

// editTime takes a new time; a time of day alone keeps the days of a repeated one.
func (f *feature) editTime(r *bot.Request, p *post, value string) error {
	was := p.When
	if !p.live(r.At) {
		was = community.When{} // its days are over
	}
	w, rest, err := community.ChangeWhen(was, value, r.At, f.c.Calendar.Zone())
	if err != nil {
		return bot.Refuse(community.WhenHelp(r.In("community").T, err))
	}
	if rest != "" {
		return r.Refuse("edit.rest", "Rest", community.Excerpt(rest, 20))
	}
	p.When = w
	return nil
}

// editGroups takes 所有群, @大群 @二群, or the names alone.
func (f *feature) editGroups(ctx context.Context, r *bot.Request, p *post, value string) error {
	all, err := f.groups(ctx)
	if err != nil {
		return err
	}
	if _, marked := cutMark(value); !marked {
		if word, _ := token(value); !foldedIn(word, everyGroup) {
			value = "@" + value
		}
	}
	p.Groups = nil
	rest, err := f.takeGroups(r, p, value, all, true)
	if err != nil {
		return err
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		return r.Refuse("edit.rest", "Rest", community.Excerpt(rest, 20))
	}
	if len(p.Groups) == 0 {
		return f.whichGroup(r, all)
	}
	return nil
}

// editSkip takes what is left out from now on, in place of what was.
func editSkip(r *bot.Request, p *post, value string) error {
	p.Skip = exclusions{}
	if nothing[bot.Fold(value)] {
		return nil
	}
	o, ok := readList(value)
	if !ok {
		return r.Refuse("edit.skip", "What", community.Excerpt(o.unclear, 20))
	}
	p.Skip = o.x
	return nil
}

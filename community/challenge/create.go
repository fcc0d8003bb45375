package challenge

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// create is 新建挑战 早起 21天 连续 明天 05:00-09:00 文字; without words it asks for them one by one.
func (f *feature) create(ctx context.Context, r *bot.Request) error {
	text := strings.TrimSpace(r.Args)
	if text == "" {
		return f.askFirst(ctx, r)
	}
	word, rest, _ := strings.Cut(text, " ")
	d := f.begin(f.c.Calendar.Day(r.At))
	if key := d.name(word); key != "" {
		return f.refuseWord(r, key, word, r.T("new.example"))
	}
	if err := f.free(ctx, r, d.Name); err != nil {
		return err
	}
	if key, word := d.read(rest); key != "" {
		return f.refuseWord(r, key, word, r.T("new.example"))
	}
	return f.found(ctx, r, d)
}

// refuseWord says what is wrong with a word of a description, with an example of what was meant.
func (f *feature) refuseWord(r *bot.Request, key, word, example string) error {
	return r.Refuse("new."+key, "Example", example, "Word", community.Excerpt(word, nameMost))
}

// sound refuses a challenge that nobody could reach from now on, whose prizes nobody can hand out, or whose words the
// community does not want.
func (f *feature) sound(ctx context.Context, r *bot.Request, c *challenge) error {
	today := f.c.Calendar.Day(r.At)
	if c.First == today && !c.stillTime(f.c.Calendar, today, r.At) && c.Days-1 < c.Target {
		return r.Refuse("new.passed")
	}
	texts := []string{c.About, c.Tag}
	for _, p := range c.Prizes {
		texts = append(texts, p.Name)
	}
	if err := f.allowed(r, texts...); err != nil {
		return err
	}
	return f.known(ctx, r, c.Prizes)
}

// allowed refuses texts that hold a word which the bot never says.
func (f *feature) allowed(r *bot.Request, texts ...string) error {
	for _, text := range texts {
		if word, bad := f.c.Words.Forbidden(text); bad {
			return r.Refuse("new.word", "Word", f.c.Words.Masked(word))
		}
	}
	return nil
}

// free refuses a name that the community does not want, or that another open challenge has.
func (f *feature) free(ctx context.Context, r *bot.Request, name string) error {
	if err := f.allowed(r, name); err != nil {
		return err
	}
	open, err := f.challenges(ctx, `WHERE state = 'open' ORDER BY id`)
	if err != nil {
		return err
	}
	for _, o := range open {
		switch {
		case bot.Fold(o.Name) == bot.Fold(name) && !o.here(r):
			return r.Refuse("new.taken_elsewhere", "Name", name)
		case bot.Fold(o.Name) == bot.Fold(name):
			return r.Refuse("new.taken", "Name", name)
		case bot.Fold(o.Tag) == bot.Fold(name):
			return r.Refuse("new.tag_taken", "Tag", o.Tag, "Name", o.Name)
		}
	}
	return nil
}

// freeTag refuses a hashtag that checks in to another open challenge.
func (f *feature) freeTag(ctx context.Context, r *bot.Request, c *challenge) error {
	if c.Tag == "" {
		return nil
	}
	open, err := f.challenges(ctx, `WHERE state = 'open' AND id <> ? ORDER BY id`, c.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		for _, tag := range o.tags() {
			if bot.Fold(tag) == bot.Fold(c.Tag) {
				return r.Refuse("new.tag_taken", "Tag", tag, "Name", o.Name)
			}
		}
	}
	return nil
}

// found makes the challenge of a draft, for the group that it is made in, or for all.
func (f *feature) found(ctx context.Context, r *bot.Request, d *draft) error {
	c := d.made(f.cfg)
	if err := f.freeTag(ctx, r, c); err != nil {
		return err
	}
	if err := f.sound(ctx, r, c); err != nil {
		return err
	}
	c.Group, c.State, c.MadeBy = community.GroupID(r.Actor.Group), Open, community.MemberID(r.Actor.Member)
	if err := f.add(ctx, r, c); err != nil {
		return err
	}
	if err := f.schedule(ctx, r); err != nil {
		return err
	}
	code, err := f.c.Undo.Offer(ctx, r, "challenge.new", undoNew{c.ID})
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "challenge.new", fmt.Sprint(c.ID), map[string]any{"days": c.Days, "target": c.Target, "mode": c.Mode}); err != nil {
		return err
	}
	r.Reply(strings.Join([]string{r.T("new.done", "Name", c.Name), f.describe(r, c), r.T("undo", "Code", code)}, "\n"))
	return nil
}

// describe says all of a challenge: rule, proof, and what can be won.
func (f *feature) describe(r *bot.Request, c *challenge) string {
	lines := []string{f.rule(r, c)}
	if c.About != "" {
		lines = append(lines, f.c.Words.ScreenName(c.About))
	}
	lines = append(lines, f.how(r, c))
	if c.Daily > 0 {
		lines = append(lines, r.T("prize.daily", "Points", c.Daily))
	}
	for _, p := range c.Prizes {
		line := f.sayPrize(r, p)
		if p.Later {
			line += r.T("prize.later")
		}
		lines = append(lines, line)
	}
	if c.MaxOff > 0 {
		lines = append(lines, r.T("rule.leave", "Days", c.MaxOff))
	}
	return strings.Join(lines, "\n")
}

func (f *feature) sayPrize(r *bot.Request, p Prize) string {
	key := "prize.milestone."
	if p.At == 0 {
		key = "prize.goal."
	}
	return r.T(key+string(p.Kind), "Days", p.At, "Points", p.Amount, "Prize", p.Name)
}

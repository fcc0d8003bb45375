package challenge

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// create is 新建挑战 早起 21天 连续 明天 05:00-09:00 文字.
func (f *feature) create(ctx context.Context, r *bot.Request) error {
	d, problem := parse(r.Args, f.c.Calendar.Day(r.At), f.cfg)
	if problem != "" {
		return r.Refuse("new."+problem, "Example", r.T("new.example"))
	}
	c := d.made(f.cfg)
	c.Group, c.State, c.MadeBy = community.GroupID(r.Actor.Group), Open, community.MemberID(r.Actor.Member)
	if word, bad := f.c.Words.Forbidden(c.Name); bad {
		return r.Refuse("new.word", "Word", word)
	}
	same, err := f.challenges(ctx, `WHERE state = 'open' AND folded = ?`, bot.Fold(c.Name))
	if err != nil {
		return err
	}
	if len(same) > 0 {
		return r.Refuse("new.taken", "Name", c.Name)
	}
	if err := f.add(ctx, r, c); err != nil {
		return err
	}
	r.Reply(strings.Join([]string{r.T("new.done", "Name", c.Name), f.rule(r, c)}, "\n"))
	return nil
}

package community

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

func (c *Community) dataCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"我的数据", "mydata"}, Help: "help.data", Where: bot.InPrivate, Run: c.myData},
		{Names: []string{"删除我的数据", "erasemydata"}, Help: "help.erase_mine", Where: bot.InPrivate, Run: c.eraseMine},
		{Names: []string{"删除数据", "erasedata"}, Usage: "usage.erase", Help: "help.erase", Role: bot.Manager, Run: c.eraseOther},
	}
}

// Proven refuses somebody of whom it isn't proven who they are: what is kept of a member is only for them.
func (c *Community) Proven(r *bot.Request) error {
	if r.Actor.Member == "" || !r.Actor.Strong {
		return bot.Refuse(r.In("community").T("data.weak"))
	}
	return nil
}

// myData says in a few lines what is kept of the sender, and why.
func (c *Community) myData(ctx context.Context, r *bot.Request) error {
	if err := c.Proven(r); err != nil {
		return err
	}
	ids, err := c.idsOf(ctx, MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	lines := []string{r.T("data.head", "Name", r.Actor.Name)}
	for _, kept := range r.Personal() {
		n, err := countTable(ctx, c.db, firstOf(kept), ids)
		if err != nil {
			return err
		}
		if n > 0 {
			lines = append(lines, "· "+r.In(kept.Feature).T(kept.Text, "N", n, "Days", c.keepDays()))
		}
	}
	r.Reply(strings.Join(append(lines, r.T("data.foot")), "\n"))
	return nil
}

// firstOf is the table that is counted: the first that holds rows of members themselves.
func firstOf(kept bot.PersonalOf) bot.PersonalTable { return kept.Tables[0] }

// keepDays is how many days raw texts are kept.
func (c *Community) keepDays() int { return int(c.opts.KeepText.Hours() / 24) }

// eraseMine erases the sender.
func (c *Community) eraseMine(ctx context.Context, r *bot.Request) error {
	if err := c.Proven(r); err != nil {
		return err
	}
	id := MemberID(r.Actor.Member)
	if r.Actor.Asleep > bot.Member {
		return r.Refuse("erase.staff", "Role", r.T("role."+r.Actor.Asleep.String()))
	}
	preview, err := c.previewErasure(ctx, r, id, "erase.mine")
	if err != nil {
		return err
	}
	sure, err := c.Confirmations.Ask(ctx, r, preview)
	if err != nil || !sure {
		return err
	}
	if err := c.planErasure(ctx, r, id, ""); err != nil {
		return err
	}
	r.Reply(r.T("erase.goodbye", "Name", r.Actor.Name))
	return nil
}

// eraseOther erases somebody who asked a manager for it.
func (c *Community) eraseOther(ctx context.Context, r *bot.Request) error {
	p, reason, err := c.Target(ctx, r)
	if err != nil {
		return err
	}
	name := c.echo(p.Name)
	if string(p.ID) == r.Actor.Member {
		return r.Refuse("erase.self")
	}
	if p.Bot {
		return r.Refuse("erase.bot", "Name", name)
	}
	if reason, err = c.Reason(r, reason); err != nil {
		return err
	}
	if reason == "" {
		return r.Refuse("erase.why", "Command", r.Command())
	}
	preview, err := c.previewErasure(ctx, r, p.ID, "erase.other")
	if err != nil {
		return err
	}
	sure, err := c.Confirmations.Ask(ctx, r, preview)
	if err != nil || !sure {
		return err
	}
	if err := c.planErasure(ctx, r, p.ID, reason); err != nil {
		return err
	}
	r.Reply(r.T("erase.planned", "Name", name, "ID", string(p.ID)))
	return nil
}

// previewErasure says what goes and what stays, or refuses.
func (c *Community) previewErasure(ctx context.Context, r *bot.Request, id MemberID, key string) (string, error) {
	asked, done, err := c.erasure(ctx, id)
	if err != nil {
		return "", err
	}
	if done || !asked.IsZero() {
		return "", r.Refuse("erase.already", "ID", string(id))
	}
	ids, err := c.idsOf(ctx, id)
	if err != nil {
		return "", err
	}
	if reason, err := c.unerasable(ctx, r, id, ids); err != nil || reason != "" {
		if err == nil {
			err = bot.Refuse(reason)
		}
		return "", err
	}
	name, err := c.Called(ctx, id)
	if err != nil {
		return "", err
	}
	points, _, err := c.Purse.Worth(ctx, id)
	if err != nil {
		return "", err
	}
	return r.T(key, "Name", name, "ID", string(id), "Points", points, "Ids", len(ids)), nil
}

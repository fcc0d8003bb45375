package community

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/weilu-im/weilu/bot"
)

// What takes back a freeze and its end.
type (
	undoFreeze struct {
		Member MemberID `json:"member"`
		At     int64    `json:"at"` // of this freeze; a later one stays
	}
	undoThaw struct {
		Event string `json:"event"` // the one that thawed
	}
)

func (c *Community) freezeCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"冻结", "freeze"}, Usage: "usage.freeze", Help: "help.freeze", Role: bot.Manager, Run: c.freeze},
		{Names: []string{"解冻", "unfreeze"}, Usage: "usage.target", Help: "help.thaw", Role: bot.Manager, Run: c.thaw},
	}
}

// freezeView lists whose points are frozen.
func (c *Community) freezeView() bot.View {
	return bot.View{Name: "frozen", Title: "frozen.title", Role: bot.Manager, Section: bot.Economy, Acts: []bot.Act{{Command: "冻结", Grave: true}}, Read: c.readFrozen}
}

func (c *Community) readFrozen(ctx context.Context, q *bot.Query) (bot.Page, error) {
	list, err := c.Purse.AllFreezes(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	d, err := c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	ids := make([]MemberID, len(list))
	for i, f := range list {
		ids[i] = d.Who(f.ID)
	}
	names, err := d.Called(ctx, ids...)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "frozen", Empty: q.T("frozen.none"), Columns: []bot.Column{
		{Key: "member", Title: q.T("frozen.member")}, {Key: "since", Title: q.T("frozen.since")}, {Key: "reason", Title: q.T("frozen.reason")}}}
	for i, f := range list {
		t.Rows = append(t.Rows, bot.Row{Key: string(f.ID), Cells: []bot.Cell{
			d.Cell(names, ids[i]), {Text: f.At.In(c.Calendar.Zone()).Format("2006-01-02 15:04"), Value: f.At}, {Text: f.Reason}},
			Acts: []bot.Act{{Command: "解冻", Args: string(ids[i])}}})
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

func (c *Community) freeze(ctx context.Context, r *bot.Request) error {
	p, reason, err := c.Target(ctx, r)
	if err != nil {
		return err
	}
	name := c.echo(p.Name)
	switch {
	case string(p.ID) == r.Actor.Member:
		return r.Refuse("freeze.self")
	case p.Role >= r.Actor.Role:
		return r.Refuse("freeze.staff", "Name", name)
	}
	if reason, err = c.Reason(r, reason); err != nil {
		return err
	}
	if reason == "" {
		return r.Refuse("freeze.why", "Command", r.Command())
	}
	err = c.Purse.Freeze(ctx, r, p.ID, reason)
	if errors.Is(err, ErrFrozen) {
		return r.Refuse("freeze.already", "Name", name)
	}
	if err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.freeze", undoFreeze{p.ID, r.At.UnixMilli()}, r.T("freeze.done", "Name", name))
}

func (c *Community) thaw(ctx context.Context, r *bot.Request) error {
	p, _, err := c.Target(ctx, r)
	if err != nil {
		return err
	}
	if string(p.ID) == r.Actor.Member {
		return r.Refuse("freeze.self")
	}
	name := c.echo(p.Name)
	err = c.Purse.Thaw(ctx, r, p.ID)
	if errors.Is(err, ErrNotFrozen) {
		return r.Refuse("thaw.already", "Name", name)
	}
	if err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.thaw", undoThaw{r.ID}, r.T("thaw.done", "Name", name))
}

func (c *Community) registerFreezeUndo() {
	c.Undo.Register("community.freeze", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoFreeze
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.Roster.exec(ctx, `DELETE FROM freezes WHERE member_id = ? AND at = ?`, string(u.Member), u.At)
	})
	c.Undo.Register("community.thaw", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoThaw
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.Purse.refreeze(ctx, u.Event)
	})
}

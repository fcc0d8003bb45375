package community

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// What takes back the managers' commands of this package.
type (
	undoRole struct {
		Member MemberID `json:"member"`
		Role   bot.Role `json:"role"` // before
	}
	undoEnable struct {
		Group   GroupID `json:"group"`
		On      bool    `json:"on"`      // before
		Decided bool    `json:"decided"` // whether a manager had said so before
	}
	undoMark struct {
		Member MemberID `json:"member"`
	}
)

func (c *Community) registerUndo() {
	c.Undo.Register("community.appoint", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoRole
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		if r.Actor.Role < bot.Owner {
			return bot.Refuse(c.text(r, "appoint.undo"))
		}
		return c.Roster.Appoint(ctx, u.Member, u.Role)
	})
	c.Undo.Register("community.enable", func(ctx context.Context, _ *bot.Request, payload []byte) error {
		var u undoEnable
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.Roster.adopt(ctx, u.Group, u.On, u.Decided)
	})
	c.Undo.Register("community.markbot", func(ctx context.Context, _ *bot.Request, payload []byte) error {
		var u undoMark
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.Roster.mark(ctx, u.Member, false)
	})
}

// answerWithUndo says what changed, and the code that takes it back.
func (c *Community) answerWithUndo(ctx context.Context, r *bot.Request, action string, payload any, text string) error {
	code, err := c.Undo.Offer(ctx, r, action, payload)
	if err != nil {
		return err
	}
	r.Reply(text + "\n" + c.text(r, "undo.offer", "Code", code))
	return nil
}

// adopt enables the bot in a group, or disables it. decided says that a manager wanted it so.
func (ro *Roster) adopt(ctx context.Context, id GroupID, on, decided bool) error {
	g, err := ro.Place(ctx, id)
	if err != nil {
		return err
	}
	g.Adopted, g.decided = on, decided
	remember(ctx, ro.db, ro.places, id, g)
	if err := ro.exec(ctx, `UPDATE groups SET adopted = ?, decided = ? WHERE id = ?`, on, decided, string(id)); err != nil {
		return fmt.Errorf("adopt %s: %w", id, err)
	}
	return nil
}

// mark says whether a member is another bot.
func (ro *Roster) mark(ctx context.Context, id MemberID, isBot bool) error {
	p, err := ro.self(ctx, id)
	if err != nil {
		return err
	}
	p.Bot = isBot
	remember(ctx, ro.db, ro.people, p.ID, p)
	if err := ro.exec(ctx, `UPDATE members SET bot = ? WHERE id = ?`, isBot, string(p.ID)); err != nil {
		return fmt.Errorf("mark %s: %w", id, err)
	}
	return nil
}

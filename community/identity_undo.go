package community

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/weilu-im/weilu/bot"
)

// What takes back merges, splits and the recognition of newcomers.
type (
	undoMerge struct {
		From MemberID `json:"from"`
	}
	undoSplit struct {
		Alias MemberID `json:"alias"`
		Into  MemberID `json:"into"`
	}
	undoNewcomer struct {
		Member MemberID `json:"member"`
		Since  int64    `json:"since"` // before
	}
)

func (c *Community) registerIdentityUndo() {
	c.Undo.Register("community.merge", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoMerge
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.refuseLate(r, c.Split(ctx, r, u.From))
	})
	c.Undo.Register("community.split", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoSplit
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		who, err := c.Who(ctx, u.Alias)
		if err != nil {
			return err
		}
		if who != u.Alias { // merged into somebody in the meantime
			return c.refuse(r, "identity.late")
		}
		return c.refuseLate(r, c.Merge(ctx, r, u.Alias, u.Into, "undo of a split"))
	})
	c.Undo.Register("community.claim", c.unclaimGroup)
	c.Undo.Register("community.merge.again", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoSplit
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.refuseLate(r, c.Merge(ctx, r, u.Alias, u.Into, "undo of a split"))
	})
	c.Undo.Register("community.newcomer", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoNewcomer
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.waiting(ctx, r, u.Member, u.Since, "hold")
	})
}

// refuseLate turns what has been overtaken by another change into words.
func (c *Community) refuseLate(r *bot.Request, err error) error {
	for _, late := range [...]error{ErrNoAlias, ErrSamePerson, ErrProvisional} {
		if errors.Is(err, late) {
			return c.refuse(r, "identity.late")
		}
	}
	return err
}

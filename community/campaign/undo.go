package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// What takes back the commands of managers.
type (
	undoOpen struct {
		ID string `json:"id"`
	}
	undoFund struct {
		ID  string `json:"id"`
		Key string `json:"key"`
	}
	undoGive struct {
		ID  string `json:"id"`
		Key string `json:"key"`
	}
	undoClose struct {
		ID string `json:"id"`
	}
)

func (f *campaign) registerUndo() {
	register(f, "campaign.open", func(ctx context.Context, r *bot.Request, u undoOpen) error { return f.c.Budgets.Drop(ctx, r, u.ID) })
	register(f, "campaign.fund", func(ctx context.Context, r *bot.Request, u undoFund) error {
		return f.c.Budgets.Unfund(ctx, r, u.ID, u.Key)
	})
	register(f, "campaign.close", func(ctx context.Context, r *bot.Request, u undoClose) error { return f.c.Budgets.Reopen(ctx, r, u.ID) })
	register(f, "campaign.give", func(ctx context.Context, r *bot.Request, u undoGive) error {
		_, err := f.c.Budgets.Reverse(ctx, r, u.ID, u.Key, points.Reversal{
			Key: "undo/" + strings.TrimPrefix(u.Key, "undo/"), Reason: r.In("campaign").T("undo.reason"), At: r.At})
		return err
	})
}

// register registers an undo whose payload is a T, and turns what was overtaken into words.
func register[T any](f *campaign, action string, fn func(ctx context.Context, r *bot.Request, u T) error) {
	f.c.Undo.Register(action, func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u T
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		err := fn(ctx, r, u)
		texts := r.In("campaign")
		switch {
		case errors.Is(err, community.ErrBudgetGiven):
			return texts.Refuse("undo.given")
		case errors.Is(err, community.ErrBudgetClosed):
			return texts.Refuse("undo.over")
		case errors.Is(err, community.ErrBudgetName):
			return texts.Refuse("undo.name")
		}
		return err
	})
}

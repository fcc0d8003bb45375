package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// granted is what an undo of a grant or deduction needs.
type granted struct {
	Key string `json:"key"`
}

// grant gives points (sign +1) or takes them away (-1): 加分 @谁 数量 原因.
func (w *wallet) grant(sign int64) bot.Handler {
	name := map[int64]string{+1: "grant", -1: "deduct"}[sign]
	return func(ctx context.Context, r *bot.Request) error {
		who, rest, err := w.c.Target(ctx, r)
		if err != nil {
			return err
		}
		amount, reason, err := community.CutAmount(rest)
		var wrong *community.AmountError
		if errors.As(err, &wrong) {
			return bot.Refuse(r.In("community").T(wrong.Key) + "\n" + r.T(name+".example"))
		}
		if err != nil {
			return err
		}
		if string(who.ID) == r.Actor.Member {
			return r.Refuse("grant.self")
		}
		if reason, err = w.c.Reason(r, reason); err != nil {
			return err
		}
		called, err := w.c.Called(ctx, who.ID)
		if err != nil {
			return err
		}
		if amount > w.cfg.ConfirmAbove {
			sure, err := w.c.Confirmations.Ask(ctx, r, r.T(name+".preview", "Name", called, "Points", amount))
			if err != nil || !sure {
				return err
			}
		}
		return w.book(ctx, r, name, who, called, amount, reason)
	}
}

func (w *wallet) book(ctx context.Context, r *bot.Request, name string, who community.Person, called string, amount int64, reason string) error {
	stored := reason
	if stored == "" {
		stored = r.T(name + ".reason")
	}
	account, err := w.c.Account(ctx, who.ID)
	if err != nil {
		return err
	}
	t := points.Transfer{Key: fmt.Sprintf("%s/%d", name, r.Seq), From: points.Issued, To: account, Amount: amount, Reason: stored, At: r.At}
	if name == "deduct" {
		t.From, t.To = "", points.Burned
		err = w.c.Purse.Spend(ctx, r, who.ID, t)
	} else {
		_, err = w.c.Purse.Post(ctx, t)
	}
	poor := errors.Is(err, points.ErrInsufficient)
	if err != nil && !poor {
		return err
	}
	has, _, err := w.c.Purse.Worth(ctx, who.ID)
	if err != nil {
		return err
	}
	if poor {
		return r.Refuse("deduct.poor", "Name", called, "Points", has)
	}
	code, err := w.c.Undo.Offer(ctx, r, "wallet.grant", granted{t.Key})
	if err != nil {
		return err
	}
	if err := w.c.Audit.Record(ctx, r, name, string(who.ID), map[string]any{"amount": amount, "key": t.Key}); err != nil {
		return err
	}
	text := r.T(name+".done", "Name", called, "Points", amount, "Balance", has)
	if reason != "" {
		text += r.T("grant.why", "Reason", reason)
	}
	r.Reply(text + "\n" + r.T("grant.undo", "Code", code))
	return nil
}

// undoGrant takes a grant or a deduction back by a transfer of its own.
func (w *wallet) undoGrant(ctx context.Context, r *bot.Request, payload []byte) error {
	var g granted
	if err := json.Unmarshal(payload, &g); err != nil {
		return err
	}
	return w.takeBack(ctx, r, g.Key)
}

// takeBack reverses a transfer by its key.
func (w *wallet) takeBack(ctx context.Context, r *bot.Request, key string) error {
	_, err := w.c.Purse.Reverse(ctx, key, points.Reversal{Key: "undo/" + strings.TrimPrefix(key, "undo/"), Reason: r.In("wallet").T("grant.undone"), At: r.At})
	return err
}

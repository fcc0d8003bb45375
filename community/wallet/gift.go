package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// present is what a member gives to another.
type present struct {
	to     community.Person
	called string
	amount int64
	words  string
}

// gift gives some of a member's points to another: 转赠 @谁 数量 留言.
func (w *wallet) gift(ctx context.Context, r *bot.Request) error {
	if !w.cfg.Transfers.Enabled {
		return r.Refuse("gift.off")
	}
	if r.Actor.Role >= bot.Moderator {
		return r.Refuse("gift.staff")
	}
	g, err := w.readGift(ctx, r)
	if err != nil {
		return err
	}
	if err := w.mayGive(ctx, r, g); err != nil {
		return err
	}
	if g.amount > w.cfg.Transfers.ConfirmAbove {
		sure, err := w.c.Confirmations.Ask(ctx, r, r.T("gift.preview", "Name", g.called, "Points", g.amount))
		if err != nil || !sure {
			return err
		}
	}
	return w.give(ctx, r, g)
}

// readGift reads what is given to whom.
func (w *wallet) readGift(ctx context.Context, r *bot.Request) (g present, err error) {
	var rest string
	if g.to, rest, err = w.c.Target(ctx, r); err != nil {
		return g, err
	}
	var wrong *community.AmountError
	if g.amount, g.words, err = community.CutAmount(rest); errors.As(err, &wrong) {
		return g, bot.Refuse(r.In("community").T(wrong.Key) + "\n" + r.T("gift.example"))
	}
	if err != nil {
		return g, err
	}
	if _, bad := w.c.Words.Forbidden(g.words); bad || utf8.RuneCountInString(g.words) > community.MostReason {
		return g, r.Refuse("gift.words", "Most", community.MostReason)
	}
	g.called, err = w.c.Called(ctx, g.to.ID)
	return g, err
}

// mayGive refuses what the rules don't allow.
func (w *wallet) mayGive(ctx context.Context, r *bot.Request, g present) error {
	own := community.MemberID(r.Actor.Member)
	gone, err := w.c.Gone(ctx)
	if err != nil {
		return err
	}
	switch {
	case g.to.ID == own:
		return r.Refuse("gift.self")
	case g.to.Role >= bot.Moderator || g.to.Bot:
		return r.Refuse("gift.to_staff", "Name", g.called)
	case slices.Contains(gone, g.to.ID):
		return r.Refuse("gift.gone", "Name", g.called)
	case g.amount < w.cfg.Transfers.Min:
		return r.Refuse("gift.min", "Points", w.cfg.Transfers.Min)
	}
	ids, err := w.c.IDs(ctx, own)
	if err != nil {
		return err
	}
	given, err := w.given(ctx, ids, w.c.Calendar.Day(r.At))
	if err != nil {
		return err
	}
	if most := w.cfg.Transfers.MaxPerDay; given+g.amount > most {
		return r.Refuse("gift.limit", "Most", most, "Left", max(0, most-given))
	}
	return nil
}

// give moves the points, and tells both.
func (w *wallet) give(ctx context.Context, r *bot.Request, g present) error {
	to, err := w.c.Account(ctx, g.to.ID)
	if err != nil {
		return err
	}
	own := community.MemberID(r.Actor.Member)
	t := points.Transfer{Key: fmt.Sprintf("gift/%d", r.Seq), To: to, Amount: g.amount, Reason: r.T("gift.reason"), At: r.At}
	if g.words != "" {
		t.Reason = r.T("gift.reason_words", "Words", g.words)
	}
	switch err := w.c.Purse.Spend(ctx, r, own, t); {
	case errors.Is(err, points.ErrInsufficient):
		return r.Refuse("gift.poor", "Name", r.Actor.Name)
	case err != nil:
		return err
	}
	if err := w.keepGift(ctx, t.Key, community.MemberID(r.Actor.Origin), g.to.ID, g.amount, w.c.Calendar.Day(r.At)); err != nil {
		return err
	}
	code, err := w.c.Undo.Offer(ctx, r, "wallet.gift", granted{t.Key})
	if err != nil {
		return err
	}
	if err := w.c.Audit.Record(ctx, r, "gift", string(g.to.ID), map[string]any{"amount": g.amount, "key": t.Key}); err != nil {
		return err
	}
	r.Reply(r.T("gift.done", "Name", r.Actor.Name, "To", g.called, "Points", g.amount, "Code", code))
	open, err := w.c.Reachable(ctx, string(g.to.ID))
	if err != nil || !open {
		return err
	}
	key := "gift.got"
	if g.words != "" {
		key = "gift.got_words"
	}
	r.Whisper(string(g.to.ID), r.T(key, "Name", r.Actor.Name, "Points", g.amount, "Words", g.words))
	return nil
}

// undoGift gives back what a member gave, as far as it is there; the rest becomes a debt.
func (w *wallet) undoGift(ctx context.Context, r *bot.Request, payload []byte) error {
	var g granted
	if err := json.Unmarshal(payload, &g); err != nil {
		return err
	}
	if r.Actor.Role < bot.Manager {
		return bot.Refuse(r.In("wallet").T("gift.undo_who"))
	}
	if err := w.dropGift(ctx, g.Key, r.At.UnixMilli()); err != nil {
		return err
	}
	return w.takeBack(ctx, r, g.Key)
}

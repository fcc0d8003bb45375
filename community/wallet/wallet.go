// Package wallet shows members their points and the boards, lets managers grant and deduct, and members give to others.
package wallet

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

// historyLines is how many entries 明细 shows.
const historyLines = 10

// historyReason is how many characters of a reason 明细 and a report show.
const historyReason = 60

type wallet struct {
	db  bot.Storage
	c   *community.Community
	cfg Config
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	w := &wallet{db, c, cfg}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	c.Mine.Register("wallet", w.mine)
	c.Undo.Register("wallet.grant", w.undoGrant)
	c.Undo.Register("wallet.bulk", w.undoBulk)
	c.Undo.Register("wallet.gift", w.undoGift)
	c.ActOnMembers(bot.Manager, bot.Act{Command: "加分"})
	c.ActOnMembers(bot.Manager, bot.Act{Command: "扣分", Grave: true})
	f := bot.Feature{
		Name: "wallet", Locales: texts, Section: bot.Economy, Migrations: migrations(), Personal: personal(), Views: append(w.views(), w.ledgerView()),
		Commands: []bot.Command{
			{Names: []string{"积分", "points", "我的积分"}, Help: "help.balance", Run: w.balance},
			{Names: []string{"明细", "history", "积分明细"}, Help: "help.history", Run: w.history},
			{Names: []string{"加分", "grant"}, Usage: "usage.grant", Help: "help.grant", Role: bot.Manager, Run: w.grant(+1)},
			{Names: []string{"扣分", "deduct"}, Usage: "usage.grant", Help: "help.deduct", Role: bot.Manager, Run: w.grant(-1)},
			{Names: []string{"批量加分", "bulkgrant"}, Usage: "usage.bulk", Help: "help.bulk", Role: bot.Manager, Where: bot.InPrivate, Table: true, Run: w.bulk},
			{Names: []string{"转赠", "gift"}, Usage: "usage.gift", Help: "help.gift", Run: w.gift},
		},
	}
	f.Commands = slices.Insert(f.Commands, 2, w.boardCommands()...)
	return f
}

// balance answers with the balance as the first number.
func (w *wallet) balance(ctx context.Context, r *bot.Request) error {
	balance, debt, err := w.c.Purse.Worth(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	text := r.T("balance", "Points", balance, "Name", r.Actor.Name)
	if debt > 0 {
		text += r.T("debt", "Points", debt)
	}
	waits, err := w.c.Waits(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if waits { // who asks may have had more under the name that we don't find again
		text += r.T("waits")
	}
	r.Reply(text)
	frozen, _, err := w.c.Purse.Held(ctx, community.MemberID(r.Actor.Member))
	if err == nil && frozen { // a matter between them and the managers
		r.Whisper(r.Actor.Member, r.T("frozen"))
	}
	return err
}

// history tells in private what moved a member's points.
func (w *wallet) history(ctx context.Context, r *bot.Request) error {
	member := community.MemberID(r.Actor.Member)
	entries, err := w.c.Purse.History(ctx, member, historyLines)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		r.Whisper(r.Actor.Member, r.T("history.none"))
		return nil
	}
	balance, _, err := w.c.Purse.Worth(ctx, member)
	if err != nil {
		return err
	}
	lines := []string{r.T("history.title", "Count", len(entries), "Points", balance)}
	for _, e := range entries {
		reason := e.Reason
		if e.Kind == points.KindRepayment {
			reason = r.T("history.repaid")
		}
		if reason == "" {
			reason = r.T("history.no_reason")
		}
		lines = append(lines, fmt.Sprintf("%s  %+d  %s  #%d", e.At.In(w.c.Calendar.Zone()).Format("01-02 15:04"), e.Amount, community.Shorten(reason, historyReason), e.ID))
	}
	debts, err := w.c.Purse.Debts(ctx, member)
	if err != nil {
		return err
	}
	for _, d := range debts {
		lines = append(lines, r.T("history.debt", "Points", d.Amount-d.Paid))
	}
	r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
	return nil
}

// mine is what 我的 says of the points.
func (w *wallet) mine(ctx context.Context, r *bot.Request, member community.MemberID) (string, error) {
	balance, _, err := w.c.Purse.Worth(ctx, member)
	return r.In("wallet").T("mine", "Points", balance), err
}

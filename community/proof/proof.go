// Package proof lets members check their points against the sealed ledger, and tells its root every day.
package proof

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

type proof struct {
	db  community.SQL
	c   *community.Community
	cfg Config
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	p := &proof{community.SQL{Storage: db}, c, cfg}
	return bot.Feature{
		Name: "proof", Locales: texts, Section: bot.Economy, Migrations: migrations(),
		Commands: []bot.Command{{Names: []string{"对账", "proof"}, Usage: "usage", Help: "help", Run: p.prove}},
		Jobs:     []bot.Job{{Name: "root", Spec: "0 9 * * *", CatchUp: bot.Collapse, Ritual: true, Title: "root.title", Backstage: !cfg.PostRoot, Grace: time.Hour, Run: p.publish}},
	}
}

// ledger reads in the transaction that ctx carries.
func (p *proof) ledger() *points.Ledger { return points.New(p.db.Conn, p.db.Tx) }

// prove tells in private what the chain says of a transfer: members of their own, managers of any.
func (p *proof) prove(ctx context.Context, r *bot.Request) error {
	id, ok := number(r.Args)
	if !ok {
		return r.Refuse("which")
	}
	t, ok, err := p.ledger().FindID(ctx, id)
	if err != nil {
		return err
	}
	mine, err := p.mine(ctx, r, t)
	if err != nil {
		return err
	}
	if !ok || (mine == none && r.Actor.Role < bot.Manager) {
		return r.Refuse("unknown", "ID", id)
	}
	text, err := p.text(ctx, r, t, mine)
	if err != nil {
		return err
	}
	r.Whisper(r.Actor.Member, text)
	return nil
}

// side says how somebody sees a transfer.
type side int

const (
	none side = iota // both accounts are of others
	gave
	got
	both // from one of their accounts to another
)

// mine is how the asker sees a transfer, under all of their ids.
func (p *proof) mine(ctx context.Context, r *bot.Request, t points.Posting) (side, error) {
	me := community.MemberID(r.Actor.Member)
	from, err := p.owns(ctx, me, t.From)
	if err != nil {
		return none, err
	}
	to, err := p.owns(ctx, me, t.To)
	switch {
	case from && to:
		return both, err
	case from:
		return gave, err
	case to:
		return got, err
	}
	return none, err
}

func (p *proof) owns(ctx context.Context, me community.MemberID, account points.Account) (bool, error) {
	id, ok := community.Owner(account)
	if !ok || me == "" {
		return false, nil
	}
	who, err := p.c.Who(ctx, id)
	return who == me, err
}

func (p *proof) text(ctx context.Context, r *bot.Request, t points.Posting, mine side) (string, error) {
	amount := t.Amount
	if mine == gave {
		amount = -amount
	}
	reason := t.Reason
	if reason == "" {
		reason = r.T("no_reason")
	}
	sealed, err := p.ledger().Prove(ctx, t.ID)
	if err != nil {
		return "", err
	}
	text := r.T("what", "ID", t.ID, "At", t.At.In(p.c.Calendar.Zone()).Format("2006-01-02 15:04:05"), "Amount", signed(amount, mine), "Reason", reason)
	if sealed.Seq == 0 {
		return text + "\n" + r.T("unsealed"), nil
	}
	seq, root, err := p.ledger().Root(ctx)
	if err != nil {
		return "", err
	}
	return text + "\n" + r.T("sealed", "Seq", sealed.Seq, "Previous", sealed.Previous, "Hash", sealed.Hash, "Row", sealed.Row, "Last", seq, "Root", root), nil
}

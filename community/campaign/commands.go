package campaign

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// open is 新建活动 名称 预算 截止日期.
func (f *campaign) open(ctx context.Context, r *bot.Request) error {
	o, ok := parseOrder(r.Args)
	if !ok {
		return r.Refuse("open.how")
	}
	if bad := badName(o.name); bad != "" {
		return r.Refuse(bad)
	}
	if _, bad := f.c.Words.Forbidden(o.name); bad {
		return r.Refuse("name.odd")
	}
	amount, err := f.amount(r, o.amount, "open.how")
	if err != nil {
		return err
	}
	until, err := parseDay(o.until)
	today := f.c.Calendar.Day(r.At)
	switch {
	case err != nil:
		return r.Refuse("open.how")
	case until < today:
		return r.Refuse("open.past")
	case until > today+longest:
		return r.Refuse("open.far")
	}
	if sure, err := f.sure(ctx, r, amount, "open.preview", "Name", o.name, "Points", amount, "Until", until.String()); err != nil || !sure {
		return err
	}
	b, err := f.c.Budgets.Open(ctx, r, o.name, amount, until)
	if errors.Is(err, community.ErrBudgetName) {
		return r.Refuse("open.twice", "Name", o.name)
	}
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "campaign.open", b.ID, map[string]any{"amount": amount, "until": until.String()}); err != nil {
		return err
	}
	return f.done(ctx, r, "campaign.open", undoOpen{b.ID}, r.T("open.done", f.about(b)...))
}

// fund is 追加预算 名称 数额.
func (f *campaign) fund(ctx context.Context, r *bot.Request) error {
	b, rest, err := f.named(ctx, r, "fund.how")
	if err != nil {
		return err
	}
	amount, err := f.amount(r, rest, "fund.how")
	if err != nil {
		return err
	}
	if sure, err := f.sure(ctx, r, amount, "fund.preview", append(f.about(b), "Points", amount)...); err != nil || !sure {
		return err
	}
	key, err := f.c.Budgets.Fund(ctx, r, b.ID, amount)
	if err != nil {
		return err
	}
	if b, err = f.c.Budgets.Get(ctx, b.ID); err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "campaign.fund", b.ID, map[string]any{"amount": amount, "key": key}); err != nil {
		return err
	}
	return f.done(ctx, r, "campaign.fund", undoFund{b.ID, key}, r.T("fund.done", append(f.about(b), "Points", amount)...))
}

// give is 活动发放 名称 @谁 数量 原因.
func (f *campaign) give(ctx context.Context, r *bot.Request) error {
	b, rest, err := f.named(ctx, r, "give.how")
	if err != nil {
		return err
	}
	whole := r.Args
	r.Args = rest
	who, rest, err := f.c.Target(ctx, r)
	r.Args = whole
	if err != nil {
		return err
	}
	amount, reason, err := f.cutAmount(r, rest, "give.how")
	if err != nil {
		return err
	}
	if reason, err = f.c.Reason(r, reason); err != nil {
		return err
	}
	if string(who.ID) == r.Actor.Member {
		return r.Refuse("give.self")
	}
	if amount > b.Left {
		return r.Refuse("give.poor", append(f.about(b), "Points", amount)...)
	}
	called, err := f.c.Called(ctx, who.ID)
	if err != nil {
		return err
	}
	if sure, err := f.sure(ctx, r, amount, "give.preview", append(f.about(b), "Who", called, "Points", amount)...); err != nil || !sure {
		return err
	}
	to, err := f.c.Account(ctx, who.ID)
	if err != nil {
		return err
	}
	if reason == "" {
		reason = b.Name
	}
	t := points.Transfer{Key: fmt.Sprintf("campaign/%s/%d", b.ID, r.Seq), To: to, Amount: amount, Reason: reason, At: r.At}
	_, err = f.c.Budgets.Pay(ctx, r, b.ID, t)
	switch {
	case errors.Is(err, community.ErrBudgetUsedUp):
		return r.Refuse("give.poor", append(f.about(b), "Points", amount)...)
	case errors.Is(err, community.ErrBudgetClosed):
		return r.Refuse("give.over", f.about(b)...)
	case err != nil:
		return err
	}
	if b, err = f.c.Budgets.Get(ctx, b.ID); err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "campaign.give", string(who.ID), map[string]any{"campaign": b.ID, "amount": amount, "key": t.Key}); err != nil {
		return err
	}
	return f.done(ctx, r, "campaign.give", undoGive{b.ID, t.Key}, r.T("give.done", append(f.about(b), "Who", called, "Points", amount)...))
}

// close is 结束活动 名称.
func (f *campaign) close(ctx context.Context, r *bot.Request) error {
	b, rest, err := f.named(ctx, r, "close.how")
	if err != nil {
		return err
	}
	if rest != "" {
		return r.Refuse("close.how")
	}
	if b, err = f.c.Budgets.Close(ctx, r, b.ID); err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "campaign.close", b.ID, map[string]any{"given": b.Given(), "returned": b.Returned}); err != nil {
		return err
	}
	return f.done(ctx, r, "campaign.close", undoClose{b.ID}, r.T("close.done", f.about(b)...))
}

// named is the campaign that the arguments begin with, and what follows.
func (f *campaign) named(ctx context.Context, r *bot.Request, how string) (community.Budget, string, error) {
	running, err := f.c.Budgets.Running(ctx, false)
	if err != nil {
		return community.Budget{}, "", err
	}
	if strings.TrimSpace(r.Args) == "" {
		return community.Budget{}, "", r.Refuse(how)
	}
	b, rest, ok := pick(r.Args, running)
	if !ok {
		return community.Budget{}, "", r.Refuse("unknown")
	}
	return b, rest, nil
}

// amount reads an amount, or refuses with an example.
func (f *campaign) amount(r *bot.Request, word, how string) (int64, error) {
	amount, rest, err := f.cutAmount(r, word, how)
	if err == nil && rest != "" {
		err = r.Refuse(how)
	}
	return amount, err
}

// cutAmount is amount, of what args begin with; rest is what follows.
func (f *campaign) cutAmount(r *bot.Request, args, how string) (amount int64, rest string, err error) {
	amount, rest, err = community.CutAmount(args)
	var wrong *community.AmountError
	if errors.As(err, &wrong) {
		return 0, "", bot.Refuse(r.In("community").T(wrong.Key) + "\n" + r.T(how))
	}
	return amount, rest, err
}

// sure asks a second time before large amounts.
func (f *campaign) sure(ctx context.Context, r *bot.Request, amount int64, key string, kv ...any) (bool, error) {
	if amount <= f.confirmAbove {
		return true, nil
	}
	return f.c.Confirmations.Ask(ctx, r, r.T(key, kv...))
}

// done answers what changed, with the code that takes it back.
func (f *campaign) done(ctx context.Context, r *bot.Request, action string, payload any, text string) error {
	code, err := f.c.Undo.Offer(ctx, r, action, payload)
	if err != nil {
		return err
	}
	r.Reply(text + "\n" + r.In("community").T("undo.offer", "Code", code))
	return nil
}

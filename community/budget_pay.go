package community

import (
	"context"
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// Pay gives from a campaign, all transfers or none; From is filled in. It fails with ErrBudgetUsedUp where the budget
// has less than all of them, with ErrBudgetClosed before its first and after its last Day, and with
// ErrBudgetUnknown. When most of the budget is used, managers are told once.
func (b *Budgets) Pay(ctx context.Context, r *bot.Request, id string, transfers ...points.Transfer) (points.Receipt, error) {
	x, err := b.lock(ctx, id)
	if err != nil {
		return nil, err
	}
	if today := b.calendar.Day(r.At); !x.Closed.IsZero() || today < x.From || today > x.Until {
		return nil, ErrBudgetClosed
	}
	from := make([]points.Transfer, len(transfers))
	for i, t := range transfers {
		t.From = x.Account()
		from[i] = t
	}
	receipt, err := b.purse.ledger.Post(ctx, from...)
	if errors.Is(err, points.ErrInsufficient) {
		return nil, fmt.Errorf("pay from %s: %w", id, ErrBudgetUsedUp)
	}
	if err != nil {
		return nil, err
	}
	return receipt, b.warn(ctx, r, id)
}

// Return gives back to a campaign what was paid from it and is not needed; To is filled in. Where the campaign is over, it
// is returned at once.
func (b *Budgets) Return(ctx context.Context, r *bot.Request, id string, t points.Transfer) error {
	x, err := b.lock(ctx, id)
	if err != nil {
		return err
	}
	t.To = x.Account()
	if _, err := b.purse.ledger.Post(ctx, t); err != nil || x.Closed.IsZero() {
		return err
	}
	_, err = b.sweep(ctx, r, id)
	return err
}

// warn tells managers once that most of a budget is used.
func (b *Budgets) warn(ctx context.Context, r *bot.Request, id string) error {
	x, err := b.Get(ctx, id)
	if err != nil || x.Funded == 0 || x.Given()*100 < x.Funded*lowAt {
		return err
	}
	res, err := b.ro.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `UPDATE budgets SET told = TRUE WHERE id = ? AND NOT told`, id)
	if err != nil {
		return fmt.Errorf("budget %s: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	managers, err := b.ro.Managers(ctx)
	if err != nil {
		return err
	}
	text := r.In("community").T("budget.low", "Name", b.ro.words.ScreenName(x.Name), "Percent", x.Given()*100/x.Funded, "Funded", x.Funded, "Left", x.Left)
	for _, m := range managers {
		r.Send(bot.Outgoing{Member: string(m), Text: text, Priority: bot.Notice})
	}
	return nil
}

// Reverse takes back what Pay gave by the given key. What comes back to a campaign that is over is returned at once.
func (b *Budgets) Reverse(ctx context.Context, r *bot.Request, id, key string, reversal points.Reversal) (points.Reversed, error) {
	x, err := b.lock(ctx, id)
	if err != nil {
		return points.Reversed{}, err
	}
	back, err := b.purse.Reverse(ctx, key, reversal)
	if err != nil || x.Closed.IsZero() {
		return back, err
	}
	_, err = b.sweep(ctx, r, id)
	return back, err
}

// Close ends a campaign and returns what is left, which it answers.
func (b *Budgets) Close(ctx context.Context, r *bot.Request, id string) (Budget, error) {
	x, err := b.lock(ctx, id)
	if err != nil {
		return Budget{}, err
	}
	if !x.Closed.IsZero() {
		return Budget{}, ErrBudgetClosed
	}
	if err := b.change(ctx, id, `closed_at = ?`, r.At.UnixMilli()); err != nil {
		return Budget{}, err
	}
	if _, err := b.sweep(ctx, r, id); err != nil {
		return Budget{}, err
	}
	return b.Get(ctx, id)
}

// Reopen takes the end of a campaign back, with what was returned since. It fails with ErrBudgetName where another of
// its name runs, and with ErrBudgetClosed where its last Day is over.
func (b *Budgets) Reopen(ctx context.Context, r *bot.Request, id string) error {
	x, err := b.lock(ctx, id)
	switch {
	case err != nil:
		return err
	case x.Closed.IsZero():
		return nil
	case b.calendar.Day(r.At) > x.Until:
		return ErrBudgetClosed
	}
	var others, closes int
	if err := b.ro.row(ctx, `SELECT (SELECT COUNT(*) FROM budgets WHERE closed_at = 0 AND folded = b.folded), closes FROM budgets b WHERE id = ?`, id).
		Scan(&others, &closes); err != nil {
		return fmt.Errorf("budget %s: %w", id, err)
	}
	if others > 0 {
		return ErrBudgetName
	}
	for n := 1; n <= closes; n++ {
		key := closeKey(id, n)
		if _, err := b.purse.ledger.ReverseKey(ctx, key, points.Reversal{Key: "undo/" + key, At: r.At}); err != nil {
			return err
		}
	}
	return b.change(ctx, id, `closed_at = 0, returned = 0`)
}

// Sweep returns what came back to campaigns that are over.
func (b *Budgets) Sweep(ctx context.Context, r *bot.Request) error {
	over, err := b.list(ctx, `b.closed_at > 0 AND EXISTS (SELECT 1 FROM balances WHERE account = 'budget:' || b.id AND balance > 0) ORDER BY LENGTH(b.id), b.id`)
	if err != nil {
		return err
	}
	for _, x := range over {
		if _, err := b.lock(ctx, x.ID); err != nil {
			return err
		}
		if _, err := b.sweep(ctx, r, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// sweep returns what lies in the account of a campaign whose row is held, under a key of its own each time.
func (b *Budgets) sweep(ctx context.Context, r *bot.Request, id string) (int64, error) {
	x, err := b.Get(ctx, id)
	if err != nil || x.Left == 0 {
		return 0, err
	}
	var closes int
	if err := b.ro.row(ctx, `UPDATE budgets SET closes = closes + 1, returned = returned + ? WHERE id = ? RETURNING closes`, x.Left, id).Scan(&closes); err != nil {
		return 0, fmt.Errorf("budget %s: %w", id, err)
	}
	t := points.Transfer{Key: closeKey(id, closes), From: x.Account(), To: points.Issued, Amount: x.Left, At: r.At,
		Reason: r.In("community").T("budget.returned", "Name", x.Name)}
	_, err = b.purse.ledger.Post(ctx, t)
	return x.Left, err
}

// closeKey is the key by which a campaign returned something for the n-th time.
func closeKey(id string, n int) string {
	if n == 1 {
		return "budget/" + id + "/close"
	}
	return fmt.Sprintf("budget/%s/close/%d", id, n)
}

package community

import (
	"context"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// follow makes the ledger right after a change of who is one person: keys that coincide, what ids lent each
// other, and points in suspense.
func (p *Purse) follow(ctx context.Context, r *bot.Request, change Change) error {
	if p.ledger == nil {
		return nil
	}
	if err := p.coincide(ctx, r, change); err != nil {
		return err
	}
	if err := p.repay(ctx, r, change); err != nil {
		return err
	}
	for _, ids := range change.After {
		for _, id := range ids {
			if err := p.settle(ctx, r, change, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle moves all that an id has to the account where it belongs now.
func (p *Purse) settle(ctx context.Context, r *bot.Request, change Change, id MemberID) error {
	to, err := p.ro.Account(ctx, id)
	if err != nil {
		return err
	}
	for _, from := range twins(id) {
		if from == to {
			continue
		}
		n, err := p.ledger.Balance(ctx, from)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		t := points.Transfer{Key: fmt.Sprintf("settle/%d/%s", change.N, id), From: from, To: to, Amount: n, Reason: r.In("community").T("account.settled"), At: r.At}
		if _, err := p.ledger.Post(ctx, t); err != nil {
			return fmt.Errorf("settle %s: %w", id, err)
		}
	}
	return nil
}

// repay gives back what ids lent each other that are no longer one person; what is spent becomes a debt.
func (p *Purse) repay(ctx context.Context, r *bot.Request, change Change) error {
	if len(change.After) < 2 {
		return nil
	}
	for _, one := range change.After {
		var loans []struct{ Key, FromID, ToID string }
		if err := p.ro.db.Conn(ctx).Raw(`SELECT key, from_id, to_id FROM pools WHERE from_id IN ? ORDER BY key`, one).Scan(&loans).Error; err != nil {
			return fmt.Errorf("loans: %w", err)
		}
		for _, loan := range loans {
			if slices.Contains(one, MemberID(loan.ToID)) {
				continue
			}
			reversal := points.Reversal{Key: fmt.Sprintf("split/%d/%s", change.N, loan.Key), Reason: r.In("community").T("account.repaid"), At: r.At}
			if _, err := p.Reverse(ctx, loan.Key, reversal); err != nil {
				return fmt.Errorf("give back: %w", err)
			}
		}
	}
	return nil
}

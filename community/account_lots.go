package community

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// Lots are what is left of everything that a person earned under all their ids, oldest first; see points.Lots.
func (p *Purse) Lots(ctx context.Context, id MemberID) ([]points.Lot, error) {
	accounts, err := p.accounts(ctx, id)
	if err != nil {
		return nil, err
	}
	moves, err := p.ledger.Movements(ctx, accounts...)
	if err != nil {
		return nil, err
	}
	return points.Lots(accounts, moves), nil
}

// Expire lets points of a person expire that were earned before a time, once per id and Day, and answers how many
// did. Each id gives what is left of its own old points first, so that a split finds what is right.
func (p *Purse) Expire(ctx context.Context, r *bot.Request, id MemberID, amount int64, before time.Time, day Day, reason string) (int64, error) {
	ids, err := p.ro.IDs(ctx, id)
	if err != nil {
		return 0, err
	}
	has := make([]int64, len(ids))
	for i, id := range ids {
		if has[i], err = p.ledger.Balance(ctx, points.Member(string(id))); err != nil {
			return 0, err
		}
	}
	takes := make([]int64, len(ids))
	rest := amount
	for i, id := range ids {
		old := has[i]
		if len(ids) > 1 {
			if old, err = p.aged(ctx, id, before); err != nil {
				return 0, err
			}
		}
		takes[i] = min(rest, has[i], old)
		rest -= takes[i]
	}
	var transfers []points.Transfer
	for i, id := range ids {
		more := min(rest, has[i]-takes[i])
		rest -= more
		key := fmt.Sprintf("expire/%s/%s", id, day)
		if takes[i] += more; takes[i] == 0 {
			continue
		}
		if _, done, err := p.ledger.Find(ctx, key); err != nil || done {
			return 0, err
		}
		transfers = append(transfers, points.Transfer{Key: key, From: points.Member(string(id)), To: points.Expired, Amount: takes[i], Reason: reason, At: r.At})
	}
	if _, err := p.ledger.Post(ctx, transfers...); err != nil {
		return 0, fmt.Errorf("expire points of %s: %w", id, err)
	}
	return amount - rest, nil
}

// aged is what is left of what one id earned itself before a time.
func (p *Purse) aged(ctx context.Context, id MemberID, before time.Time) (old int64, err error) {
	both := twins(id)
	moves, err := p.ledger.Movements(ctx, both[:]...)
	if err != nil {
		return 0, err
	}
	for _, lot := range points.Lots(both[:], moves) {
		if lot.At.Before(before) {
			old += lot.Left
		}
	}
	return old, nil
}

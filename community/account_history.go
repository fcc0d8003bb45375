package community

import (
	"cmp"
	"context"
	"slices"

	"github.com/weilu-im/weilu/points"
)

// History is what moved a person's points, newest first: the entries of all their accounts in the order of
// time, without what only went from one of them to another. Balance is what all accounts held after it.
func (p *Purse) History(ctx context.Context, id MemberID, limit int) ([]points.Entry, error) {
	accounts, err := p.accounts(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.history(ctx, accounts, limit)
}

// history is what moved the points of a person who has these accounts.
func (p *Purse) history(ctx context.Context, accounts []points.Account, limit int) ([]points.Entry, error) {
	var all []points.Entry
	for _, account := range accounts {
		page, found := points.Page{Limit: limit}, 0
		for found < limit {
			entries, err := p.ledger.History(ctx, account, page)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if page.Before = e.ID; !slices.Contains(accounts, e.Other) {
					all, found = append(all, e), found+1
				}
			}
			if len(entries) < limit {
				break
			}
		}
	}
	slices.SortFunc(all, func(a, b points.Entry) int { return cmp.Compare(b.ID, a.ID) })
	all = all[:min(limit, len(all))]
	balances, err := p.ledger.Balances(ctx, accounts...)
	if err != nil {
		return nil, err
	}
	var balance int64
	for _, n := range balances {
		balance += n
	}
	for i := range all {
		all[i].Balance = balance
		balance -= all[i].Amount
	}
	return all, nil
}

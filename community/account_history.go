package community

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

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

// Standing is a person's line of a ranking.
type Standing struct {
	Rank   int // begins at 1; equal amounts share it
	Member MemberID
	Amount int64 // always above zero
}

// Top ranks people by what they have, or by what they earned from since on and before until where these are
// not zero. Who is in except is neither ranked nor counted.
func (p *Purse) Top(ctx context.Context, since, until time.Time, except map[MemberID]bool) ([]Standing, error) {
	amounts := map[MemberID]int64{}
	for _, kind := range [...]points.Account{points.Member(""), points.Suspense("")} {
		ranked, err := p.ledger.Top(ctx, points.TopQuery{Since: since, Until: until, Prefix: string(kind)})
		if err != nil {
			return nil, err
		}
		for _, s := range ranked {
			id, _ := accountOf(s.Account)
			if id, err = p.ro.Who(ctx, id); err != nil {
				return nil, err
			}
			if !except[id] {
				amounts[id] += s.Amount
			}
		}
	}
	list := make([]Standing, 0, len(amounts))
	for id, n := range amounts {
		ids, err := p.ro.IDs(ctx, id)
		if err != nil {
			return nil, err
		}
		if len(ids) > 1 && since.IsZero() && until.IsZero() { // one of their ids may be in debt
			if n, _, err = p.Worth(ctx, id); err != nil {
				return nil, fmt.Errorf("rank: %w", err)
			}
		}
		if n > 0 {
			list = append(list, Standing{Member: id, Amount: n})
		}
	}
	slices.SortFunc(list, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), cmp.Compare(points.Member(string(a.Member)), points.Member(string(b.Member))))
	})
	for i := range list {
		if list[i].Rank = i + 1; i > 0 && list[i-1].Amount == list[i].Amount {
			list[i].Rank = list[i-1].Rank
		}
	}
	return list, nil
}

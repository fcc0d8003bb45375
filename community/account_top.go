package community

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/weilu-im/weilu/points"
)

// Standing is a person's line of a ranking.
type Standing struct {
	Rank   int // begins at 1; equal amounts share it
	Member MemberID
	Amount int64 // always above zero
}

// Top ranks people by what they have, or by what they earned from since on and before until where these are
// not zero. Who is in except, usually those of Unranked, is neither ranked nor counted. It reads tables only, so it may
// run beside the events.
func (p *Purse) Top(ctx context.Context, since, until time.Time, except map[MemberID]bool) ([]Standing, error) {
	aliases, err := Aliases(ctx, p.ro.db)
	if err != nil {
		return nil, err
	}
	amounts := map[MemberID]int64{}
	for _, kind := range [...]points.Account{points.Member(""), points.Suspense("")} {
		ranked, err := p.ledger.Top(ctx, points.TopQuery{Since: since, Until: until, Prefix: string(kind)})
		if err != nil {
			return nil, err
		}
		for _, s := range ranked {
			id, _ := accountOf(s.Account)
			amounts[aliases.Resolve(id)] += s.Amount
		}
	}
	if since.IsZero() && until.IsZero() {
		if err := p.lessDebts(ctx, aliases, amounts); err != nil {
			return nil, err
		}
	}
	for id := range except {
		delete(amounts, id)
	}
	return Rank(amounts), nil
}

// lessDebts takes what people owe to others off what they have.
func (p *Purse) lessDebts(ctx context.Context, aliases AliasMap, amounts map[MemberID]int64) error {
	debts, err := p.ledger.AllDebts(ctx)
	for _, d := range debts {
		from, _ := accountOf(d.Account)
		to, _ := accountOf(d.To)
		if from = aliases.Resolve(from); from != aliases.Resolve(to) {
			amounts[from] -= d.Amount - d.Paid
		}
	}
	return err
}

// Rank puts people in the order of their amounts, those with the same in the order of their ids, without those who have
// nothing.
func Rank(amounts map[MemberID]int64) []Standing {
	list := make([]Standing, 0, len(amounts))
	for id, n := range amounts {
		if n > 0 {
			list = append(list, Standing{Member: id, Amount: n})
		}
	}
	slices.SortFunc(list, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), compareIDs(a.Member, b.Member))
	})
	for i := range list {
		if list[i].Rank = i + 1; i > 0 && list[i-1].Amount == list[i].Amount {
			list[i].Rank = list[i-1].Rank
		}
	}
	return list
}

package points

import (
	"context"
	"maps"
	"slices"
)

// balances compares each balance row with its transfers, and what was issued with where
// it is.
func (v *verifier) balances(ctx context.Context, d db, f *findings) error {
	var total Sums
	total.Issued = -v.sums[Issued]
	total.Burned, total.Expired = v.sums[Burned], v.sums[Expired]
	err := d.each(ctx, func(scan func(...any) error) error {
		var account Account
		var balance int64
		if err := scan(&account, &balance); err != nil {
			return err
		}
		if balance < 0 {
			f.add("%s has %d, below zero", account, balance)
		}
		if sum := v.sums[account]; sum != balance {
			f.add("%s has %d, its transfers add up to %d", account, balance, sum)
		}
		total.Members += balance
		delete(v.sums, account)
		return nil
	}, `SELECT account, balance FROM balances ORDER BY account`)
	if err != nil {
		return err
	}
	for _, account := range slices.Sorted(maps.Keys(v.sums)) {
		if account.floored() && v.sums[account] != 0 {
			f.add("%s has no balance, its transfers add up to %d", account, v.sums[account])
		}
	}
	if !total.Balanced() {
		f.add("issued %d, but %d held, %d burned and %d expired", total.Issued, total.Members, total.Burned, total.Expired)
	}
	return nil
}

package points

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Sums are where all points are. Debts are no points and are not in them.
type Sums struct {
	// Issued is what Issued gave out, less what came back to it.
	Issued int64
	// Members, Escrow, Suspense and Budgets are held by accounts of these kinds.
	Members, Escrow, Suspense, Budgets int64
	// Burned and Expired are gone.
	Burned, Expired int64
}

// Balanced tells whether what was issued is all somewhere.
func (s Sums) Balanced() bool {
	return s.Issued == s.Members+s.Escrow+s.Suspense+s.Budgets+s.Burned+s.Expired
}

const heldSQL = `(SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM balances WHERE account >= '%[1]s:' AND account < '%[1]s;')`

// gotSQL and gaveSQL sum the transfers to and from an account without a balance row.
const (
	gotSQL  = `(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM transfers WHERE credit = '%[1]s')`
	gaveSQL = `(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM transfers WHERE debit = '%[1]s')`
	netSQL  = gotSQL + ` - ` + gaveSQL
)

// gone is netSQL through the index that leaves Issued out.
func gone(account Account) string {
	return fmt.Sprintf(strings.Replace(netSQL, `debit = '%[1]s'`, `debit = '%[1]s' AND debit <> 'issued'`, 1), account)
}

// Sums reads where all points are, at one moment. It goes through all transfers.
func (l *Ledger) Sums(ctx context.Context) (s Sums, err error) {
	columns := []string{fmt.Sprintf(`-(`+netSQL+`)`, Issued)}
	for _, kind := range []string{"member", "escrow", "suspense", "budget"} {
		columns = append(columns, fmt.Sprintf(heldSQL, kind))
	}
	columns = append(columns, gone(Burned), gone(Expired))
	err = l.on(ctx).QueryRowContext(ctx, `SELECT `+strings.Join(columns, ",\n")).
		Scan(&s.Issued, &s.Members, &s.Escrow, &s.Suspense, &s.Budgets, &s.Burned, &s.Expired)
	if err != nil {
		return Sums{}, fmt.Errorf("sum the ledger: %w", err)
	}
	return s, nil
}

// Balance is what an account has. For Issued, Burned and Expired it is what they got
// less what they gave, which for Issued goes through all transfers and is below zero.
func (l *Ledger) Balance(ctx context.Context, account Account) (int64, error) {
	balances, err := l.Balances(ctx, account)
	return balances[account], err
}

// chunk is how many accounts one statement asks for.
const chunk = 100

// Balances are what several accounts have; one never heard of has 0.
func (l *Ledger) Balances(ctx context.Context, accounts ...Account) (map[Account]int64, error) {
	d, balances, rows := l.on(ctx), make(map[Account]int64, len(accounts)), []any(nil)
	for _, account := range accounts {
		balances[account] = 0
		if account.floored() {
			rows = append(rows, string(account))
			continue
		}
		sum, err := d.net(ctx, account)
		if err != nil {
			return nil, fmt.Errorf("read the balance of %s: %w", account, err)
		}
		balances[account] = sum
	}
	for part := range slices.Chunk(rows, chunk) {
		err := d.each(ctx, func(scan func(...any) error) error {
			var account Account
			var balance int64
			err := scan(&account, &balance)
			balances[account] = balance
			return err
		}, `SELECT account, balance FROM balances WHERE account IN (?`+strings.Repeat(", ?", len(part)-1)+`)`, part...)
		if err != nil {
			return nil, fmt.Errorf("read balances: %w", err)
		}
	}
	return balances, nil
}

// net sums the transfers of an account without a balance row.
func (d db) net(ctx context.Context, account Account) (sum int64, err error) {
	sql := gone(account)
	if account == Issued {
		sql = fmt.Sprintf(netSQL, account)
	}
	err = d.QueryRowContext(ctx, `SELECT `+sql).Scan(&sum)
	return sum, err
}

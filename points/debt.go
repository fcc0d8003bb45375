package points

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Owed is what a reversal could not take back at once. It is a promise and no points:
// no balance and no sum holds it.
type Owed struct {
	// ID is the number of the debt.
	ID int64
	// Account owes it, and To gets what is paid.
	Account, To Account
	// Cause is the id of the transfer that was reversed.
	Cause int64
	// Amount is the whole debt and Paid what of it is paid.
	Amount, Paid int64
	// Reason is the reason of the reversal, or empty when it was erased.
	Reason string
	// At is when the transfer was reversed.
	At time.Time
}

// Debt is what an account owes altogether.
func (l *Ledger) Debt(ctx context.Context, account Account) (debt int64, err error) {
	d := l.on(ctx)
	err = d.QueryRowContext(ctx, `SELECT debt FROM balances WHERE account = ?`, string(account)).Scan(&debt)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the debt of %s: %w", account, err)
	}
	return debt, nil
}

// The unpaid debts, of accounts or of all.
const (
	openDebtsSQL = `SELECT d.id, d.account, t.debit, d.cause, d.amount, d.paid, d.reason, d.at FROM debts d JOIN transfers t ON t.id = d.cause
WHERE d.paid < d.amount `
	inTheirOrder = ` ORDER BY d.id`
)

// Debts are the unpaid debts of accounts; those of one account stand in the order they are paid.
func (l *Ledger) Debts(ctx context.Context, accounts ...Account) ([]Owed, error) {
	debts := []Owed{}
	for part := range slices.Chunk(accounts, chunk) {
		args := make([]any, len(part))
		for i, account := range part {
			args[i] = string(account)
		}
		some, err := l.on(ctx).owed(ctx, openDebtsSQL+`AND d.account IN (?`+strings.Repeat(", ?", len(part)-1)+`)`+inTheirOrder, args...)
		if err != nil {
			return nil, fmt.Errorf("read the debts of %s: %w", part[0], err)
		}
		debts = append(debts, some...)
	}
	return debts, nil
}

// AllDebts are the unpaid debts of everybody, in the order they are paid.
func (l *Ledger) AllDebts(ctx context.Context) ([]Owed, error) {
	debts, err := l.on(ctx).owed(ctx, openDebtsSQL+inTheirOrder)
	if err != nil {
		return nil, fmt.Errorf("read all debts: %w", err)
	}
	return debts, nil
}

func (d db) owed(ctx context.Context, sql string, args ...any) (debts []Owed, err error) {
	err = d.each(ctx, func(scan func(...any) error) error {
		var o Owed
		var at int64
		err := scan(&o.ID, &o.Account, &o.To, &o.Cause, &o.Amount, &o.Paid, &o.Reason, &at)
		o.At = time.UnixMilli(at).UTC()
		debts = append(debts, o)
		return err
	}, sql, args...)
	return debts, err
}

// open is an unpaid debt and the account it is owed to.
type open struct {
	id, cause, rest int64
	to              Account
}

// repay pays the debts of the account that earned, oldest first, each by a transfer of
// its own, with at most what was earned, and returns how much it paid. The
// account's balance row is held by this transaction, so its debts stand still.
func (d db) repay(ctx context.Context, earned row) (paid int64, err error) {
	debts, err := d.openDebts(ctx, earned.credit)
	if err != nil {
		return 0, err
	}
	for _, debt := range debts {
		pay := min(debt.rest, earned.amount-paid)
		if pay == 0 {
			break
		}
		if err := d.pay(ctx, earned, debt, pay); err != nil {
			return 0, fmt.Errorf("repay debt %d: %w", debt.id, err)
		}
		paid += pay
	}
	return paid, nil
}

func (d db) openDebts(ctx context.Context, account Account) (debts []open, err error) {
	err = d.each(ctx, func(scan func(...any) error) error {
		var o open
		err := scan(&o.id, &o.cause, &o.rest, &o.to)
		debts = append(debts, o)
		return err
	}, `SELECT d.id, d.cause, d.amount - d.paid, t.debit FROM debts d JOIN transfers t ON t.id = d.cause
WHERE d.account = ? AND d.paid < d.amount ORDER BY d.id`, string(account))
	return debts, err
}

// pay moves one repayment from the account that earned to the one the debt is owed to.
func (d db) pay(ctx context.Context, earned row, debt open, amount int64) error {
	if _, err := d.move(ctx, earned.credit, debt.to, amount); err != nil {
		return err
	}
	if err := d.one(ctx, `UPDATE balances SET debt = debt - ? WHERE account = ? AND debt >= ?`,
		amount, string(earned.credit), amount); err != nil {
		return err
	}
	if err := d.one(ctx, `UPDATE debts SET paid = paid + ? WHERE id = ? AND amount - paid >= ?`,
		amount, debt.id, amount); err != nil {
		return err
	}
	id, err := d.insert(ctx, row{
		key:   fmt.Sprintf("%s%s/%d", repayPrefix, earned.key, debt.id),
		debit: earned.credit, credit: debt.to, amount: amount, at: earned.at,
		cause: debt.cause, kind: KindRepayment,
	}, "")
	if err == nil && id == 0 {
		return errors.New("there is such a repayment already")
	}
	return err
}

// Unpay gives back what the transfer with the given key paid of debts when it came, from where that went, and the
// account owes it again: what it gets so is a debt from the beginning. The key of r begins the keys of what is posted.
// It fails with ErrInsufficient where it is not there any more, and nothing has changed then.
func (l *Ledger) Unpay(ctx context.Context, key string, r Reversal) (unpaid int64, err error) {
	err = l.tx(ctx, func(ctx context.Context) (err error) {
		unpaid, err = l.on(ctx).unpay(ctx, key, r)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("unpay the debts that %s paid: %w", key, err)
	}
	return unpaid, nil
}

func (d db) unpay(ctx context.Context, key string, r Reversal) (unpaid int64, err error) {
	var paid []row
	prefix := repayPrefix + key + "/"
	err = d.each(ctx, func(scan func(...any) error) error {
		var p row
		err := scan(p.fields()...)
		if rest := strings.TrimPrefix(p.key, prefix); !strings.Contains(rest, "/") {
			paid = append(paid, p)
		}
		return err
	}, `SELECT `+rowColumns+` FROM transfers t WHERE t.kind = 2 AND t.key >= ? AND t.key < ? ORDER BY t.id`, prefix, repayPrefix+key+"0")
	if err != nil {
		return 0, err
	}
	for _, p := range paid {
		again := row{key: fmt.Sprintf("%s/%d", r.Key, p.id), debit: p.credit, credit: p.debit, amount: p.amount, at: r.At.UnixMilli(), cause: p.id}
		if _, err := d.move(ctx, again.debit, again.credit, again.amount); err != nil {
			return 0, err
		}
		if again.id, err = d.insert(ctx, again, r.Reason); err != nil {
			return 0, err
		}
		if again.id == 0 {
			return 0, ErrKeyReused
		}
		if err := d.owe(ctx, again, again.amount, Reversal{Key: again.key, Reason: r.Reason, At: r.At}); err != nil {
			return 0, err
		}
		unpaid += p.amount
	}
	return unpaid, nil
}

// one runs a statement that changes exactly one row.
func (d db) one(ctx context.Context, sql string, args ...any) error {
	n, err := d.exec(ctx, sql, args...)
	if err == nil && n != 1 {
		return fmt.Errorf("%d rows changed instead of one", n)
	}
	return err
}

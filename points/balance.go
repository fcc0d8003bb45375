package points

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// move takes amount from one account and gives it to another, touching the rows in
// the order of their names. It returns the debt of the account that gets. When
// it fails with ErrInsufficient or ErrOverflow nothing has changed.
func (d db) move(ctx context.Context, from, to Account, amount int64) (debt int64, err error) {
	if from < to {
		if err = d.debit(ctx, from, amount); err != nil {
			return 0, err
		}
		if debt, err = d.credit(ctx, to, amount); errors.Is(err, ErrOverflow) {
			return 0, undone(err, d.undo(ctx, from, amount))
		}
		return debt, err
	}
	if debt, err = d.credit(ctx, to, amount); err != nil {
		return 0, err
	}
	if err = d.debit(ctx, from, amount); errors.Is(err, ErrInsufficient) {
		return 0, undone(err, d.undo(ctx, to, -amount))
	}
	return debt, err
}

// moveBack makes as if move had not happened.
func (d db) moveBack(ctx context.Context, from, to Account, amount int64) error {
	if err := d.undo(ctx, from, amount); err != nil {
		return err
	}
	return d.undo(ctx, to, -amount)
}

const debitSQL = `UPDATE balances SET balance = balance - ? WHERE account = ? AND balance >= ?`

// debit takes amount from an account, or fails with ErrInsufficient.
func (d db) debit(ctx context.Context, account Account, amount int64) error {
	if !account.floored() {
		return nil
	}
	n, err := d.exec(ctx, debitSQL, amount, string(account), amount)
	if err == nil && n == 0 {
		return ErrInsufficient
	}
	return err
}

const (
	creditSQL = `UPDATE balances SET balance = balance + ? WHERE account = ? AND debt = 0 AND balance <= ?`
	upsertSQL = `INSERT INTO balances (account, balance, debt) VALUES (?, ?, 0)
ON CONFLICT (account) DO UPDATE SET balance = balances.balance + excluded.balance
WHERE balances.balance <= ? RETURNING debt`
)

// credit gives amount to an account and returns its debt, or fails with ErrOverflow.
// The plain update serves all but the first earning of an account and those in debt.
func (d db) credit(ctx context.Context, account Account, amount int64) (debt int64, err error) {
	if !account.floored() {
		return 0, nil
	}
	n, err := d.exec(ctx, creditSQL, amount, string(account), maxBalance-amount)
	if err != nil || n == 1 {
		return 0, err
	}
	err = d.QueryRowContext(ctx, upsertSQL, string(account), amount, maxBalance-amount).Scan(&debt)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrOverflow
	}
	return debt, err
}

// undo gives back what this transaction has just moved.
func (d db) undo(ctx context.Context, account Account, amount int64) error {
	if !account.floored() {
		return nil
	}
	n, err := d.exec(ctx, `UPDATE balances SET balance = balance + ? WHERE account = ?`, amount, string(account))
	if err == nil && n != 1 {
		return errors.New("undo of a balance found no row")
	}
	return err
}

// undone is the refusal err once its effects are undone, or the failure of undoing them.
func undone(err, failure error) error {
	if failure != nil {
		return fmt.Errorf("undo after %w: %w", err, failure)
	}
	return err
}

// lock holds the rows of accounts until the end of the transaction, in the order of
// the names given, and makes the missing ones. SQLite has one writer and needs
// nothing.
func (d db) lock(ctx context.Context, sorted []Account) error {
	if !d.postgres {
		return nil
	}
	for _, account := range sorted {
		if !account.floored() {
			continue
		}
		_, err := d.exec(ctx, `INSERT INTO balances (account, balance, debt) VALUES (?, 0, 0)
ON CONFLICT (account) DO UPDATE SET balance = balances.balance`, string(account))
		if err != nil {
			return err
		}
	}
	return nil
}

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

// Reversal is the order to take a transfer back.
type Reversal struct {
	// Key is the business rule that makes the reversal unique, of the form that
	// Transfer.Key has.
	Key string
	// Reason is a text for people. It can be erased.
	Reason string
	// At is when it happened, kept to the millisecond.
	At time.Time
}

// Reversed tells what became of a reversal.
type Reversed struct {
	// ID is the id of the transfer that took back, or 0 when there was nothing to take.
	ID int64
	// Taken is what was taken back at once, and Owed what became a debt then.
	Taken, Owed int64
	// Repaid is how much of what was taken went at once to the debts of the account that got it. Where the
	// transfer had been reversed before it is 0.
	Repaid int64
	// Already is true when the transfer had been reversed before, with this key or
	// another, and nothing has changed. The other fields tell of that time.
	Already bool
}

// Reverse takes back the transfer with the id cause, once: the account that got the
// points gives what it has, and the rest becomes its debt. What comes back to an account in
// debt pays the debts first, like what is earned. Only what Post made can be reversed. It fails with ErrUnknown, ErrKeyReused, ErrInvalid or ErrOverflow,
// and nothing has changed then.
func (l *Ledger) Reverse(ctx context.Context, cause int64, r Reversal) (Reversed, error) {
	return l.reverse(ctx, `t.id = ?`, cause, r)
}

// ReverseKey is Reverse for the transfer with the given key.
func (l *Ledger) ReverseKey(ctx context.Context, key string, r Reversal) (Reversed, error) {
	return l.reverse(ctx, `t.key = ?`, key, r)
}

func (l *Ledger) reverse(ctx context.Context, where string, arg any, r Reversal) (result Reversed, err error) {
	switch {
	case !plain(r.Key) || strings.HasPrefix(r.Key, repayPrefix):
		err = invalid("the key is not of the form that transfers have")
	case r.At.IsZero():
		err = invalid("no time")
	default:
		err = l.tx(ctx, func(ctx context.Context) (err error) {
			result, err = l.on(ctx).reverse(ctx, where, arg, r)
			return err
		})
	}
	if err != nil {
		return Reversed{}, fmt.Errorf("reverse %v as %.*q: %w", arg, maxName, r.Key, err)
	}
	return result, nil
}

// reverse holds the row of the cause while it works, so that two reversals of one
// transfer follow each other.
func (d db) reverse(ctx context.Context, where string, arg any, r Reversal) (Reversed, error) {
	if d.postgres {
		where += ` FOR NO KEY UPDATE`
	}
	cause, err := d.find(ctx, where, arg)
	switch {
	case err != nil:
		return Reversed{}, err
	case cause.id == 0:
		return Reversed{}, ErrUnknown
	case cause.kind != KindPlain:
		return Reversed{}, invalid("only what was posted can be reversed")
	}
	if err := d.checkReversalKey(ctx, r.Key, cause.id); err != nil {
		return Reversed{}, err
	}
	if before, err := d.reversed(ctx, cause.id); err != nil || before.Already {
		return before, err
	}
	return d.takeBack(ctx, cause, r)
}

// checkReversalKey refuses a key that stands for anything but a reversal of cause.
func (d db) checkReversalKey(ctx context.Context, key string, cause int64) error {
	found, err := d.find(ctx, `t.key = ?`, key)
	if err != nil {
		return err
	}
	if found.id != 0 && (found.kind != KindReversal || found.cause != cause) {
		return ErrKeyReused
	}
	var owedFor int64
	err = d.QueryRowContext(ctx, `SELECT cause FROM debts WHERE key = ?`, key).Scan(&owedFor)
	if err == nil && owedFor != cause {
		return ErrKeyReused
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// reversed tells whether the transfer cause was reversed, and what came of it.
func (d db) reversed(ctx context.Context, cause int64) (result Reversed, err error) {
	err = d.QueryRowContext(ctx, `SELECT
COALESCE((SELECT id FROM transfers WHERE kind = 1 AND cause = ?), 0),
COALESCE((SELECT amount FROM transfers WHERE kind = 1 AND cause = ?), 0),
COALESCE((SELECT amount FROM debts WHERE cause = ?), 0)`, cause, cause, cause).
		Scan(&result.ID, &result.Taken, &result.Owed)
	result.Already = result.Taken > 0 || result.Owed > 0
	return result, err
}

// takeBack moves what the account that got the points has, and writes down the rest.
func (d db) takeBack(ctx context.Context, cause row, r Reversal) (result Reversed, err error) {
	free, err := d.free(ctx, cause)
	if err != nil {
		return Reversed{}, err
	}
	result.Taken = min(free, cause.amount)
	result.Owed = cause.amount - result.Taken
	if result.Taken > 0 {
		back := row{
			key: r.Key, debit: cause.credit, credit: cause.debit, amount: result.Taken,
			at: r.At.UnixMilli(), cause: cause.id, kind: KindReversal,
		}
		debt, err := d.move(ctx, back.debit, back.credit, back.amount)
		if err != nil {
			return Reversed{}, err
		}
		if result.ID, err = d.insert(ctx, back, r.Reason); err != nil {
			return Reversed{}, err
		}
		if result.ID == 0 {
			return Reversed{}, ErrKeyReused
		}
		if debt > 0 {
			if result.Repaid, err = d.repay(ctx, back); err != nil {
				return Reversed{}, err
			}
		}
	}
	if result.Owed > 0 {
		err = d.owe(ctx, cause, result.Owed, r)
	}
	return result, err
}

// free is what the account that got the points has now. It holds the rows of both.
func (d db) free(ctx context.Context, cause row) (int64, error) {
	accounts := []Account{cause.debit, cause.credit}
	slices.Sort(accounts)
	if err := d.lock(ctx, accounts); err != nil {
		return 0, err
	}
	if !cause.credit.floored() {
		return cause.amount, nil
	}
	var free int64
	err := d.QueryRowContext(ctx, `SELECT balance FROM balances WHERE account = ?`, string(cause.credit)).Scan(&free)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return free, err
}

// owe writes down the debt that the reversal r of cause leaves.
func (d db) owe(ctx context.Context, cause row, amount int64, r Reversal) error {
	n, err := d.exec(ctx, `INSERT INTO debts (key, account, cause, amount, paid, at, reason)
VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (key) DO NOTHING`,
		r.Key, string(cause.credit), cause.id, amount, r.At.UnixMilli(), storable(r.Reason))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrKeyReused
	}
	return d.one(ctx, `UPDATE balances SET debt = debt + ? WHERE account = ?`, amount, string(cause.credit))
}

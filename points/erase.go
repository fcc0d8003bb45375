package points

import (
	"context"
	"fmt"
)

const eraseSQL = `DELETE FROM transfer_texts WHERE transfer_id IN (
SELECT id FROM transfers WHERE credit = ?
UNION
SELECT id FROM transfers WHERE debit = ? AND debit <> 'issued')`

// EraseTexts removes the reasons of all transfers and debts of an account with a balance
// row, and returns of how many transfers. The chain stays valid: it covers a salted
// digest, and the salt goes too.
func (l *Ledger) EraseTexts(ctx context.Context, account Account) (n int64, err error) {
	if !account.floored() || !account.valid() {
		return 0, fmt.Errorf("erase texts of %q: %w", account, invalid("not an account with a balance row"))
	}
	err = l.tx(ctx, func(ctx context.Context) error {
		d := l.on(ctx)
		if n, err = d.exec(ctx, eraseSQL, string(account), string(account)); err != nil {
			return err
		}
		_, err = d.exec(ctx, `UPDATE debts SET reason = '' WHERE account = ?`, string(account))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("erase texts of %s: %w", account, err)
	}
	return n, nil
}

package points

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Page picks a part of a history.
type Page struct {
	// Before is the id of the last entry seen, or 0 to begin with the newest.
	Before int64
	// Limit is the greatest number of entries, 20 when it is not above 0.
	Limit int
}

// Entry is a transfer as one of its two accounts sees it.
type Entry struct {
	// ID and Key are those of the transfer.
	ID  int64
	Key string
	// Other is the account on the other side.
	Other Account
	// Amount is above zero when the account got it, and below when it gave.
	Amount int64
	// Balance is the balance after the entry, in the order of ids. It is 0 for the
	// three accounts that have no balance row.
	Balance int64
	// Reason is empty when there was none or it was erased.
	Reason string
	// At is when it happened, in UTC.
	At time.Time
	// Kind tells why it happened, and Cause the transfer it is linked to, or 0.
	Kind  Kind
	Cause int64
}

const historyColumns = `t.id, t.key, t.debit, t.credit, t.amount, t.at, COALESCE(t.cause, 0), t.kind, COALESCE(x.reason, '')`

// historySQL reads both sides through their own index. debit <> 'issued' names the
// partial one.
const historySQL = `SELECT ` + historyColumns + `,
COALESCE((SELECT balance FROM balances WHERE account = ?), 0)
- CAST(COALESCE((SELECT SUM(amount) FROM transfers WHERE credit = ? AND id >= ?), 0) AS BIGINT)
+ CAST(COALESCE((SELECT SUM(amount) FROM transfers WHERE debit = ? AND debit <> 'issued' AND id >= ?), 0) AS BIGINT)
FROM (
SELECT * FROM (SELECT id FROM transfers WHERE credit = ? AND id < ? ORDER BY id DESC LIMIT ?) AS gets
UNION ALL
SELECT * FROM (SELECT id FROM transfers WHERE debit = ? AND debit <> 'issued' AND id < ? ORDER BY id DESC LIMIT ?) AS gives
) p JOIN transfers t ON t.id = p.id LEFT JOIN transfer_texts x ON x.transfer_id = t.id
ORDER BY t.id DESC LIMIT ?`

// issuedSQL goes back through all transfers: most of them are Issued's.
const issuedSQL = `SELECT ` + historyColumns + `, 0
FROM transfers t LEFT JOIN transfer_texts x ON x.transfer_id = t.id
WHERE (t.debit = 'issued' OR t.credit = 'issued') AND t.id < ? ORDER BY t.id DESC LIMIT ?`

// History is what an account got and gave, newest first, that is by falling id.
func (l *Ledger) History(ctx context.Context, account Account, page Page) ([]Entry, error) {
	before, limit, name := page.Before, page.Limit, string(account)
	if before <= 0 {
		before = math.MaxInt64
	}
	if limit <= 0 {
		limit = 20
	}
	sql, args := historySQL, []any{name, name, before, name, before, name, before, limit, name, before, limit, limit}
	if account == Issued {
		sql, args = issuedSQL, []any{before, limit}
	}
	entries, balance := []Entry{}, int64(0)
	err := l.on(ctx).each(ctx, func(scan func(...any) error) error {
		e, newest, err := scanEntry(scan, account)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			balance = newest
		}
		e.Balance = balance
		if balance -= e.Amount; !account.floored() {
			e.Balance = 0
		}
		entries = append(entries, e)
		return nil
	}, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", account, err)
	}
	return entries, nil
}

// scanEntry reads an entry and the balance at the head of its page.
func scanEntry(scan func(...any) error, account Account) (e Entry, balance int64, err error) {
	var from, to Account
	var at int64
	err = scan(&e.ID, &e.Key, &from, &to, &e.Amount, &at, &e.Cause, &e.Kind, &e.Reason, &balance)
	e.At, e.Other = time.UnixMilli(at).UTC(), from
	if from == account {
		e.Other, e.Amount = to, -e.Amount
	}
	return e, balance, err
}

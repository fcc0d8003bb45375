package points

import (
	"context"
	"fmt"
	"time"
)

// IssuedBetween is what Issued gave out in from <= t < to, less what came back to it in that time; it may be below
// zero. It reads what lies between the two, however long the ledger is.
func (l *Ledger) IssuedBetween(ctx context.Context, from, to time.Time) (n int64, err error) {
	a, b := from.UnixMilli(), to.UnixMilli()
	err = l.on(ctx).QueryRowContext(ctx, `SELECT
		(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM transfers WHERE debit = 'issued' AND at >= ? AND at < ?) -
		(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM transfers WHERE credit = 'issued' AND at >= ? AND at < ?)`, a, b, a, b).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("what was issued: %w", err)
	}
	return n, nil
}

// issued0004 finds what was issued in a period. Boards ask for debit = 'issued' OR a budget, which these indexes do not
// answer, so they keep their own.
var issued0004 = []string{
	`CREATE INDEX transfers_issued ON transfers (at, amount) WHERE debit = 'issued'`,
	`CREATE INDEX transfers_returned ON transfers (at, amount) WHERE credit = 'issued'`,
}

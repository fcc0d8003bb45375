package points

import (
	"context"
	"fmt"
	"time"
)

// Turnover is what moved in a quarter of an hour, less what was taken back in it.
type Turnover struct {
	At      time.Time // when the quarter began
	Issued  int64     // what Issued gave out
	Spent   int64     // what was held in escrow and is burned: redemptions count when they are fulfilled
	Expired int64
}

const turnoverSQL = `SELECT at - at % 900000,
CAST(SUM(CASE WHEN debit = 'issued' THEN amount WHEN credit = 'issued' THEN -amount ELSE 0 END) AS BIGINT),
CAST(SUM(CASE WHEN credit = 'burned' AND debit LIKE 'escrow:%' THEN amount WHEN debit = 'burned' AND credit LIKE 'escrow:%' THEN -amount ELSE 0 END) AS BIGINT),
CAST(SUM(CASE WHEN credit = 'expired' THEN amount WHEN debit = 'expired' THEN -amount ELSE 0 END) AS BIGINT)
FROM transfers WHERE id > ? AND id <= ? GROUP BY 1`

// Turnover calls each for what the transfers numbered after < id <= upto moved, in no order.
func (l *Ledger) Turnover(ctx context.Context, after, upto int64, each func(Turnover) error) error {
	err := l.on(ctx).each(ctx, func(scan func(...any) error) error {
		var t Turnover
		var at int64
		if err := scan(&at, &t.Issued, &t.Spent, &t.Expired); err != nil {
			return err
		}
		t.At = time.UnixMilli(at).UTC()
		return each(t)
	}, turnoverSQL, after, upto)
	if err != nil {
		return fmt.Errorf("turnover of the transfers after %d: %w", after, err)
	}
	return nil
}

// Latest is the highest number of a transfer that can be seen, 0 where there is none. On PostgreSQL one with a lower number
// may still be on its way.
func (l *Ledger) Latest(ctx context.Context) (id int64, err error) {
	if err := l.on(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM transfers`).Scan(&id); err != nil {
		return 0, fmt.Errorf("latest transfer: %w", err)
	}
	return id, nil
}

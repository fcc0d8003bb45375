package points

import (
	"context"
	"fmt"
	"time"
)

// unsealedMost is how many unsealed transfers are counted; unsealedBack is how many ids before the last seal are looked at
// on PostgreSQL, where a lower id may become visible later.
const (
	unsealedMost = 100_000
	unsealedBack = 10_000
)

// Unsealed is how many transfers have no seal yet, counted up to 100,000, and when the oldest of them was posted: it reads
// only the end of the ledger, beside writers. Verify counts all of them.
func (l *Ledger) Unsealed(ctx context.Context) (n int64, oldest time.Time, err error) {
	d := l.on(ctx)
	query := `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM (SELECT t.at FROM transfers t
		WHERE t.id > COALESCE((SELECT transfer_id FROM seals ORDER BY seq DESC LIMIT 1), 0) ORDER BY t.id LIMIT ?) u`
	args := []any{unsealedMost}
	if d.postgres {
		query = `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM (SELECT t.at FROM transfers t
			WHERE t.id > COALESCE((SELECT transfer_id FROM seals ORDER BY seq DESC LIMIT 1), 0) - ?
			AND (SELECT s.seq FROM seals s WHERE s.transfer_id = t.id) IS NULL ORDER BY t.id LIMIT ?) u`
		args = []any{unsealedBack, unsealedMost}
	}
	var at int64
	if err := d.QueryRowContext(ctx, query, args...).Scan(&n, &at); err != nil {
		return 0, time.Time{}, fmt.Errorf("count what is unsealed: %w", err)
	}
	if n > 0 {
		oldest = time.UnixMilli(at).UTC()
	}
	return n, oldest, nil
}

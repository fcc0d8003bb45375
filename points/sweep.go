package points

import (
	"cmp"
	"context"
	"slices"
)

// place is how far the sealing has come on PostgreSQL, in the order of transactions and
// then of ids: whatever lies before it is sealed and will ever be.
type place struct {
	tx, id int64
}

// The scalar subquery keeps the planner from reading all seals, and the order holds it
// to the index.
const sweepSQL = `SELECT ` + rowColumns + `, t.tx FROM transfers t
WHERE (t.tx, t.id) > (?, ?) AND (SELECT s.seq FROM seals s WHERE s.transfer_id = t.id) IS NULL
ORDER BY t.tx, t.id LIMIT ?`

// sweep finds the next transfers to seal on PostgreSQL, where a lower id may become
// visible after a higher one. What can't be seen yet is of the oldest running
// transaction or a later one, so the place never passes that: nothing is skipped
// however long a transaction runs, and what lies before is not looked at again.
// The one row of seal_sweep makes sealers follow each other.
func (d db) sweep(ctx context.Context, limit int) ([]row, error) {
	from, oldest, err := d.place(ctx)
	if err != nil {
		return nil, err
	}
	found, to := make([]row, 0, min(limit, 1024)), place{}
	err = d.each(ctx, func(scan func(...any) error) error {
		var r row
		err := scan(append(r.fields(), &to.tx)...)
		found, to.id = append(found, r), r.id
		return err
	}, sweepSQL, from.tx, from.id, limit)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && from.id == 0 {
		return nil, nil // what is looked at again is little; writing that down would cost more
	}
	if len(found) < limit || to.tx >= oldest {
		to = place{tx: oldest}
	}
	_, err = d.exec(ctx, `UPDATE seal_sweep SET tx = ?, after_id = ? WHERE one = 1`, to.tx, to.id)
	slices.SortFunc(found, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	return found, err
}

// place reads how far the sealing has come and which is the oldest running transaction.
// Transactions that number backwards show a database restored into another cluster:
// then everything is looked at again.
func (d db) place(ctx context.Context) (from place, oldest int64, err error) {
	err = d.QueryRowContext(ctx, `SELECT tx, after_id FROM seal_sweep WHERE one = 1 FOR UPDATE`).Scan(&from.tx, &from.id)
	if err != nil {
		return from, 0, err
	}
	err = d.QueryRowContext(ctx, `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint`).Scan(&oldest)
	if oldest < from.tx {
		from = place{}
	}
	return from, oldest, err
}

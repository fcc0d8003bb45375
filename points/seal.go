package points

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Genesis is the hash before the first seal.
const Genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// Root returns the number and the hash of the last seal, or 0 and Genesis.
func (l *Ledger) Root(ctx context.Context) (seq int64, hash string, err error) {
	seq, hash, err = l.on(ctx).root(ctx)
	if err != nil {
		err = fmt.Errorf("read the last seal: %w", err)
	}
	return seq, hash, err
}

func (d db) root(ctx context.Context) (seq int64, hash string, err error) {
	err = d.QueryRowContext(ctx, `SELECT seq, hash FROM seals ORDER BY seq DESC LIMIT 1`).Scan(&seq, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, Genesis, nil
	}
	return seq, hash, err
}

// Seal appends seals for at most limit committed transfers that have none, in the order
// of their ids, and returns for how many; less than limit means that it is done. It
// runs in a transaction of its own, after those that posted. Where transfers
// of lower ids become visible later, they are sealed later.
func (l *Ledger) Seal(ctx context.Context, limit int) (n int, err error) {
	err = l.tx(ctx, func(ctx context.Context) error {
		d := l.on(ctx)
		next, err := d.unsealed(ctx, limit)
		if err != nil {
			return err
		}
		n = len(next)
		return d.seal(ctx, next)
	})
	if err != nil {
		return 0, fmt.Errorf("seal: %w", err)
	}
	return n, nil
}

// unsealed finds the next transfers to seal. SQLite has one writer: ids are committed in
// their order.
func (d db) unsealed(ctx context.Context, limit int) ([]row, error) {
	if limit <= 0 {
		return nil, nil
	}
	if d.postgres {
		return d.sweep(ctx, limit)
	}
	return d.rows(ctx, limit, `SELECT `+rowColumns+` FROM transfers t
WHERE t.id > COALESCE((SELECT transfer_id FROM seals ORDER BY seq DESC LIMIT 1), 0) ORDER BY t.id LIMIT ?`, limit)
}

func (d db) rows(ctx context.Context, limit int, sql string, args ...any) ([]row, error) {
	found := make([]row, 0, min(limit, 1024))
	err := d.each(ctx, func(scan func(...any) error) error {
		var r row
		err := scan(r.fields()...)
		found = append(found, r)
		return err
	}, sql, args...)
	return found, err
}

// sealRows is how many seals one statement appends.
const sealRows = 64

// seal appends the seals of some transfers.
func (d db) seal(ctx context.Context, next []row) error {
	if len(next) == 0 {
		return nil
	}
	seq, hash, err := d.root(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(next, sealRows) {
		args := make([]any, 0, 3*sealRows)
		for _, r := range part {
			seq, hash = seq+1, r.hash(hash)
			args = append(args, seq, r.id, hash)
		}
		if len(part) == sealRows {
			if _, err := d.exec(ctx, sealSQL(sealRows), args...); err != nil {
				return err
			}
			continue
		}
		for one := range slices.Chunk(args, 3) {
			if _, err := d.exec(ctx, sealSQL(1), one...); err != nil {
				return err
			}
		}
	}
	return nil
}

func sealSQL(n int) string {
	return `INSERT INTO seals (seq, transfer_id, hash) VALUES (?, ?, ?)` + strings.Repeat(`, (?, ?, ?)`, n-1)
}

package points

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Proof is what a member can check by hand: Hash is the SHA-256 of Previous, a newline
// and Row, as the package's documentation describes.
type Proof struct {
	// Seq is the number of the seal, or 0 when the transfer is not sealed yet.
	Seq int64
	// Previous and Hash are the hashes of the seal before and of this one.
	Previous, Hash string
	// Row is the transfer as the chain covers it.
	Row string
}

// Prove returns the proof of one transfer, or ErrUnknown.
func (l *Ledger) Prove(ctx context.Context, id int64) (Proof, error) {
	d := l.on(ctx)
	r, err := d.find(ctx, `t.id = ?`, id)
	if err == nil && r.id == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Proof{}, fmt.Errorf("prove transfer %d: %w", id, err)
	}
	p := Proof{Row: r.canonical()}
	err = d.QueryRowContext(ctx, `SELECT s.seq, s.hash, COALESCE(b.hash, '`+Genesis+`')
FROM seals s LEFT JOIN seals b ON b.seq = s.seq - 1 WHERE s.transfer_id = ?`, id).Scan(&p.Seq, &p.Hash, &p.Previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Proof{}, fmt.Errorf("prove transfer %d: %w", id, err)
	}
	return p, nil
}

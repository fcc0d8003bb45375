package points

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Posting is a transfer as it stands in the ledger.
type Posting struct {
	ID       int64
	Key      string
	From, To Account
	Amount   int64
	Reason   string // empty when there was none or it was erased
	At       time.Time
	Kind     Kind
	// Reversal is the key of what took it back, at once or as a debt; empty while it stands.
	Reversal string
}

const postingSQL = `SELECT t.id, t.key, t.debit, t.credit, t.amount, t.at, t.kind, COALESCE(x.reason, ''),
COALESCE((SELECT r.key FROM transfers r WHERE r.cause = t.id AND r.kind = 1), (SELECT d.key FROM debts d WHERE d.cause = t.id), '')
FROM transfers t LEFT JOIN transfer_texts x ON x.transfer_id = t.id WHERE `

// Find reads the transfer with the given key; ok is false where there is none.
func (l *Ledger) Find(ctx context.Context, key string) (p Posting, ok bool, err error) {
	if p, ok, err = l.posting(ctx, `t.key = ?`, key); err != nil {
		err = fmt.Errorf("find transfer %.*q: %w", maxName, key, err)
	}
	return p, ok, err
}

// FindID reads the transfer with the given id; ok is false where there is none.
func (l *Ledger) FindID(ctx context.Context, id int64) (p Posting, ok bool, err error) {
	if p, ok, err = l.posting(ctx, `t.id = ?`, id); err != nil {
		err = fmt.Errorf("find transfer %d: %w", id, err)
	}
	return p, ok, err
}

func (l *Ledger) posting(ctx context.Context, where string, arg any) (p Posting, ok bool, err error) {
	var at int64
	err = l.on(ctx).QueryRowContext(ctx, postingSQL+where, arg).
		Scan(&p.ID, &p.Key, &p.From, &p.To, &p.Amount, &at, &p.Kind, &p.Reason, &p.Reversal)
	if errors.Is(err, sql.ErrNoRows) {
		return Posting{}, false, nil
	}
	if err != nil {
		return Posting{}, false, err
	}
	p.At = time.UnixMilli(at).UTC()
	return p, true, nil
}

package points

import (
	"context"
	"database/sql"
	"math"
	"strings"
)

// sealed is a seal with its transfer and its text, where they are.
type sealed struct {
	seq, transferID int64
	hash            string
	row             row
	salt            []byte
	reason          sql.NullString
}

const (
	verifyColumns = `COALESCE(t.id, 0), COALESCE(t.key, ''), COALESCE(t.debit, ''), COALESCE(t.credit, ''),
COALESCE(t.amount, 0), COALESCE(t.at, 0), COALESCE(t.cause, 0), COALESCE(t.kind, 0), COALESCE(t.digest, ''), x.salt, x.reason`
	chainSQL = `SELECT s.seq, s.transfer_id, s.hash, ` + verifyColumns + ` FROM seals s
LEFT JOIN transfers t ON t.id = s.transfer_id LEFT JOIN transfer_texts x ON x.transfer_id = s.transfer_id ORDER BY s.seq`
	unsealedSQL = `SELECT 0, t.id, '', ` + verifyColumns + ` FROM transfers t
LEFT JOIN transfer_texts x ON x.transfer_id = t.id
WHERE NOT EXISTS (SELECT 1 FROM seals s WHERE s.transfer_id = t.id) ORDER BY t.id`
)

func (s *sealed) scan(scan func(...any) error) error {
	return scan(append(append([]any{&s.seq, &s.transferID, &s.hash}, s.row.fields()...), &s.salt, &s.reason)...)
}

// chain recomputes the seals. After a bad one it goes on from the stored hash, so that
// one change is one problem.
func (v *verifier) chain(ctx context.Context, d db, f *findings) error {
	seq, prev, rooted := int64(0), Genesis, v.root == "" || v.root == Genesis
	err := d.each(ctx, func(scan func(...any) error) error {
		var s sealed
		if err := s.scan(scan); err != nil {
			return err
		}
		v.report.Sealed++
		rooted = rooted || strings.EqualFold(v.root, s.hash)
		switch {
		case s.seq != seq+1:
			f.blame(s.transferID, "its seal is number %d and the one before is number %d", s.seq, seq)
		case s.row.id == 0:
			f.blame(s.transferID, "sealed as number %d, but gone", s.seq)
		case s.row.hash(prev) != s.hash:
			f.blame(s.transferID, "does not match its seal number %d", s.seq)
		}
		if s.row.id != 0 {
			v.transfer(s, f)
		}
		seq, prev = s.seq, s.hash
		return nil
	}, chainSQL)
	if v.report.Root = prev; !rooted {
		f.add("no seal has the hash %s: the chain was cut or rewritten", v.root)
	}
	return err
}

// unsealed checks the transfers without a seal.
func (v *verifier) unsealed(ctx context.Context, d db, f *findings) error {
	return d.each(ctx, func(scan func(...any) error) error {
		var s sealed
		if err := s.scan(scan); err != nil {
			return err
		}
		v.report.Unsealed++
		v.transfer(s, f)
		return nil
	}, unsealedSQL)
}

// transfer checks one transfer by itself and adds it to the sums.
func (v *verifier) transfer(s sealed, f *findings) {
	v.report.Transfers++
	r := s.row
	switch {
	case r.amount <= 0 || r.amount > MaxAmount:
		f.blame(r.id, "amount %d", r.amount)
	case !r.debit.valid() || !r.credit.valid() || r.debit == r.credit:
		f.blame(r.id, "from %q to %q", r.debit, r.credit)
	case r.key == "" || r.kind < KindPlain || r.kind > KindRepayment || (r.kind != KindPlain && r.cause == 0):
		f.blame(r.id, "key %q, kind %d, cause %d", r.key, r.kind, r.cause)
	case s.reason.Valid && digest(s.salt, s.reason.String) != r.digest:
		f.blame(r.id, "the reason does not match its digest")
	}
	v.sum(r.debit, -r.amount, f)
	v.sum(r.credit, r.amount, f)
}

func (v *verifier) sum(account Account, amount int64, f *findings) {
	sum := v.sums[account]
	if (amount > 0 && sum > math.MaxInt64-amount) || (amount < 0 && sum < math.MinInt64-amount) {
		f.add("the sum of %s overflows", account)
		return
	}
	v.sums[account] = sum + amount
}

package points

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// VerifyOptions narrow or widen what Verify asks.
type VerifyOptions struct {
	// Root is a hash published earlier. It must be that of some seal, otherwise what
	// it stood for was cut or rewritten. Empty asks nothing.
	Root string
}

// Verify reads the whole ledger at one moment, beside writers, and reports whether it is
// whole: the chain of seals, each transfer and its text, keys, balances against
// transfers, the sums, reversals and debts. The error is one of reading. Where ctx
// carries a transaction, Verify reads within it, and that moment is as steady as
// the transaction is.
func (l *Ledger) Verify(ctx context.Context, o VerifyOptions) (Report, error) {
	v := &verifier{root: o.Root, report: Report{Root: Genesis, Problems: []string{}}, sums: map[Account]int64{}}
	if err := l.on(ctx).snapshot(ctx, v.run); err != nil {
		return Report{}, fmt.Errorf("verify the ledger: %w", err)
	}
	v.report.OK = len(v.report.Problems) == 0
	return v.report, nil
}

// snapshot runs fn in a transaction that reads one moment.
func (d db) snapshot(ctx context.Context, fn func(context.Context, db) error) error {
	if d.inTx() {
		return fn(ctx, d)
	}
	options := &sql.TxOptions{ReadOnly: true}
	if d.postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	var pool gorm.ConnPool
	var err error
	switch beginner := d.ConnPool.(type) {
	case gorm.ConnPoolBeginner:
		pool, err = beginner.BeginTx(ctx, options)
	case gorm.TxBeginner:
		pool, err = beginner.BeginTx(ctx, options)
	}
	if err != nil {
		return err
	}
	err = fn(ctx, db{ConnPool: pool, postgres: d.postgres})
	if end, ok := pool.(gorm.TxCommitter); ok {
		return errors.Join(err, end.Rollback())
	}
	return err
}

// verifier is one run of Verify. It keeps a number per account and no transfers.
type verifier struct {
	report Report
	root   string
	sums   map[Account]int64
}

// run reads without placeholders, which a bare transaction might not translate.
func (v *verifier) run(ctx context.Context, d db) error {
	for _, check := range []func(context.Context, db, *findings) error{
		v.chain, v.unsealed, v.keys, v.strays, v.reversals, v.debts, v.balances,
	} {
		f := &findings{report: &v.report}
		if err := check(ctx, d, f); err != nil {
			return err
		}
		f.end()
	}
	return nil
}

package points

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// errInDebt says that the account that gets has debts to pay and nothing has changed.
var errInDebt = errors.New("the account is in debt")

// Post posts transfers, all or none, each once per key whatever happens. A key that is
// there with the same accounts, amount and cause is a quiet success, and the
// time and reason of the first one stay. Several transfers take effect in their
// order. What a member in debt earns pays the debts first.
//
// It fails with ErrInsufficient, ErrKeyReused, ErrInvalid or ErrOverflow, and nothing
// has changed then, also when the caller's transaction goes on. After any other
// error, one of the storage, the caller rolls back as after any failed statement.
func (l *Ledger) Post(ctx context.Context, transfers ...Transfer) (Receipt, error) {
	for _, t := range transfers {
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("post %.*q: %w", maxName, t.Key, err)
		}
	}
	if len(transfers) == 1 {
		return l.postOne(ctx, transfers[0])
	}
	if len(transfers) == 0 {
		return nil, nil
	}
	return l.postAll(ctx, transfers)
}

// postOne posts without a savepoint when there is a transaction and no debt: what it
// does up to a refusal it undoes itself. A context that ends halfway must not
// leave half a transfer in a transaction that goes on.
func (l *Ledger) postOne(ctx context.Context, t Transfer) (Receipt, error) {
	d := l.on(ctx)
	if !d.inTx() {
		return l.postAll(ctx, []Transfer{t})
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("post %s: %w", t.Key, err)
	}
	posted, err := d.post(context.WithoutCancel(ctx), t, false)
	if errors.Is(err, errInDebt) {
		return l.postAll(ctx, []Transfer{t})
	}
	if err != nil {
		return nil, fmt.Errorf("post %s: %w", t.Key, err)
	}
	return Receipt{posted}, nil
}

// postAll posts in a transaction or savepoint of its own.
func (l *Ledger) postAll(ctx context.Context, transfers []Transfer) (Receipt, error) {
	var receipt Receipt
	err := l.tx(ctx, func(ctx context.Context) error {
		receipt = make(Receipt, 0, len(transfers))
		d := l.on(ctx)
		if err := d.lockAll(ctx, transfers); err != nil {
			return fmt.Errorf("post %s and %d more: %w", transfers[0].Key, len(transfers)-1, err)
		}
		for _, t := range transfers {
			posted, err := d.post(ctx, t, true)
			if err != nil {
				return fmt.Errorf("post %s: %w", t.Key, err)
			}
			receipt = append(receipt, posted)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return receipt, nil
}

// lockAll takes the rows of several transfers in the order of the accounts' names, as
// every writer does, so that two of them never wait for each other.
func (d db) lockAll(ctx context.Context, transfers []Transfer) error {
	if len(transfers) == 1 {
		return nil
	}
	accounts := make([]Account, 0, 2*len(transfers))
	for _, t := range transfers {
		accounts = append(accounts, t.From, t.To)
	}
	slices.Sort(accounts)
	return d.lock(ctx, slices.Compact(accounts))
}

// post posts one transfer. The balances go first because they can be put back, and a
// transfer can't. Unless in a savepoint it leaves debts to its caller.
func (d db) post(ctx context.Context, t Transfer, savepoint bool) (Posted, error) {
	if err := d.checkCause(ctx, t.Cause); err != nil {
		return Posted{}, err
	}
	debt, err := d.move(ctx, t.From, t.To, t.Amount)
	if errors.Is(err, ErrInsufficient) || errors.Is(err, ErrOverflow) {
		return d.already(ctx, t, err)
	}
	if err != nil {
		return Posted{}, err
	}
	owes := debt > 0 && t.From.source()
	if owes && !savepoint {
		return Posted{}, undone(errInDebt, d.moveBack(ctx, t.From, t.To, t.Amount))
	}
	r := t.row()
	if r.id, err = d.insert(ctx, r, t.Reason); err != nil {
		return Posted{}, err
	}
	if r.id == 0 {
		if err := d.moveBack(ctx, t.From, t.To, t.Amount); err != nil {
			return Posted{}, err
		}
		return d.already(ctx, t, errors.New("the key is taken by a transfer that can't be seen yet"))
	}
	posted := Posted{ID: r.id}
	if owes {
		posted.Repaid, err = d.repay(ctx, r)
	}
	return posted, err
}

// already answers for a transfer that may have been posted before; it fails with
// otherwise when it was not.
func (d db) already(ctx context.Context, t Transfer, otherwise error) (Posted, error) {
	found, err := d.find(ctx, `t.key = ?`, t.Key)
	switch {
	case err != nil:
		return Posted{}, err
	case found.id == 0:
		return Posted{}, otherwise
	case !found.same(t.row()):
		return Posted{}, ErrKeyReused
	}
	return Posted{ID: found.id, Already: true}, nil
}

func (d db) checkCause(ctx context.Context, cause int64) error {
	if cause == 0 {
		return nil
	}
	found, err := d.find(ctx, `t.id = ?`, cause)
	if err == nil && found.id == 0 {
		return invalid("cause %d: %w", cause, ErrUnknown)
	}
	return err
}

package points_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

var (
	owners = []database.Owner{{Name: "points", List: points.Migrations()}}
	start  = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	amy    = points.Member("amy")
	bob    = points.Member("bob")
)

// book is a ledger with its database and a test to fail.
type book struct {
	*points.Ledger
	testing.TB
	db  *database.DB
	ctx context.Context
}

func open(t testing.TB, db *database.DB) book {
	return book{points.New(db.Conn, db.Tx), t, db, t.Context()}
}

func each(t *testing.T, fn func(t *testing.T, b book)) {
	t.Helper()
	dbtest.Each(t, owners, func(t *testing.T, db *database.DB) { fn(t, open(t, db)) })
}

// in is the book for a part of the test.
func (b book) in(t *testing.T) book {
	b.TB = t
	return b
}

// move is a transfer at the start of the test's time.
func move(key string, from, to points.Account, amount int64) points.Transfer {
	return points.Transfer{Key: key, From: from, To: to, Amount: amount, Reason: "because of " + key, At: start}
}

func undo(key string) points.Reversal {
	return points.Reversal{Key: key, Reason: "a mistake", At: start.Add(time.Hour)}
}

// post posts and must succeed.
func (b book) post(transfers ...points.Transfer) points.Receipt {
	b.Helper()
	receipt, err := b.Post(b.ctx, transfers...)
	if err != nil {
		b.Fatal(err)
	}
	return receipt
}

// refused posts and must fail with want.
func (b book) refused(want error, transfers ...points.Transfer) {
	b.Helper()
	if _, err := b.Post(b.ctx, transfers...); !errors.Is(err, want) {
		b.Fatalf("got %v, want %v", err, want)
	}
}

func (b book) reverse(key string, r points.Reversal) points.Reversed {
	b.Helper()
	reversed, err := b.ReverseKey(b.ctx, key, r)
	if err != nil {
		b.Fatal(err)
	}
	return reversed
}

// has checks a balance and a debt.
func (b book) has(account points.Account, balance, debt int64) {
	b.Helper()
	got, err := b.Balance(b.ctx, account)
	if err != nil {
		b.Fatal(err)
	}
	owed, err := b.Debt(b.ctx, account)
	if err != nil {
		b.Fatal(err)
	}
	if got != balance || owed != debt {
		b.Fatalf("%s has %d and owes %d, want %d and %d", account, got, owed, balance, debt)
	}
}

// verify reads the whole ledger.
func (b book) verify(root string) points.Report {
	b.Helper()
	report, err := b.Verify(b.ctx, points.VerifyOptions{Root: root})
	if err != nil {
		b.Fatal(err)
	}
	return report
}

// whole checks that nothing is wrong.
func (b book) whole() {
	b.Helper()
	if report := b.verify(""); !report.OK {
		b.Fatalf("the ledger is not whole: %q", report.Problems)
	}
}

// seal seals everything.
func (b book) seal() {
	b.Helper()
	for {
		n, err := b.Seal(b.ctx, 1000)
		if err != nil {
			b.Fatal(err)
		}
		if n < 1000 {
			return
		}
	}
}

// raw runs statements behind the ledger's back.
func (b book) raw(statements ...string) error {
	return b.db.Tx(b.ctx, func(ctx context.Context) error {
		for _, statement := range statements {
			if err := b.db.Conn(ctx).Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// within runs fn with a book whose context is in a transaction, and rolls it back when
// fn says so.
func (b book) within(fn func(b book) (keep bool)) {
	b.Helper()
	rollback := errors.New("roll back")
	err := b.db.Tx(b.ctx, func(ctx context.Context) error {
		inner := b
		inner.ctx = ctx
		if !fn(inner) {
			return rollback
		}
		return nil
	})
	if err != nil && !errors.Is(err, rollback) {
		b.Fatal(err)
	}
}

package points_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/points"
)

func TestPost(t *testing.T) {
	long := strings.Repeat("k", 201)
	late := move("a", points.Issued, amy, 10)
	late.At, late.Reason = start.AddDate(1, 0, 0), "another"
	timeless := move("x", points.Issued, amy, 1)
	timeless.At = time.Time{}
	linked := move("x", points.Issued, amy, 1)
	linked.Cause = 999
	cases := []struct {
		name     string
		transfer points.Transfer
		want     error
	}{
		{"a repeated key with the same content is a quiet success", move("a", points.Issued, amy, 10), nil},
		{"a repeated key at another time for another reason is a quiet success", late, nil},
		{"a repeated key with another amount is refused", move("a", points.Issued, amy, 11), points.ErrKeyReused},
		{"a repeated key for somebody else is refused", move("a", points.Issued, bob, 10), points.ErrKeyReused},
		{"a repeated key that nobody could pay is refused as reused", move("a", amy, bob, 1000), points.ErrKeyReused},
		{"more than there is is refused", move("x", amy, bob, 11), points.ErrInsufficient},
		{"the same downwards in the order of names", move("x", bob, amy, 1), points.ErrInsufficient},
		{"an account never heard of has nothing to give", move("x", points.Escrow("new"), amy, 1), points.ErrInsufficient},
		{"an amount of zero is invalid", move("x", points.Issued, amy, 0), points.ErrInvalid},
		{"an amount below zero is invalid", move("x", points.Issued, amy, -5), points.ErrInvalid},
		{"an amount beyond the greatest is invalid", move("x", points.Issued, amy, points.MaxAmount+1), points.ErrInvalid},
		{"an empty key is invalid", move("", points.Issued, amy, 1), points.ErrInvalid},
		{"an overlong key is invalid", move(long, points.Issued, amy, 1), points.ErrInvalid},
		{"a key with a newline is invalid", move("a\nb", points.Issued, amy, 1), points.ErrInvalid},
		{"a key that is no UTF-8 is invalid", move("\xff", points.Issued, amy, 1), points.ErrInvalid},
		{"a key of repayments is invalid", move("repay/a/1", points.Issued, amy, 1), points.ErrInvalid},
		{"an account that gives to itself is invalid", move("x", amy, amy, 1), points.ErrInvalid},
		{"an unknown kind of account is invalid", move("x", points.Issued, "purse:amy", 1), points.ErrInvalid},
		{"a kind without a name is invalid", move("x", points.Issued, points.Member(""), 1), points.ErrInvalid},
		{"a name with a control character is invalid", move("x", points.Issued, points.Member("a\tb"), 1), points.ErrInvalid},
		{"an empty account is invalid", move("x", "", amy, 1), points.ErrInvalid},
		{"what is burned gives nothing without a cause", move("x", points.Burned, amy, 1), points.ErrInvalid},
		{"no time is invalid", timeless, points.ErrInvalid},
		{"a cause that is not there is invalid", linked, points.ErrInvalid},
	}
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, 10))
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				b := b.in(t)
				posts := func(b book) bool {
					receipt, err := b.Post(b.ctx, c.transfer)
					if !errors.Is(err, c.want) {
						t.Fatalf("got %v, want %v", err, c.want)
					}
					if err == nil && !receipt[0].Already {
						t.Fatal("posted again")
					}
					b.has(amy, 10, 0)
					b.has(bob, 0, 0)
					return true
				}
				posts(b)
				b.within(posts)
				b.whole()
			})
		}
	})
}

func TestPostAllOrNone(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.within(func(b book) bool {
			b.refused(points.ErrInsufficient, move("1", points.Issued, amy, 5), move("2", amy, bob, 6))
			b.refused(points.ErrKeyReused, move("1", points.Issued, amy, 5), move("1", points.Issued, amy, 6))
			b.has(amy, 0, 0)
			b.has(bob, 0, 0)
			receipt := b.post(move("1", points.Issued, amy, 5), move("2", amy, bob, 5), move("1", points.Issued, amy, 5))
			if receipt[0].Already || receipt[1].Already || !receipt[2].Already || receipt[2].ID != receipt[0].ID {
				t.Fatalf("receipt %+v", receipt)
			}
			return true
		})
		b.has(amy, 0, 0)
		b.has(bob, 5, 0)
		b.whole()
	})
}

func TestPostNothing(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		if receipt := b.post(); len(receipt) != 0 {
			t.Fatalf("receipt %+v", receipt)
		}
	})
}

func TestPostIsUndoneWithItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.within(func(b book) bool {
			b.post(move("kept", points.Issued, amy, 1))
			b.within(func(b book) bool {
				b.post(move("lost", points.Issued, amy, 2), move("lost too", points.Issued, bob, 2))
				b.has(amy, 3, 0)
				return false
			})
			b.has(amy, 1, 0)
			return true
		})
		b.has(amy, 1, 0)
		b.has(bob, 0, 0)
		b.whole()
	})
}

func TestPostOfAnEndedContextLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.within(func(b book) bool {
			ended, cancel := context.WithCancel(b.ctx)
			cancel()
			if _, err := b.Post(ended, move("a", points.Issued, amy, 1)); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			b.post(move("b", points.Issued, amy, 2))
			return true
		})
		b.has(amy, 2, 0)
		b.whole()
	})
}

// cutting ends a context after the first statement.
type cutting struct {
	gorm.ConnPool
	cut func()
}

func (c cutting) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	defer c.cut()
	return c.ConnPool.ExecContext(ctx, query, args...)
}

func TestPostIsWholeWhenItsContextEndsHalfway(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.within(func(b book) bool {
			ctx, cancel := context.WithCancel(b.ctx)
			ledger := points.New(func(ctx context.Context) *gorm.DB {
				conn := b.db.Conn(ctx).Session(&gorm.Session{Context: ctx})
				conn.Statement.ConnPool = cutting{conn.Statement.ConnPool, cancel}
				return conn
			}, b.db.Tx)
			if _, err := ledger.Post(ctx, move("a", points.Issued, amy, 1)); err != nil || ctx.Err() == nil {
				t.Fatal(err, ctx.Err())
			}
			return true
		})
		b.has(amy, 1, 0)
		b.whole()
	})
}

func TestPostOfAKeyWithAnotherCauseIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		cause := b.post(move("a", points.Issued, amy, 1))[0].ID
		linked := move("b", points.Issued, amy, 1)
		linked.Cause = cause
		b.post(linked)
		if again := b.post(linked); !again[0].Already {
			t.Fatal("posted again")
		}
		b.refused(points.ErrKeyReused, move("b", points.Issued, amy, 1))
		b.has(amy, 2, 0)
	})
}

func TestPostRefusesToOverflow(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, 10))
		if err := b.raw(fmt.Sprintf("UPDATE balances SET balance = %d", int64(1)<<62-5)); err != nil {
			t.Fatal(err)
		}
		b.within(func(b book) bool {
			b.refused(points.ErrOverflow, move("b", points.Issued, amy, 6))
			b.post(move("c", points.Issued, points.Escrow("e"), 100))
			b.refused(points.ErrOverflow, move("d", points.Escrow("e"), amy, 6))
			b.has(points.Escrow("e"), 100, 0)
			b.has(amy, 1<<62-5, 0)
			b.post(move("e", points.Issued, amy, 5))
			return true
		})
		b.has(amy, 1<<62, 0)
	})
}

func TestPostTheGreatestAmount(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, points.MaxAmount), move("b", points.Issued, amy, points.MaxAmount))
		b.has(amy, 2*points.MaxAmount, 0)
		b.whole()
	})
}

func TestPostKeepsWhatBothDatabasesCanHold(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		odd := move("打卡/小明/2026-11-02", points.Issued, points.Member("小明"), 1)
		odd.Reason = "a\x00b\xffc 围炉"
		b.post(odd)
		entries, err := b.History(b.ctx, odd.To, points.Page{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("a\uFFFDb\uFFFDc 围炉", entries[0].Reason); diff != "" {
			t.Fatal(diff)
		}
		b.seal()
		b.whole()
	})
}

func TestDatabaseRefusesToForget(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, 10))
		b.seal()
		statements := []string{
			"UPDATE transfers SET amount = 11", "DELETE FROM transfers",
			"UPDATE seals SET hash = ''", "DELETE FROM seals",
		}
		if b.db.Dialect() == "postgres" {
			statements = append(statements, "TRUNCATE transfers", "TRUNCATE seals")
		} else {
			b.post(move("b", points.Issued, amy, 5))
			b.reverse("b", undo("undo b"))
			statements = append(statements,
				"INSERT OR REPLACE INTO transfers SELECT id, 'other', debit, credit, 99, at, cause, kind, digest FROM transfers WHERE key = 'a'",
				"REPLACE INTO transfers (key, debit, credit, amount, at, cause, kind, digest) SELECT 'other', debit, credit, 1, at, cause, kind, digest FROM transfers WHERE kind = 1",
				"INSERT OR REPLACE INTO seals SELECT seq, 99, '' FROM seals", "INSERT OR REPLACE INTO seals SELECT 99, transfer_id, '' FROM seals")
			if err := b.raw("INSERT OR REPLACE INTO transfers (key, debit, credit, amount, at, kind, digest) VALUES ('a', 'issued', 'member:amy', 99, 0, 0, '')"); err != nil {
				t.Error(err) // it is left out instead
			}
		}
		for _, statement := range statements {
			if err := b.raw(statement); err == nil || !strings.Contains(err.Error(), "never") {
				t.Errorf("%s: %v", statement, err)
			}
		}
		b.has(amy, 10, 0)
		b.seal()
		b.whole()
	})
}

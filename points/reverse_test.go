package points_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/points"
)

func TestReverseTakesBackWhatIsFree(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		id := b.post(move("invite", points.Issued, amy, 30))[0].ID
		b.post(move("spend", amy, points.Burned, 20))
		got := b.reverse("invite", undo("undo"))
		if diff := cmp.Diff(points.Reversed{ID: id + 2, Taken: 10, Owed: 20}, got); diff != "" {
			t.Fatal(diff)
		}
		b.has(amy, 0, 20)
		for _, key := range []string{"undo", "undo with another key"} {
			again, err := b.Reverse(b.ctx, id, undo(key))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(points.Reversed{ID: id + 2, Taken: 10, Owed: 20, Already: true}, again); diff != "" {
				t.Fatal(diff)
			}
		}
		b.has(amy, 0, 20)
		debts, err := b.Debts(b.ctx, amy)
		if err != nil {
			t.Fatal(err)
		}
		want := []points.Owed{{ID: 1, Account: amy, To: points.Issued, Cause: id, Amount: 20, Reason: "a mistake", At: undo("").At}}
		if diff := cmp.Diff(want, debts); diff != "" {
			t.Fatal(diff)
		}
		b.whole()
	})
}

func TestDebtsArePaidFirstFromEarnings(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("gift", points.Issued, points.Budget("spring"), 100))
		b.post(move("first", points.Issued, amy, 10), move("second", points.Budget("spring"), amy, 10), move("spend", amy, bob, 20))
		b.reverse("first", undo("undo first"))
		b.reverse("second", undo("undo second"))
		b.has(amy, 0, 20)
		b.post(move("back", bob, amy, 5))
		b.has(amy, 5, 20)
		for _, step := range []struct {
			from                  points.Account
			earn, repaid, balance int64
			debt, budget          int64
		}{
			{points.Issued, 4, 4, 5, 16, 90},
			{points.Issued, 8, 8, 5, 8, 92},
			{points.Budget("spring"), 9, 8, 6, 0, 91},
			{points.Issued, 3, 0, 9, 0, 91},
		} {
			key := "earn " + string(rune('a'+step.balance)) + string(rune('a'+step.debt))
			b.within(func(b book) bool {
				receipt := b.post(move(key, step.from, amy, step.earn))
				if receipt[0].Repaid != step.repaid {
					t.Fatalf("%s repaid %d, want %d", key, receipt[0].Repaid, step.repaid)
				}
				if again := b.post(move(key, step.from, amy, step.earn)); !again[0].Already || again[0].ID != receipt[0].ID {
					t.Fatalf("again %+v", again)
				}
				return true
			})
			b.has(amy, step.balance, step.debt)
			b.has(points.Budget("spring"), step.budget, 0)
		}
		b.seal()
		b.whole()
		entries, err := b.History(b.ctx, amy, points.Page{Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		if e := entries[1]; e.Kind != points.KindRepayment || e.Amount != -8 || e.Key != "repay/earn ga/2" {
			t.Fatalf("the repayment reads %+v", e)
		}
	})
}

func TestWhatIsEarnedAndSpentAtOncePaysDebtsFirst(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("first", points.Issued, amy, 10), move("spend", amy, points.Burned, 10))
		b.reverse("first", undo("undo"))
		b.refused(points.ErrInsufficient, move("earn", points.Issued, amy, 10), move("spend more", amy, bob, 10))
		b.has(amy, 0, 10)
		b.whole()
	})
}

func TestAnEarningWhoseRepaymentFailsIsNotPosted(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		budget := points.Budget("full")
		b.post(move("fund", points.Issued, budget, 10), move("earn", budget, amy, 10), move("spend", amy, bob, 10))
		b.reverse("earn", undo("undo"))
		if err := b.raw(fmt.Sprintf("UPDATE balances SET balance = %d WHERE account = 'budget:full'", int64(1)<<62)); err != nil {
			t.Fatal(err)
		}
		b.within(func(b book) bool {
			b.refused(points.ErrOverflow, move("more", points.Issued, amy, 4))
			b.has(amy, 0, 10)
			return true
		})
		b.has(amy, 0, 10)
		if entries, err := b.History(b.ctx, amy, points.Page{}); err != nil || len(entries) != 2 {
			t.Fatal(entries, err)
		}
	})
}

func TestReverseRefuses(t *testing.T) {
	cases := []struct {
		name, cause string
		order       points.Reversal
		want        error
	}{
		{"a transfer that is not there", "none", undo("u"), points.ErrUnknown},
		{"a reversal", "undone", undo("u"), points.ErrInvalid},
		{"the key of a transfer", "b", undo("a"), points.ErrKeyReused},
		{"the key of another reversal", "b", undo("undone"), points.ErrKeyReused},
		{"the key of another debt", "b", undo("owed"), points.ErrKeyReused},
		{"an empty key", "b", undo(""), points.ErrInvalid},
		{"the key of a repayment", "b", undo("repay/1"), points.ErrInvalid},
		{"no time", "b", points.Reversal{Key: "u"}, points.ErrInvalid},
	}
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, 5))
		b.reverse("a", undo("undone"))
		b.post(move("c", points.Issued, amy, 5), move("spend", amy, bob, 5))
		b.reverse("c", undo("owed"))
		b.post(move("b", points.Issued, bob, 5))
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				b := b.in(t)
				b.within(func(b book) bool {
					if _, err := b.ReverseKey(b.ctx, c.cause, c.order); !errors.Is(err, c.want) {
						t.Fatalf("got %v, want %v", err, c.want)
					}
					return true
				})
				b.has(bob, 10, 0)
				b.has(amy, 0, 5)
				b.whole()
			})
		}
	})
}

func TestReverseGivesBackWhatWasSpent(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("earn", points.Issued, amy, 10), move("hold", amy, points.Escrow("shop"), 6), move("burn", amy, points.Burned, 4))
		b.reverse("hold", undo("refund"))
		b.reverse("burn", undo("refund too"))
		b.has(amy, 10, 0)
		b.has(points.Burned, 0, 0)
		b.has(points.Escrow("shop"), 0, 0)
		b.whole()
	})
}

func TestPointsComeBackFromBurnedWithACause(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("earn", points.Issued, amy, 10))
		burn := b.post(move("burn", amy, points.Burned, 10))[0].ID
		part := move("half", points.Burned, amy, 5)
		part.Cause = burn
		b.post(part)
		b.has(amy, 5, 0)
		b.whole()
	})
}

func TestWhatComesBackPaysDebtsFirst(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("grant", points.Issued, amy, 100), move("hold", amy, points.Escrow("shop"), 80))
		b.reverse("grant", undo("undo"))
		b.has(amy, 0, 80)
		b.post(move("more", points.Issued, amy, 5))
		b.has(amy, 0, 75)
		if got := b.reverse("hold", undo("refund")); got.Taken != 80 || got.Repaid != 75 {
			t.Fatalf("%+v", got)
		}
		b.has(amy, 5, 0)
		b.within(func(b book) bool {
			if n, err := b.Unpay(b.ctx, "refund", undo("undo refund")); err != nil || n != 75 {
				t.Fatal(n, err)
			}
			b.has(amy, 80, 75)
			b.post(move("hold again", amy, points.Escrow("shop"), 80))
			return true
		})
		b.has(amy, 0, 75)
		b.seal()
		b.whole()
	})
}

func TestUnpayRefusesWhatIsNotThereAnyMore(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		budget := points.Budget("spring")
		b.post(move("fund", points.Issued, budget, 10), move("grant", budget, amy, 10), move("spend", amy, points.Escrow("shop"), 10))
		b.reverse("grant", undo("undo"))
		b.reverse("spend", undo("refund"))
		b.has(budget, 10, 0)
		b.post(move("end", budget, points.Burned, 10))
		if _, err := b.Unpay(b.ctx, "refund", undo("undo refund")); !errors.Is(err, points.ErrInsufficient) {
			t.Fatal(err)
		}
		b.has(amy, 0, 0)
		b.whole()
	})
}

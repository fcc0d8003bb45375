package points_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/points"
)

func TestHistory(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var ids []int64
		for i := range int64(5) {
			ids = append(ids, b.post(move(fmt.Sprint("earn ", i), points.Issued, amy, 10+i))[0].ID)
			ids = append(ids, b.post(move(fmt.Sprint("give ", i), amy, bob, 3))[0].ID)
		}
		var seen []points.Entry
		for before := int64(0); ; {
			page, err := b.History(b.ctx, amy, points.Page{Before: before, Limit: 3})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			seen = append(seen, page...)
			before = page[len(page)-1].ID
		}
		if len(seen) != len(ids) {
			t.Fatalf("%d entries, want %d", len(seen), len(ids))
		}
		balance := int64(0)
		for i, id := range ids {
			e := seen[len(seen)-1-i]
			balance += e.Amount
			if e.ID != id || e.Balance != balance || e.Reason != "because of "+e.Key || !e.At.Equal(start) {
				t.Fatalf("entry %d is %+v, want id %d and balance %d", i, e, id, balance)
			}
		}
		b.has(amy, balance, 0)
		issued, err := b.History(b.ctx, points.Issued, points.Page{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if e := issued[0]; e.Amount != -14 || e.Other != amy {
			t.Fatalf("issued %+v", e)
		}
	})
}

func TestTop(t *testing.T) {
	day := func(n int) time.Time { return start.AddDate(0, 0, n) }
	each(t, func(t *testing.T, b book) {
		at := func(n int, tr points.Transfer) points.Transfer { tr.At = day(n); return tr }
		cat, dan, eve := points.Member("cat"), points.Member("dan"), points.Member("eve")
		b.post(
			at(0, move("fund", points.Issued, points.Budget("b"), 100)),
			at(1, move("a1", points.Issued, amy, 10)), at(9, move("a9", points.Issued, amy, 50)),
			at(2, move("b2", points.Budget("b"), bob, 10)), at(2, move("c2", points.Issued, cat, 7)),
			at(3, move("gift", amy, cat, 5)), at(3, move("d3", points.Issued, dan, 30)), at(3, move("e3", points.Issued, eve, 20)),
			at(4, move("spend", dan, points.Burned, 15)),
		)
		b.reverse("d3", points.Reversal{Key: "undo d3", At: day(20)})
		for _, c := range []struct {
			name  string
			query points.TopQuery
			want  []points.Standing
		}{
			{"a period counts what was earned in it and not reversed", points.TopQuery{Since: day(1), Until: day(9)},
				[]points.Standing{{1, eve, 20}, {2, amy, 10}, {2, bob, 10}, {4, cat, 7}}},
			{"the end of a period is not in it", points.TopQuery{Since: day(2), Until: day(3)},
				[]points.Standing{{1, bob, 10}, {2, cat, 7}}},
			{"a period without an end", points.TopQuery{Since: day(3)}, []points.Standing{{1, amy, 50}, {2, eve, 20}}},
			{"balances", points.TopQuery{}, []points.Standing{{1, amy, 55}, {2, eve, 20}, {3, cat, 12}, {4, bob, 10}}},
			{"the excluded leave no gap", points.TopQuery{Limit: 2, Exclude: []points.Account{amy, cat}},
				[]points.Standing{{1, eve, 20}, {2, bob, 10}}},
			{"another kind of account", points.TopQuery{Prefix: "budget:"}, []points.Standing{{1, points.Budget("b"), 90}}},
			{"an excluded account that is not in the ranking takes no place", points.TopQuery{Limit: 1, Exclude: []points.Account{"member:none"}},
				[]points.Standing{{1, amy, 55}}},
		} {
			got, err := b.Top(b.ctx, c.query)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
		b.whole()
	})
}

func TestSums(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(
			move("1", points.Issued, amy, 100), move("2", points.Issued, points.Budget("b"), 50),
			move("3", amy, points.Escrow("e"), 20), move("4", amy, points.Burned, 10), move("5", amy, points.Expired, 5),
			move("6", points.Budget("b"), points.Suspense("s"), 7), move("7", amy, points.Issued, 1),
		)
		sums, err := b.Sums(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		want := points.Sums{Issued: 149, Members: 64, Escrow: 20, Suspense: 7, Budgets: 43, Burned: 10, Expired: 5}
		if diff := cmp.Diff(want, sums); diff != "" || !sums.Balanced() {
			t.Fatal(diff)
		}
		balances, err := b.Balances(b.ctx, amy, bob, points.Issued, points.Burned, points.Expired)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[points.Account]int64{amy: 64, bob: 0, points.Issued: -149, points.Burned: 10, points.Expired: 5}, balances); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestReadsSeeTheirOwnTransaction(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.within(func(in book) bool {
			in.post(move("a", points.Issued, amy, 1))
			in.has(amy, 1, 0)
			b.has(amy, 0, 0)
			return true
		})
	})
}

func TestEraseTexts(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("1", points.Issued, amy, 10), move("2", points.Issued, bob, 10), move("3", bob, amy, 1), move("4", amy, points.Burned, 11))
		b.reverse("1", undo("5"))
		b.seal()
		if n, err := b.EraseTexts(b.ctx, amy); err != nil || n != 3 {
			t.Fatalf("%d texts, %v", n, err)
		}
		for account, want := range map[points.Account][]string{amy: {"", "", ""}, bob: {"", "because of 2"}} {
			entries, err := b.History(b.ctx, account, points.Page{})
			if err != nil {
				t.Fatal(err)
			}
			reasons := []string{}
			for _, e := range entries {
				reasons = append(reasons, e.Reason)
			}
			if diff := cmp.Diff(want, reasons); diff != "" {
				t.Errorf("%s: %s", account, diff)
			}
		}
		debts, err := b.Debts(b.ctx, amy)
		if err != nil || len(debts) != 1 || debts[0].Reason != "" {
			t.Fatalf("%+v, %v", debts, err)
		}
		b.whole()
	})
}

func TestReportAsJSON(t *testing.T) {
	id := int64(7)
	for want, report := range map[string]points.Report{
		`{"ok":false,"transfers":0,"sealed":0,"root":"","first_bad":null,"problems":[]}`:     {},
		`{"ok":false,"transfers":3,"sealed":2,"root":"ab","first_bad":7,"problems":["bad"]}`: {Transfers: 3, Sealed: 2, Root: "ab", FirstBad: &id, Problems: []string{"bad"}, Unsealed: 1},
	} {
		got, err := json.Marshal(report)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v", got, err)
		}
	}
}

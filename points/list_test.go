package points_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// listed are the keys of a page, and that the page is by falling ids.
func (b book) listed(q points.ListQuery) (keys []string, last int64) {
	b.Helper()
	list, err := b.List(b.ctx, q)
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range list {
		if last != 0 && t.ID >= last {
			b.Errorf("%d stands behind %d", t.ID, last)
		}
		keys, last = append(keys, t.Key), t.ID
	}
	return keys, last
}

func TestListPicksTransfers(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		at := func(day int, tr points.Transfer) points.Transfer {
			tr.At = start.AddDate(0, 0, day)
			return tr
		}
		b.post(at(0, move("checkin/amy/1", points.Issued, amy, 5)), at(1, move("checkin/bob/1", points.Issued, bob, 5)), at(2, move("checkins/bob", points.Issued, bob, 1)))
		b.post(at(3, move("gift/1", amy, bob, 2)))
		if _, err := b.Seal(b.ctx, 3); err != nil {
			t.Fatal(err)
		}
		b.post(at(4, move("checkin/amy/2", points.Issued, amy, 5)))
		b.reverse("checkin/bob/1", undo("undo/1"))

		for name, c := range map[string]struct {
			query points.ListQuery
			want  []string
		}{
			"all of them":            {points.ListQuery{}, []string{"undo/1", "checkin/amy/2", "gift/1", "checkins/bob", "checkin/bob/1", "checkin/amy/1"}},
			"of an account":          {points.ListQuery{Accounts: []points.Account{amy}}, []string{"checkin/amy/2", "gift/1", "checkin/amy/1"}},
			"of several accounts":    {points.ListQuery{Accounts: []points.Account{amy, bob}, Limit: 4}, []string{"undo/1", "checkin/amy/2", "gift/1", "checkins/bob"}},
			"of what was issued":     {points.ListQuery{Accounts: []points.Account{points.Issued}}, []string{"undo/1"}},
			"of nobody":              {points.ListQuery{Accounts: []points.Account{points.Member("x")}}, nil},
			"of a rule":              {points.ListQuery{Rule: "checkin"}, []string{"checkin/amy/2", "checkin/bob/1", "checkin/amy/1"}},
			"of a rule's beginning":  {points.ListQuery{Rule: "checkin/amy"}, []string{"checkin/amy/2", "checkin/amy/1"}},
			"of a rule and a member": {points.ListQuery{Rule: "checkin", Accounts: []points.Account{bob}}, []string{"checkin/bob/1"}},
			"of no rule":             {points.ListQuery{Rule: "check%"}, nil},
			"of a time":              {points.ListQuery{Since: start.AddDate(0, 0, 1), Until: start.AddDate(0, 0, 3)}, []string{"checkins/bob", "checkin/bob/1"}},
			"of a member in a time":  {points.ListQuery{Accounts: []points.Account{amy}, Since: start.AddDate(0, 0, 1)}, []string{"checkin/amy/2", "gift/1"}},
		} {
			got, _ := b.listed(c.query)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		var all []string
		q := points.ListQuery{Limit: 2, Accounts: []points.Account{amy, bob}}
		for range 4 {
			var keys []string
			keys, q.Before = b.listed(q)
			all = append(all, keys...)
		}
		if want, _ := b.listed(points.ListQuery{}); !slices.Equal(want, all) {
			t.Errorf("pages: %v", all)
		}
		list, err := b.List(b.ctx, points.ListQuery{})
		if err != nil {
			t.Fatal(err)
		}
		var seals []int64
		for _, p := range list {
			seals = append(seals, p.Seal)
		}
		if diff := cmp.Diff([]int64{0, 0, 0, 3, 2, 1}, seals); diff != "" {
			t.Errorf("seals: %s", diff)
		}
		if first, back := list[4], list[0]; first.Reversal != "undo/1" || first.Reason != "because of checkin/bob/1" || !first.At.Equal(start.AddDate(0, 0, 1)) || back.Kind != points.KindReversal || back.Cause != first.ID {
			t.Errorf("the one that was reversed: %+v, and what did: %+v", first, back)
		}
	})
}

// BenchmarkList reads pages of a ledger of a million transfers of 20,000 members, 100 of them of a rare rule.
func BenchmarkList(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		ledger := open(b, dbtest.Open(b, dialect, owners))
		ledger.million()
		for name, q := range map[string]points.ListQuery{
			"newest":    {Limit: 51},
			"deep":      {Limit: 51, Before: 10_000},
			"member":    {Limit: 51, Accounts: []points.Account{points.Member("m77"), points.Suspense("m77")}},
			"rule":      {Limit: 51, Rule: "checkin"},
			"rare rule": {Limit: 51, Rule: "opening"},
			"old month": {Limit: 51, Until: start.Add(100 * time.Second)},
		} {
			b.Run(dialect+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if list, err := ledger.List(b.Context(), q); err != nil || len(list) < 25 {
						b.Fatalf("%d transfers, %v", len(list), err)
					}
				}
			})
		}
	}
}

// million writes transfers as Post would, without balances.
func (b book) million() {
	b.Helper()
	const series = `WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000000) `
	if err := b.db.Tx(b.ctx, func(ctx context.Context) error {
		return b.db.Conn(ctx).Exec(`INSERT INTO transfers (key, debit, credit, amount, at, kind, digest) ` + series +
			fmt.Sprintf(`SELECT CASE WHEN n %% 10000 = 0 THEN 'opening/' ELSE 'checkin/' END || n, 'issued', 'member:m' || (n %% 20000), 5, %d + n * 1000, 0, '' FROM s`, start.UnixMilli())).Error
	}); err != nil {
		b.Fatal(err)
	}
	if err := b.db.Tx(b.ctx, func(ctx context.Context) error { return analyze(ctx, b.db) }); err != nil {
		b.Fatal(err)
	}
}

func analyze(ctx context.Context, db *database.DB) error {
	if db.Dialect() != "postgres" {
		return nil // nobody does in production
	}
	return db.Conn(ctx).Exec(`ANALYZE transfers`).Error
}

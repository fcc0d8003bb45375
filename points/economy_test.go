package points_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

func (b book) economy(q points.EconomyQuery) points.Economy {
	b.Helper()
	e, err := b.Economy(b.ctx, q)
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// later is a transfer some days after the start.
func later(days int, t points.Transfer) points.Transfer {
	t.At = t.At.Add(time.Duration(days) * 24 * time.Hour)
	return t
}

func TestEconomy(t *testing.T) {
	shanghai := time.FixedZone("Asia/Shanghai", 8*60*60)
	each(t, func(t *testing.T, b book) {
		waiting, order, spring := points.Suspense("cat"), points.Escrow("o1"), points.Budget("spring")
		b.post(
			move("checkin/1", points.Issued, amy, 100), move("checkin/2", points.Issued, bob, 60), move("grant/1", points.Issued, waiting, 40),
			move("again/1/checkin/3", points.Issued, amy, 10),
		)
		b.post(
			later(20, move("redeem/1", amy, order, 50)), later(20, move("fulfil/1", order, points.Burned, 20)),
			later(20, move("fund/1", points.Issued, spring, 90)), later(20, move("won/1", spring, bob, 30)),
		)
		b.post(later(29, move("close/1", spring, points.Issued, 60))) // 8 o'clock on December 1st, in UTC
		b.post(later(40, move("expire/1", bob, points.Expired, 15)))
		back := undo("undo/1")
		back.At = start.Add(40 * 24 * time.Hour)
		b.reverse("grant/1", back)
		refund := later(40, move("refund/1", order, amy, 10))
		refund.Cause = b.post(later(20, move("redeem/1", amy, order, 50)))[0].ID
		b.post(refund)
		b.post(later(40, move("rob/1", bob, points.Burned, 75)))
		b.reverse("checkin/2", undo("undo/2")) // a debt of 60

		got := b.economy(points.EconomyQuery{At: start.Add(40 * 24 * time.Hour), Zone: shanghai})
		gini, top := 1.0-1.0/3, 1.0
		// Of the 30 days, 10 passed with a supply of 210 and 20 with 190.
		velocity := (50.0 - 10 + 75) / (210.0/3 + 190.0*2/3)
		want := points.Economy{
			Supply: 70, Issued: 200, Spent: 115, Burned: 95, Expired: 15, Escrow: 20, Budgets: 0, Owed: 60, People: 3,
			Velocity: &velocity, Gini: &gini, Top10: &top,
			ByRule: []points.RuleFlow{
				{Rule: "checkin", Flow: points.Flow{Issued: 170}},
				{Rule: "fund", Flow: points.Flow{Issued: 90}},
				{Rule: "rob", Flow: points.Flow{Spent: 75, Burned: 75}},
				{Rule: "redeem", Flow: points.Flow{Spent: 40}},
				{Rule: "expire", Flow: points.Flow{Expired: 15}},
				{Rule: "fulfil", Flow: points.Flow{Burned: 20}},
				{Rule: "grant"},
				{Rule: "close", Flow: points.Flow{Issued: -60}},
			},
			ByMonth: []points.MonthFlow{
				{Month: "2026-11", Flow: points.Flow{Issued: 300, Spent: 50, Burned: 20}},
				{Month: "2026-12", Flow: points.Flow{Issued: -100, Spent: 65, Burned: 75, Expired: 15}},
			},
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		sums, err := b.Sums(b.ctx)
		if err != nil || sums.Issued != got.Issued || sums.Burned != got.Burned || sums.Expired != got.Expired {
			t.Errorf("the sums are %+v, %v", sums, err)
		}
	})
}

func TestVelocityOfAYoungEconomy(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, 100))
		b.post(later(1, move("b", amy, points.Burned, 50)))
		got := b.economy(points.EconomyQuery{At: start.Add(2 * 24 * time.Hour)}) // 100 for a day, 50 for a day
		if got.Velocity == nil || math.Abs(*got.Velocity-50.0/75) > 1e-9 {
			t.Errorf("the velocity is %v", got.Velocity)
		}
	})
}

func TestEconomyOfNothingHasNoRates(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		want := points.Economy{ByRule: []points.RuleFlow{}, ByMonth: []points.MonthFlow{}}
		if diff := cmp.Diff(want, b.economy(points.EconomyQuery{At: start})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestEconomySeesPeopleNotAccounts(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, 50), move("b", points.Issued, points.Suspense("amy"), 50),
			move("c", points.Issued, bob, 100), move("d", points.Issued, points.Member("staff"), 1000))
		got := b.economy(points.EconomyQuery{At: start})
		if got.People != 3 || *got.Gini < 0.4 {
			t.Errorf("%d people, Gini %v", got.People, *got.Gini)
		}
		got = b.economy(points.EconomyQuery{At: start, Person: func(name string) string {
			return map[string]string{"amy": "one", "bob": "two"}[name]
		}})
		if got.People != 2 || *got.Gini != 0 || got.Supply != 1200 {
			t.Errorf("%d people, Gini %v, supply %d", got.People, *got.Gini, got.Supply)
		}
	})
}

// millionSQL fills a ledger with a million transfers of 20,000 members, of which a tenth spend.
const millionSQL = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
INSERT INTO transfers (key, debit, credit, amount, at, kind, digest)
SELECT CASE i % 10 WHEN 0 THEN 'redeem/' WHEN 1 THEN 'checkin/m' WHEN 2 THEN 'thanks/m' ELSE 'speaking/m' END || (i / 10 % 20000) || '/' || i,
CASE i % 10 WHEN 0 THEN 'member:m' || (i / 10 % 20000) ELSE 'issued' END,
CASE i % 10 WHEN 0 THEN 'burned' ELSE 'member:m' || (i / 10 % 20000) END, 5, 1730000000000 + i * 60000, 0,
'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' FROM n`

// BenchmarkLedgerEconomy reads the economy of a million transfers, which is to take less than a second on SQLite.
func BenchmarkLedgerEconomy(b *testing.B) {
	ledger := open(b, dbtest.Open(b, "sqlite", owners))
	if err := ledger.raw(millionSQL, `INSERT INTO balances SELECT credit, SUM(amount), 0 FROM transfers WHERE credit <> 'burned' GROUP BY credit`,
		`UPDATE balances SET balance = balance - (SELECT SUM(amount) FROM transfers WHERE debit = account AND debit <> 'issued')`); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e := ledger.economy(points.EconomyQuery{At: time.UnixMilli(1790000000000)})
		if e.Issued != 4_500_000 || e.Spent != 500_000 || e.Supply != 4_000_000 || e.People != 20_000 || len(e.ByRule) != 4 || math.Abs(*e.Gini) > 1e-9 {
			b.Fatalf("%+v", e)
		}
	}
}

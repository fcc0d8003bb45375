package points_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// BenchmarkLedgerWriters posts earnings singly from eight writers at once. No failure may reach one of them.
func BenchmarkLedgerWriters(b *testing.B) {
	const accounts = 1000
	for _, dialect := range dbtest.Dialects {
		b.Run(dialect, func(b *testing.B) {
			ledger := open(b, dbtest.Open(b, dialect, owners))
			if err := ledger.raw(openAccounts(accounts)); err != nil {
				b.Fatal(err)
			}
			var n atomic.Int64
			for b.Loop() {
				writers(8, func(int) {
					for range 32 {
						if _, err := ledger.Post(ledger.ctx, earning(accounts, int(n.Add(1)))); err != nil {
							b.Error(err)
						}
					}
				})
			}
			b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "postings/s")
			ledger.whole()
		})
	}
}

// BenchmarkLedgerRedemption lets sixteen writers take from a stock that has half of what they want, and grants
// exactly what there is.
func BenchmarkLedgerRedemption(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		b.Run(dialect, func(b *testing.B) {
			ledger, tries := open(b, dbtest.Open(b, dialect, owners)), 0
			for b.Loop() {
				round, stock := tries, points.Budget("stock")
				ledger.post(move(fmt.Sprint("fund/", round), points.Issued, stock, 64))
				var granted atomic.Int64
				writers(16, func(w int) {
					for i := range 8 {
						_, err := ledger.Post(ledger.ctx, move(fmt.Sprintf("take/%d/%d/%d", round, w, i), stock, points.Member(fmt.Sprint(w)), 1))
						if err == nil {
							granted.Add(1)
						} else if !errors.Is(err, points.ErrInsufficient) {
							b.Error(err)
						}
					}
				})
				if tries += 16 * 8; granted.Load() != 64 {
					b.Fatalf("granted %d of 64", granted.Load())
				}
				ledger.has(stock, 0, 0)
			}
			b.ReportMetric(float64(tries)/b.Elapsed().Seconds(), "redemptions/s")
			ledger.whole()
		})
	}
}

// writers runs some writers to their end.
func writers(n int, write func(w int)) {
	var wg sync.WaitGroup
	for w := range n {
		wg.Go(func() { write(w) })
	}
	wg.Wait()
}

// BenchmarkLedgerHistory reads the first page of a member with 100,000 entries, which is to take less than 5 ms.
func BenchmarkLedgerHistory(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		b.Run(dialect, func(b *testing.B) {
			ledger := open(b, dbtest.Open(b, dialect, owners))
			if err := ledger.raw(`INSERT INTO transfers (key, debit, credit, amount, at, kind, digest)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199999)
SELECT 'checkin/' || i, 'issued', CASE i % 2 WHEN 0 THEN 'member:amy' ELSE 'member:m' || i % 1000 END, 5, i, 0, '' FROM n`,
				`INSERT INTO balances (account, balance, debt) VALUES ('member:amy', 500000, 0)`); err != nil {
				b.Fatal(err)
			}
			if dialect == "postgres" {
				if err := ledger.raw(`ANALYZE transfers`); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				entries, err := ledger.History(ledger.ctx, amy, points.Page{})
				if err != nil || len(entries) != 20 || entries[19].Balance != 500_000-19*5 {
					b.Fatal(entries, err)
				}
			}
			if took := b.Elapsed() / time.Duration(b.N); took > 5*time.Millisecond {
				b.Logf("a page took %v", took)
			}
		})
	}
}

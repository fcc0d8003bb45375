package expiry_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database/dbtest"
)

// BenchmarkNight is a night of a community with 100,000 members who have points, of whom 1,000 are looked at. Each has
// 50 transfers.
func BenchmarkNight(b *testing.B) {
	const members, looks, each = 100_000, 1000, 50
	for _, dialect := range dbtest.Dialects {
		b.Run(dialect, func(b *testing.B) {
			w := newTown(b, dialect)
			fill(b, w, members, each)
			today := int(w.Community.Calendar.Day(begins.Add(70 * 24 * time.Hour)))
			b.ResetTimer()
			for night := range b.N {
				b.StopTimer()
				w.raw(`DELETE FROM expiry_due`)
				w.raw(`INSERT INTO expiry_due (member_id, day) SELECT SUBSTR(account, 8), CASE WHEN CAST(SUBSTR(account, 9) AS INTEGER) % ? = 0 THEN CAST(? AS INTEGER) ELSE CAST(? AS INTEGER) END FROM balances`,
					members/looks, today-100, today+1000)
				w.at = w.at.Add(24 * time.Hour)
				b.StartTimer()
				if err := w.Advance(b.Context(), w.at); err != nil {
					b.Fatal(err)
				}
				if night == 0 {
					var due int
					if err := w.DB.Conn(b.Context()).Raw(`SELECT COUNT(*) FROM expiry_due WHERE day < ?`, today-90).Row().Scan(&due); err != nil || due != 0 {
						b.Fatal(due, err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/looks, "us/look")
		})
	}
}

// fill makes members with points and a history, behind everybody's back.
func fill(b *testing.B, w *town, members, each int) {
	err := w.DB.Tx(b.Context(), func(ctx context.Context) error {
		conn := w.DB.Conn(ctx)
		series := func(n int) string {
			if conn.Name() == "postgres" {
				return fmt.Sprintf(`SELECT n FROM generate_series(1, %d) AS s (n)`, n)
			}
			return fmt.Sprintf(`WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s`, n)
		}
		for _, stmt := range []string{
			`INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) SELECT 'm' || (n + 10), 'x', 'x', 1, 1, 0, FALSE FROM (` + series(members) + `) AS a`,
			fmt.Sprintf(`INSERT INTO balances (account, balance, debt) SELECT 'member:m' || (n + 10), %d, 0 FROM (`, each) + series(members) + `) AS a`,
			fmt.Sprintf(`INSERT INTO transfers (key, debit, credit, amount, at, kind, digest) SELECT 'k' || n, 'issued', 'member:m' || (n %% %d + 11), 1, %d + n * 400, 0, '' FROM (`,
				members, begins.UnixMilli()-int64(each)*int64(members)*400) + series(each*members) + `) AS a`,
		} {
			if err := conn.Exec(stmt).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

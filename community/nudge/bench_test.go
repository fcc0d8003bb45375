package nudge_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database/dbtest"
)

// BenchmarkRun is one run of 唤醒 in a community of 100,000 members who spoke on 3 of the last 90 Days each; nearly all
// of them are silent for long enough.
func BenchmarkRun(b *testing.B) {
	const members, spoken = 100_000, 3
	for _, dialect := range dbtest.Dialects {
		b.Run(dialect, func(b *testing.B) {
			w := newTown(b, dialect, map[string]string{"nudge.private_per_run": "30"})
			w.says("boss", "大家好")
			today := int(w.Community.Calendar.Day(begins))
			err := w.DB.Tx(b.Context(), func(ctx context.Context) error {
				conn := w.DB.Conn(ctx)
				series := `WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s`
				if conn.Name() == "postgres" {
					series = `SELECT n FROM generate_series(1, %d) AS s (n)`
				}
				long := begins.Add(-90 * 24 * time.Hour).UnixMilli()
				for _, stmt := range []string{
					`INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) SELECT 'm' || (n + 10), 'x' || n, 'x' || n, 1, 1, 0, FALSE FROM (` + fmt.Sprintf(series, members) + `) AS a`,
					fmt.Sprintf(`INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) SELECT 'g1', 'm' || (n + 10), '', '', %d, 0 FROM (`, long) + fmt.Sprintf(series, members) + `) AS a`,
					fmt.Sprintf(`INSERT INTO activity (day, member_id, group_id, messages, first_at, last_at) SELECT %d - (n / %d) * 20 - n %% 19, 'm' || (n %% %d + 11), 'g1', 1, 1, 1 FROM (`, today-15, members, members) + fmt.Sprintf(series, members*spoken-1) + `) AS a`,
					`INSERT INTO bindings (transport, session, user_id, member_id, strong, rule, evidence, at) SELECT 'town', '', id, id, TRUE, '', '', 1 FROM members WHERE LENGTH(id) > 2 AND id NOT IN (SELECT member_id FROM bindings)`,
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
			b.ResetTimer()
			for range b.N {
				if got := w.tells("boss", "预览触达 唤醒"); len(got) < 100 {
					b.Fatal(got)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/run")
		})
	}
}

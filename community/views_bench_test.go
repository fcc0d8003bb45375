package community_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// manyPeople is how many members the benchmarks have: each spoke on 20 Days, 10 times, and has points.
const manyPeople = 100_000

// BenchmarkMembers reads pages of a large community.
func BenchmarkMembers(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		var parts *communitytest.Parts
		if _, err := communitytest.BuildOn(b, dialect, func(p *communitytest.Parts) []bot.Feature { parts = p; return nil })(b.Context(), nil, noonUTC); err != nil {
			b.Fatal(err)
		}
		if err := parts.DB.Tx(b.Context(), func(ctx context.Context) error { return crowd(ctx, parts, manyPeople) }); err != nil {
			b.Fatal(err)
		}
		for name, params := range map[string]map[string]string{
			"first page": nil, "pinyin": {"search": "zhangwei"}, "name": {"search": "伟1"}, "present": {"state": "present"},
			"gone": {"state": "gone"}, "staff": {"state": "staff"}, "group": {"group": "g1"}, "tier": {"tier": "koc"}, "lurkers": {"tier": "lurker"}, "tag": {"tag": "茶"}, "initials": {"search": "zw1"},
			"initials after a rename": {"search": "zw1"}, "initials at first": {"search": "zw1"},
		} {
			b.Run(dialect+"/"+name, func(b *testing.B) {
				for b.Loop() {
					switch name {
					case "initials after a rename":
						parts.Community.ForgetNames("m77")
					case "initials at first":
						parts.Community.ForgetNames()
					}
					if _, err := parts.Engine.View(b.Context(), "community.members", bot.Query{Params: params, At: noonUTC, Actor: bot.Actor{Role: bot.Owner}}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// crowd writes members, stays, activity and balances.
func crowd(ctx context.Context, parts *communitytest.Parts, people int) error {
	series := fmt.Sprintf(`WITH RECURSIVE s(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM s WHERE n <= %d) `, people)
	day := int(parts.Community.Calendar.Day(noonUTC))
	for _, query := range []string{
		`INSERT INTO groups (id, name, language, adopted, created_at) VALUES ('g1', '大群', 'zh', TRUE, 0), ('g2', '小群', 'zh', TRUE, 0)`,
		`INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) ` + series +
			`SELECT 'm' || n, CASE n % 3 WHEN 0 THEN '张伟' WHEN 1 THEN '爱读书的小明' ELSE '单雄信' END || n, '', 1, 1, CASE WHEN n % 1000 = 0 THEN 1 ELSE 0 END, FALSE FROM s`,
		`INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) ` + series + `SELECT 'g' || (1 + n % 2), 'm' || n, '群里的' || n, '', 1, CASE WHEN n % 10 = 0 THEN 2 ELSE 0 END FROM s`,
		fmt.Sprintf(`INSERT INTO activity (day, member_id, group_id, messages, first_at, last_at) `+series+
			`SELECT %d - d.d * 3 - n %% 3, 'm' || n, 'g' || (1 + n %% 2), 10, 1, 2 FROM s, (WITH RECURSIVE d(d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM d WHERE d < 19) SELECT d FROM d) AS d`, day),
		`INSERT INTO tier_standings (member_id, tier, since, warned, waits, declined) ` + series + `SELECT 'm' || n, CASE n % 50 WHEN 0 THEN 'koc' ELSE 'interactor' END, 1, 0, CASE WHEN n % 5000 = 0 THEN 'koc' ELSE '' END, 0 FROM s WHERE n % 3 > 0`,
		`INSERT INTO tags (member_id, folded, name, by_member, at) ` + series + `SELECT 'm' || n, '茶', '茶', 'm1', 1 FROM s WHERE n % 200 = 0`,
		`INSERT INTO balances (account, balance, debt) ` + series + `SELECT 'member:m' || n, n, 0 FROM s`,
	} {
		if err := parts.DB.Conn(ctx).Exec(query).Error; err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkDesk reads what a manager's first page shows of the community: what waits, and each measure of today and of
// the two weeks before. The console remembers the latter for an hour.
func BenchmarkDesk(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		var took []time.Duration
		for _, people := range []int{manyPeople / 10, manyPeople} {
			var parts *communitytest.Parts
			if _, err := communitytest.BuildOn(b, dialect, func(p *communitytest.Parts) []bot.Feature { parts = p; return nil })(b.Context(), nil, noonUTC); err != nil {
				b.Fatal(err)
			}
			if err := parts.DB.Tx(b.Context(), func(ctx context.Context) error { return crowd(ctx, parts, people) }); err != nil {
				b.Fatal(err)
			}
			q := bot.Query{At: noonUTC, Actor: bot.Actor{Role: bot.Owner}}
			cal := parts.Community.Calendar
			today := cal.Day(noonUTC)
			b.Run(fmt.Sprintf("%s/%d/waiting", dialect, people), func(b *testing.B) {
				for b.Loop() {
					if _, err := parts.Engine.Inbox(b.Context(), q); err != nil {
						b.Fatal(err)
					}
				}
				took = append(took, b.Elapsed()/time.Duration(b.N))
			})
			for _, m := range parts.Engine.Measures(q.Actor) {
				for name, days := range map[string]community.Day{"today": 0, "week": 7} {
					from, to := cal.Start(today-days), cal.Start(today-days+max(1, days))
					b.Run(fmt.Sprintf("%s/%d/%s/%s", dialect, people, m.Name, name), func(b *testing.B) {
						for b.Loop() {
							if _, err := parts.Engine.Measure(b.Context(), m.Name, q, from, to); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
			}
		}
		if len(took) == 2 && took[1] > 10*took[0]+10*time.Millisecond {
			b.Errorf("%s: what waits is counted in %v of %d members, and in %v of a tenth of them", dialect, took[1], manyPeople, took[0])
		}
	}
}

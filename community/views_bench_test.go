package community_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// BenchmarkMembers reads pages of a community of 20,000 members, who spoke on 20 Days each and have points.
func BenchmarkMembers(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		var parts *communitytest.Parts
		if _, err := communitytest.BuildOn(b, dialect, func(p *communitytest.Parts) []bot.Feature { parts = p; return nil })(b.Context(), nil, noonUTC); err != nil {
			b.Fatal(err)
		}
		if err := parts.DB.Tx(b.Context(), func(ctx context.Context) error { return crowd(ctx, parts) }); err != nil {
			b.Fatal(err)
		}
		for name, params := range map[string]map[string]string{
			"first page": nil, "pinyin": {"search": "zhangwei"}, "name": {"search": "伟1"}, "present": {"state": "present"},
			"gone": {"state": "gone"}, "staff": {"state": "staff"}, "group": {"group": "g1"},
		} {
			b.Run(dialect+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := parts.Engine.View(b.Context(), "community.members", bot.Query{Params: params, At: noonUTC, Actor: bot.Actor{Role: bot.Owner}}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// crowd writes members, stays, activity and balances.
func crowd(ctx context.Context, parts *communitytest.Parts) error {
	const series = `WITH RECURSIVE s(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM s WHERE n < 20001) `
	day := int(parts.Community.Calendar.Day(noonUTC))
	for _, query := range []string{
		`INSERT INTO groups (id, name, language, adopted, created_at) VALUES ('g1', '大群', 'zh', TRUE, 0), ('g2', '小群', 'zh', TRUE, 0)`,
		`INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) ` + series +
			`SELECT 'm' || n, CASE n % 3 WHEN 0 THEN '张伟' WHEN 1 THEN '爱读书的小明' ELSE '单雄信' END || n, '', 1, 1, CASE WHEN n % 1000 = 0 THEN 1 ELSE 0 END, FALSE FROM s`,
		`INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) ` + series + `SELECT 'g' || (1 + n % 2), 'm' || n, '群里的' || n, '', 1, CASE WHEN n % 10 = 0 THEN 2 ELSE 0 END FROM s`,
		fmt.Sprintf(`INSERT INTO activity (day, member_id, group_id, messages, first_at, last_at) `+series+
			`SELECT %d - d.d * 3, 'm' || n, 'g' || (1 + n %% 2), 3, 1, 2 FROM s, (WITH RECURSIVE d(d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM d WHERE d < 19) SELECT d FROM d) AS d`, day),
		`INSERT INTO balances (account, balance, debt) ` + series + `SELECT 'member:m' || n, n, 0 FROM s`,
	} {
		if err := parts.DB.Conn(ctx).Exec(query).Error; err != nil {
			return err
		}
	}
	return nil
}

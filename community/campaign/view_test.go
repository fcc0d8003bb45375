package campaign_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/campaign"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

func TestViewsShowCampaignsAndFreezesWithTheirCommands(t *testing.T) {
	owners := []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "points", List: points.Migrations()}, {Name: "community", List: community.Migrations()}}
	dbtest.Each(t, owners, func(t *testing.T, db *database.DB) {
		zone := time.FixedZone("CST", 8*3600)
		c, err := community.New(community.Options{Storage: db, Calendar: community.NewCalendar(zone, 4*time.Hour), Ledger: points.New(db.Conn, db.Tx)})
		if err != nil {
			t.Fatal(err)
		}
		engine, err := bot.New(bot.Options{Storage: db, Features: []bot.Feature{campaign.New(c, 100), c.Feature()}, Observe: c.Observe, Resolve: c.Resolve,
			Screen: c.Words.Forbidden, Next: schedule.Next(zone), OnSaid: func(bot.Outgoing) {}})
		if err != nil {
			t.Fatal(err)
		}
		for _, stmt := range []string{
			`INSERT INTO budgets (id, name, folded, from_day, until_day, opened_at, by_member, funded) VALUES ('b1', '春日', '春日', 20000, 20010, 1, 'm1', 100)`,
			`INSERT INTO budgets (id, name, folded, from_day, until_day, opened_at, closed_at, by_member, funded, returned) VALUES ('b2', '冬日', '冬日', 20000, 20010, 1, 2, 'm1', 50, 20)`,
			`INSERT INTO balances (account, balance, debt) VALUES ('budget:b1', 40, 0)`,
			`INSERT INTO freezes (member_id, at, by_member, reason) VALUES ('m7', 1000, 'm1', '=1+1')`,
		} {
			if err := db.Tx(t.Context(), func(ctx context.Context) error { return db.Conn(ctx).Exec(stmt).Error }); err != nil {
				t.Fatal(err)
			}
		}
		got := [][]string{}
		for _, name := range []string{"campaign.budgets", "community.frozen"} {
			page, err := engine.View(t.Context(), name, bot.Query{Actor: bot.Actor{Role: bot.Manager}})
			if err != nil {
				t.Fatal(err)
			}
			table := page.Tables[0]
			for _, row := range table.Rows {
				if len(row.Cells) != len(table.Columns) {
					t.Errorf("%s: %d cells in %d columns", name, len(row.Cells), len(table.Columns))
				}
				line := []string{}
				for _, cell := range row.Cells {
					line = append(line, cell.Text)
				}
				for _, act := range row.Acts {
					line = append(line, act.Command+" "+act.Args)
				}
				got = append(got, line)
			}
		}
		want := [][]string{
			{"b1", "春日", "100", "60", "40", "0", "2024-10-14", "进行中", "活动发放 b1", "追加预算 b1", "结束活动 b1"},
			{"b2", "冬日", "50", "30", "0", "20", "2024-10-14", "已结束"},
			{"m7", "1970-01-01 08:00", "=1+1", "解冻 m7"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if _, err := engine.View(t.Context(), "campaign.budgets", bot.Query{Actor: bot.Actor{Role: bot.Member}}); err == nil {
			t.Error("members see budgets")
		}
	})
}

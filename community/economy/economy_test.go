package economy_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/economy"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		return []bot.Feature{
			checkin.New(p.DB, p.Community, checkin.Defaults()),
			wallet.New(p.DB, p.Community, wallet.Defaults()),
			economy.New(p.DB, p.Community),
		}
	}), "testdata/*.chat")
}

var (
	owners = []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "points", List: points.Migrations()}, {Name: "community", List: community.Migrations()}}
	start  = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
)

// TestFigures looks at the page as a manager does, and compares its names with those of the JSON.
func TestFigures(t *testing.T) {
	dbtest.Each(t, owners, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		c, err := community.New(community.Options{Storage: db, Calendar: community.NewCalendar(time.UTC, 0), Ledger: points.New(db.Conn, db.Tx), Words: community.DefaultWords()})
		if err != nil {
			t.Fatal(err)
		}
		engine, err := bot.New(bot.Options{Storage: db, Features: []bot.Feature{economy.New(db, c), c.Feature()}, Language: "en", Observe: c.Observe, Resolve: c.Resolve,
			Next: func(string, time.Time) (time.Time, error) { return time.Time{}, nil }})
		if err != nil {
			t.Fatal(err)
		}
		view := func() bot.Page {
			page, err := engine.View(ctx, "economy.figures", bot.Query{At: start, Actor: bot.Actor{Role: bot.Manager}})
			if err != nil {
				t.Fatal(err)
			}
			return page
		}
		empty := view()
		if rate := empty.Figures[9]; rate.Cell.Text != "—" || rate.Cell.Value != nil || len(empty.Charts) != 0 {
			t.Errorf("without anything: %+v", rate)
		}
		if err := fill(ctx, db); err != nil {
			t.Fatal(err)
		}
		page := view()
		now, err := economy.Read(ctx, db, time.UTC, start, nil)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]any{}
		data, _ := json.Marshal(now)
		if err := json.Unmarshal(data, &names); err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Figures {
			if _, ok := names[f.Key]; !ok {
				t.Errorf("the JSON has no %s", f.Key)
			}
		}
		for _, table := range page.Tables {
			row := names[table.Key].([]any)[0].(map[string]any)
			for _, column := range table.Columns {
				if _, ok := row[column.Key]; !ok {
					t.Errorf("%s has no %s in the JSON", table.Key, column.Key)
				}
			}
		}
		var months []string
		for _, row := range page.Tables[1].Rows {
			months = append(months, row.Key)
		}
		want := []bot.Chart{{Title: "By month", Labels: []string{"2026-10", "2026-11"}, Series: []bot.Series{
			{Name: "Issued", Values: []float64{0, 30}}, {Name: "Spent", Values: []float64{10, 0}},
		}}}
		if diff := cmp.Diff(want, page.Charts); diff != "" || !slices.Equal(months, []string{"2026-11", "2026-10"}) {
			t.Errorf("months %v, chart (-want +got)\n%s", months, diff)
		}
		if _, err := engine.View(ctx, "economy.figures", bot.Query{At: start, Actor: bot.Actor{Role: bot.Moderator}}); err == nil || !strings.Contains(err.Error(), "no such view") {
			t.Errorf("a moderator reads it: %v", err)
		}
	})
}

func fill(ctx context.Context, db *database.DB) error {
	_, err := points.New(db.Conn, db.Tx).Post(ctx,
		points.Transfer{Key: "checkin/m1/1", From: points.Issued, To: points.Member("m1"), Amount: 30, At: start},
		points.Transfer{Key: "redeem/1", From: points.Member("m1"), To: points.Escrow("1"), Amount: 10, At: start.AddDate(0, -1, 0)},
	)
	return err
}

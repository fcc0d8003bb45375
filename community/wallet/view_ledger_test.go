package wallet_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

func TestTheLedgerShowsWhoGotWhatAndWhetherItStands(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			at := time.Date(2026, 5, 4, 4, 0, 0, 0, time.UTC)
			var parts *communitytest.Parts
			world, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				parts = p
				return []bot.Feature{wallet.New(p.DB, p.Community, wallet.Defaults())}
			})(t.Context(), nil, at)
			if err != nil {
				t.Fatal(err)
			}
			if err := world.Deliver(t.Context(), []bot.Event{{ID: "1", Kind: bot.Message, Form: bot.Text, Text: "大家好", At: at, SeenAt: at, Transport: "transcript",
				Chat: "c1", ChatName: "大群", From: bot.Person{User: "u1", Name: "=1+1\u202e", Stable: true}}}); err != nil {
				t.Fatal(err)
			}
			for i, tr := range []points.Transfer{
				{Key: "grant/1", From: points.Issued, To: points.Member("m1"), Amount: 7, Reason: "谢谢", At: at},
				{Key: "gift/1", From: points.Member("m1"), To: points.Burned, Amount: 2, Reason: "一\n二", At: at.AddDate(0, 1, 0)},
				{Key: "grant/2", From: points.Issued, To: points.Escrow("order"), Amount: 1, At: at.AddDate(0, 2, 0)},
			} {
				if _, err := parts.Ledger.Post(t.Context(), tr); err != nil {
					t.Fatal(i, err)
				}
			}
			if _, err := parts.Ledger.Seal(t.Context(), 2); err != nil {
				t.Fatal(err)
			}
			if _, err := parts.Ledger.ReverseKey(t.Context(), "grant/2", points.Reversal{Key: "undo/1", At: at.AddDate(0, 2, 0)}); err != nil {
				t.Fatal(err)
			}
			manager := bot.Actor{Role: bot.Manager, Language: "zh"}
			for name, c := range map[string]struct {
				params map[string]string
				want   [][]string
			}{
				"all of it": {nil, [][]string{
					{"4", "2026-07-04 12:00", "冻结待办 order", "发放", "1", "", "撤销", "0", ""},
					{"3", "2026-07-04 12:00", "发放", "冻结待办 order", "1", "", "加分", "0", "已退回"},
					{"2", "2026-06-04 12:00", "=1+1", "消耗", "2", "一\n二", "转赠", "2", ""},
					{"1", "2026-05-04 12:00", "发放", "=1+1", "7", "谢谢", "加分", "1", ""},
				}},
				"of a member":     {map[string]string{"member": "M1", "rule": "转赠"}, [][]string{{"2", "2026-06-04 12:00", "=1+1", "消耗", "2", "一\n二", "转赠", "2", ""}}},
				"of a month":      {map[string]string{"month": "2026-05"}, [][]string{{"1", "2026-05-04 12:00", "发放", "=1+1", "7", "谢谢", "加分", "1", ""}}},
				"of nobody":       {map[string]string{"member": "m9"}, nil},
				"of what is none": {map[string]string{"month": "五月"}, nil},
			} {
				var got [][]string
				q := bot.Query{Params: c.params, Limit: 3, At: at, Actor: manager}
				for range 3 {
					p, err := parts.Engine.View(t.Context(), "wallet.ledger", q)
					if err != nil {
						t.Fatal(err)
					}
					q.After = ""
					for _, table := range p.Tables {
						q.After = table.Next
						for _, row := range table.Rows {
							var line []string
							for _, cell := range row.Cells {
								line = append(line, cell.Text)
							}
							got = append(got, line)
						}
					}
					if q.After == "" {
						break
					}
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			if _, err := parts.Engine.View(t.Context(), "wallet.ledger", bot.Query{At: at, Actor: bot.Actor{Role: bot.Moderator}}); !errors.Is(err, bot.ErrNoView) {
				t.Errorf("a moderator reads it: %v", err)
			}
		})
	}
}

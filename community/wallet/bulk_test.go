package wallet_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// populate makes members m2 and those after, who spoke in a group, each with points that were issued to them.
func (b *bank) populate(ctx context.Context, people int, each int64) error {
	var batch []bot.Event
	for i := 2; i < people+2; i++ {
		b.n++
		batch = append(batch, bot.Event{ID: fmt.Sprint("bank/", b.n), Kind: bot.Message, Form: bot.Text, Text: "大家好", At: b.at, SeenAt: b.at, Transport: "transcript",
			Chat: "c1", ChatName: "大群", From: bot.Person{User: bot.UserID(fmt.Sprint("人", i)), Name: fmt.Sprint("人", i), Stable: true}})
	}
	if err := b.Deliver(ctx, batch); err != nil || each == 0 {
		return err
	}
	var seeds []points.Transfer
	for i := 2; i < people+2; i++ {
		seeds = append(seeds, points.Transfer{Key: fmt.Sprint("seed/", i), From: points.Issued, To: points.Member(fmt.Sprint("m", i)), Amount: each, At: b.at})
	}
	_, err := b.Ledger.Post(ctx, seeds...)
	return err
}

func TestABulkGrantOfTwoThousandRowsIsQuickAndTakenBack(t *testing.T) {
	const rows = 2000
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			ctx := t.Context()
			b := must(open(ctx, dbtest.Open(t, dialect, nil)))(t)
			if err := b.populate(ctx, rows, 10); err != nil {
				t.Fatal(err)
			}
			before := must(b.state(ctx, rows))(t)
			table := [][]string{{"昵称", "积分", "原因"}}
			for i := 2; i < rows+2; i++ {
				amount := "25"
				if i%4 == 0 {
					amount = "-7"
				}
				table = append(table, []string{fmt.Sprint("人", i), amount, "活动"})
			}
			start := time.Now()
			said, code, err := b.boss(ctx, "批量加分 年终", table)
			took := time.Since(start)
			if err != nil || !strings.Contains(said, "完成：2000 人，共 2000 笔，加 37500 分，扣 3500 分") {
				t.Fatalf("%s, %v", said, err)
			}
			start = time.Now()
			if said, _, err := b.boss(ctx, "撤销 "+code, nil); err != nil || !strings.Contains(said, "已撤销") {
				t.Fatalf("%s, %v", said, err)
			}
			back := time.Since(start)
			t.Logf("%d rows: %v to preview and do, %v to take back", rows, took, back)
			if took > 5*time.Second {
				t.Errorf("%d rows took %v, more than 5 s", rows, took)
			}
			if diff := cmp.Diff(before, must(b.state(ctx, rows))(t)); diff != "" {
				t.Errorf("-before +after the undo:\n%.2000s", diff)
			}
			if err := b.whole(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatAnOperatorGrantedIsTakenBackInTheChat(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			ctx := t.Context()
			b := must(open(ctx, dbtest.Open(t, dialect, nil)))(t)
			if err := b.populate(ctx, 3, 10); err != nil {
				t.Fatal(err)
			}
			before := must(b.state(ctx, 3))(t)
			o := wallet.BulkOptions{At: b.at, Event: "grant/1", Reason: "管理员批量加分", Chance: rand.New(rand.NewPCG(1, 2))}
			grant := func() (result wallet.BulkResult, problems []community.LineProblem) {
				err := b.Engine.Do(ctx, func(ctx context.Context) (err error) {
					result, problems, err = wallet.Bulk(ctx, b.DB, b.Community, [][]string{{"m2", "5"}, nil, {"@人3", "-10"}}, o)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return result, problems
			}
			result, _ := grant()
			if result.Given != 5 || result.Taken != 10 || result.Undo == "" || result.Before != nil || result.Lines[1].Line != 3 {
				t.Fatalf("%+v", result)
			}
			o.Event = "grant/2"
			if _, problems := grant(); len(problems) != 1 || problems[0] != (community.LineProblem{Line: 3, Problem: "m3 has only 0 points"}) {
				t.Errorf("%+v", problems)
			}
			if said, err := b.say(ctx, "人2", "撤销 "+result.Undo); err != nil || strings.Contains(said, "已撤销") {
				t.Errorf("a member took it back: %s, %v", said, err)
			}
			if said, err := b.say(ctx, "老王", "撤销 "+result.Undo); err != nil || !strings.Contains(said, "已撤销") {
				t.Fatalf("%s, %v", said, err)
			}
			if diff := cmp.Diff(before, must(b.state(ctx, 3))(t)); diff != "" {
				t.Errorf("-before +after the undo:\n%s", diff)
			}
			if entries := must(b.Community.Audit.List(ctx, community.AuditFilter{Action: "bulk"}))(t); len(entries) != 1 || entries[0].Role != "operator" || entries[0].Actor != "" {
				t.Errorf("the audit has %+v", entries)
			}
			o.DryRun = true
			if result, _ := grant(); result.Before != nil || result.Undo != "" || result.Rows != 2 {
				t.Errorf("a dry run after the undo: %+v", result)
			}
		})
	}
}

// Every file that somebody uploads either does exactly what its lines say, or nothing.
func TestHostileLinesOfABulkGrant(t *testing.T) {
	ctx := t.Context()
	b := must(open(ctx, dbtest.Open(t, "sqlite", nil)))(t)
	if err := b.populate(ctx, 3, 10); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		table [][]string
		want  string
	}{
		{"a formula as a name", [][]string{{"=HYPERLINK(\"http://a.cn\")", "5"}}, "没有找到"},
		{"an amount as a formula", [][]string{{"m2", "=1+1"}}, "不是可用的积分"},
		{"an amount with an exponent", [][]string{{"m2", "1e3"}}, "不是可用的积分"},
		{"a part of a point", [][]string{{"m2", "0.5"}}, "不是可用的积分"},
		{"far too much", [][]string{{"m2", "99999999999999999999"}}, "不是可用的积分"},
		{"two columns of points", [][]string{{"成员", "积分", "分数"}, {"m2", "1", "2"}}, "重复"},
		{"no points", [][]string{{"成员", "电话"}, {"m2", "1"}}, "第 1 行：第一行要有"},
		{"something beyond the columns", [][]string{{"m2", "1", "好", "2"}}, "第 1 行：多出了"},
		{"a long reason", [][]string{{"m2", "1", strings.Repeat("长", 201)}}, "说明最多 200 个字"},
		{"a row of nothing but points", [][]string{{"", "1"}}, "没有写是谁"},
		{"an empty table", [][]string{}, "第一行写"},
		{"too many rows", make2d(5001), "一次最多 5000 行"},
		{"taken twice", [][]string{{"m2", "-6"}, {"m2", "-6"}}, "第 2 行：m2 只有 4 分"},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := must(b.hand(ctx, "老王", "批量加分", c.table))(t)
			if !strings.Contains(said, c.want) || asks.MatchString(said) {
				t.Errorf("%.300s, want %q", said, c.want)
			}
		})
	}
}

func make2d(rows int) [][]string {
	table := make([][]string, rows)
	for i := range table {
		table[i] = []string{"m2", "1"}
	}
	return table
}

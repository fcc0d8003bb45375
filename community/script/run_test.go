package script_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/script"
)

type ctx = context.Context

const small = `导入剧本
name: 小
title: 小活动
budget: 25
steps:
  - {at: {after: 1h}, kind: collect, hashtag: 小, each: 2, points: 10, text: "来吧"}
  - {at: {after: 2h}, kind: close, text: "{{.Count}}：{{.Names}} / {{.Best}}"}
`

func TestABudgetIsNeverExceeded(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.says("boss", small)
		s.confirms("boss", "开始剧本 小 09:30")
		s.wait(2 * time.Hour)
		for i := range 4 {
			s.says(fmt.Sprintf("甲%d", i), "#小# 好")
			s.says(fmt.Sprintf("甲%d", i), "#小# 更好")
		}
		var got []int64
		for i := range 4 {
			got = append(got, s.worth(fmt.Sprintf("甲%d", i)))
		}
		if diff := cmp.Diff([]int64{10, 10, 0, 0}, got); diff != "" {
			t.Error(diff)
		}
		s.says("甲3", "#小# 三次")
		if got := s.says("boss", "剧本进度 1"); !strings.Contains(got, "甲3 11-02 周一 11:00 ×2") || !strings.Contains(got, "已发 20 / 预算 25") {
			t.Error(got)
		}
	})
}

func TestARecallTakesPointsBackOnlyWithTheLastEntry(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.says("boss", small)
		s.confirms("boss", "开始剧本 小 09:30")
		s.wait(2 * time.Hour)
		first := s.deliver(bot.Event{Kind: bot.Message, Form: bot.Text, Text: "#小# 一", From: person("甲")})
		second := s.deliver(bot.Event{Kind: bot.Message, Form: bot.Text, Text: "#小# 二", From: person("甲")})
		recall := func(ref string) { s.deliver(bot.Event{Kind: bot.Recalled, Ref: ref, From: person("甲")}) }
		recall(first)
		if n := s.worth("甲"); n != 10 {
			t.Errorf("with one entry left: %d points", n)
		}
		s.says("boss", "入选 1 @甲")
		recall(second)
		recall(second)
		if n := s.worth("甲"); n != 0 {
			t.Errorf("with no entry left: %d points", n)
		}
		var standing int
		s.must(s.DB.Conn(t.Context()).Raw(`SELECT COUNT(*) FROM contributions WHERE withdrawn_at IS NULL`).Row().Scan(&standing))
		if standing != 0 {
			t.Errorf("%d contributions of an entry that was taken back", standing)
		}
		s.says("甲", "#小# 三")
		if n := s.worth("甲"); n != 10 {
			t.Errorf("with a new entry: %d points", n)
		}
	})
}

func TestWhoIsOnePersonIsPaidAndCountedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.says("boss", small)
		s.confirms("boss", "开始剧本 小 09:30")
		s.wait(2 * time.Hour)
		s.says("甲", "#小# 一")
		s.says("乙", "#小# 一")
		s.confirms("boss", fmt.Sprintf("合并 %s 到 %s", s.id("乙"), s.id("甲")))
		if n := s.worth("甲"); n != 10 {
			t.Errorf("together they have %d points", n)
		}
		s.wait(time.Hour)
		if got := s.says("boss", "剧本进度 1"); !strings.Contains(got, "：1 人") {
			t.Error(got)
		}
	})
}

func TestWhatWasSkippedCollectsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.says("boss", small)
		s.confirms("boss", "开始剧本 小 09:30")
		s.says("boss", "跳过步骤 1 1")
		for range 3 {
			s.wait(50 * time.Minute)
			if got := s.says("甲", "#小# 一"); got != "" {
				t.Errorf("at %s: %s", s.at, got)
			}
		}
		if n := s.worth("甲"); n != 0 {
			t.Errorf("%d points", n)
		}
	})
}

func TestEachStepEndsOnRecord(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.says("boss", small)
		s.confirms("boss", "开始剧本 小 09:30")
		s.wait(time.Hour)
		s.must(s.Engine.Advance(t.Context(), s.at.Add(24*time.Hour), true)) // down for a day
		list, err := s.Engine.Occurrences(t.Context(), morning, morning.Add(48*time.Hour))
		s.must(err)
		var got []string
		for _, o := range list {
			got = append(got, fmt.Sprintf("%s %s %s %s %s", o.Job, o.Key, o.Title, o.Ending, o.Reason))
		}
		want := []string{"script.step 1/1 小活动 1/2 skipped missed", "script.step 1/2 小活动 2/2 late "}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAStepBeyondTheBudgetOfAGroupIsKeptBackAndTheRunEnds(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.says("boss", small)
		s.confirms("boss", "开始剧本 小 09:30")
		s.must(s.DB.Tx(t.Context(), func(ctx ctx) error { // the group has heard enough
			return s.DB.Conn(ctx).Exec(`INSERT INTO noise (group_id, day, used) SELECT id, ?, 20 FROM groups`, int(s.Community.Calendar.Day(morning))).Error
		}))
		s.wait(3 * time.Hour)
		list, err := s.Engine.Occurrences(t.Context(), morning, morning.Add(48*time.Hour))
		s.must(err)
		for _, o := range list {
			if o.Ending != bot.Skipped || o.Reason != "budget" {
				t.Errorf("%s ended as %s (%s)", o.Key, o.Ending, o.Reason)
			}
		}
		if got := s.says("boss", "剧本进度 1"); !strings.Contains(got, "已结束") || strings.Count(got, "没有发出") != 2 {
			t.Error(got)
		}
	})
}

func TestThePageShowsRunsStepsAndEntries(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.says("boss", small)
		s.confirms("boss", "开始剧本 小 09:30")
		rows := func(role bot.Role, params map[string]string) (lines []string) {
			page, err := s.Engine.View(t.Context(), "script.runs", bot.Query{Params: params, At: s.at, Actor: bot.Actor{Role: role, Language: "zh"}})
			s.must(err)
			for _, table := range page.Tables {
				for _, row := range table.Rows {
					var parts []string
					if len(row.Cells) != len(table.Columns) {
						t.Errorf("%d cells under %d columns of %s", len(row.Cells), len(table.Columns), table.Key)
					}
					for _, c := range row.Cells {
						parts = append(parts, c.Text)
					}
					for _, a := range row.Acts {
						parts = append(parts, fmt.Sprintf("[%s %s]", a.Command, a.Args))
					}
					lines = append(lines, strings.Join(parts, "|"))
				}
			}
			return lines
		}
		want := func(got []string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		want(rows(bot.Manager, nil), "1|小活动|c1|2026-11-02 09:30|进行中|0|2|0|[剧本进度 1]|[入选 1]|[停止剧本 1]",
			"主理人见面会|主理人见面会|6|[开始剧本 主理人见面会]", "开箱挑战|开箱挑战|4|[开始剧本 开箱挑战]", "小|小活动|2|[开始剧本 小]")
		s.wait(2 * time.Hour)
		s.says("甲", "#小# 一")
		want(rows(bot.Moderator, nil), "1|小活动|c1|2026-11-02 09:30|进行中|1|2|1|[剧本进度 1]|[入选 1]",
			"主理人见面会|主理人见面会|6", "开箱挑战|开箱挑战|4", "小|小活动|2")
		want(rows(bot.Manager, map[string]string{"run": "1"}),
			"1|2026-11-02 10:30|征集|已发出|2026-11-02 10:30|来吧", "2|2026-11-02 11:30|收官|待演||…：… / …|[改剧本步骤 1 2]",
			fmt.Sprintf("甲|2026-11-02 11:00|1|有效||[入选 1 %s]", s.id("甲")))
	})
}

func TestTheExampleOfTheDocumentationIsSound(t *testing.T) {
	src, err := os.ReadFile("../../docs/scripts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(src), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("there is no example")
	}
	if _, err := script.Parse(example); err != nil {
		t.Error(err)
	}
}

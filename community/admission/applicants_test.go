package admission_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// page reads a view as a manager.
func (h *house) page(view string, params map[string]string) bot.Page {
	h.t.Helper()
	page, err := h.Engine.View(h.t.Context(), view, bot.Query{At: h.now, Params: params, Actor: bot.Actor{Role: bot.Manager, Language: "zh"}})
	h.do(err)
	return page
}

func (h *house) figure(key string) any {
	h.t.Helper()
	for _, f := range h.page("admission.figures", nil).Figures {
		if f.Key == key {
			return f.Cell.Value
		}
	}
	h.t.Fatalf("no figure %s", key)
	return nil
}

func TestFiguresTellHowApplicationsWent(t *testing.T) {
	onEach(t, map[string]string{"admission.answer_hours": "1"}, func(t *testing.T, h *house) {
		for _, name := range []string{"甲", "乙", "丙", "丁"} {
			h.joins(name, "预备群")
		}
		h.pass(2 * time.Minute)
		h.tells("甲", "预备群", "保温杯真好用")
		h.tells("乙", "预备群", "茶壶也很好看")
		h.hear(h.in(bot.Left, "丁", "预备群"))
		h.pass(30 * time.Minute)
		h.tells("王", "", "通过 1")
		h.tells("王", "", "婉拒 2 名额满了")
		h.joins("甲", "核心群")
		h.joins("路人", "核心群")
		h.joins("王", "核心群")
		h.pass(3 * time.Hour)
		want := map[string]int64{"applied": 4, "answered": 2, "passed": 1, "refused": 1, "lapsed": 1, "withdrawn": 1, "joined": 1, "without": 1}
		for key, n := range want {
			if got := h.figure(key); got != n {
				t.Errorf("%s: %v, want %d", key, got, n)
			}
		}
		if got, ok := h.figure("median").(int64); !ok || got < 1800 || got > 1810 {
			t.Errorf("median %v seconds", h.figure("median"))
		}
		months := h.page("admission.figures", nil).Tables[0].Rows
		if len(months) != 1 || months[0].Key != "2026-11" {
			t.Errorf("months %+v", months)
		}
	})
}

func TestTheConsoleOffersWhatAManagerCanDo(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.tells("明", "预备群", "保温杯真好用")
		rows := h.page("admission.waiting", nil).Tables[0].Rows
		if len(rows) != 1 || len(rows[0].Acts) != 3 || rows[0].Acts[0] != (bot.Act{Command: "通过", Args: "1"}) {
			t.Fatalf("rows %+v", rows)
		}
		if text := rows[0].Cells[4].Text; !strings.Contains(text, "保温杯真好用") {
			t.Errorf("answers %q", text)
		}
		h.tells("王", "", "通过 1")
		if rows := h.page("admission.waiting", nil).Tables[0].Rows; len(rows) != 0 {
			t.Errorf("rows %+v", rows)
		}
		rows = h.page("admission.waiting", map[string]string{"state": "all"}).Tables[0].Rows
		if len(rows) != 1 || len(rows[0].Acts) != 0 {
			t.Errorf("rows %+v", rows)
		}
	})
}

func TestWordsOfApplicantsAreForgotten(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.tells("明", "预备群", "保温杯真好用")
		h.tells("王", "", "通过 1 期待你来")
		h.pass(89 * 24 * time.Hour)
		kept := func() int {
			return h.count(`SELECT COUNT(*) FROM admission_answers WHERE answer <> ''`) + h.count(`SELECT COUNT(*) FROM admissions WHERE note <> ''`)
		}
		if kept() != 2 {
			t.Error("forgotten too early")
		}
		h.pass(3 * 24 * time.Hour)
		if kept() != 0 {
			t.Error("words are kept for ever")
		}
		h.tells("王", "", "待审 1")
		h.lastly(false, "内容已清除")
	})
}

func TestARecalledAnswerIsAskedForAgain(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		said := h.tells("明", "预备群", "我的电话是秘密")
		recall := h.in(bot.Recalled, "明", "预备群")
		recall.Ref = said
		h.hear(recall)
		if n := h.count(`SELECT COUNT(*) FROM admission_answers WHERE answer <> ''`); n != 0 {
			t.Error("a recalled answer is kept")
		}
		h.tells("王", "", "待审")
		h.lastly(false, "1 人正在回答")
		h.tells("明", "预备群", "保温杯真好用")
		h.tells("王", "", "待审")
		h.lastly(false, "保温杯真好用")
	})
}

func TestPeopleWhoAreOneHaveOneApplication(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		for _, name := range []string{"明", "小明"} {
			h.joins(name, "预备群")
			h.pass(2 * time.Minute)
			h.tells(name, "预备群", "保温杯真好用")
		}
		h.do(h.Engine.Do(t.Context(), func(ctx context.Context) error {
			r := &bot.Request{Event: bot.Event{ID: "merge", At: h.now}}
			return h.Community.Merge(ctx, r, h.id("小明"), h.id("明"), "test")
		}))
		h.tells("王", "", "待审")
		h.lastly(false, "1 人待审")
		h.lastly(false, "2. ")
		h.tells("王", "", "通过 2")
		h.tells("王", "", "待审")
		h.lastly(false, "没有人在等审核")
		h.tells("王", "", "通过 1")
		h.lastly(false, "更新的申请代替")
		h.joins("明", "核心群")
		if n := h.count(`SELECT COUNT(*) FROM admissions WHERE state = 'joined'`); n != 1 {
			t.Errorf("%d joined", n)
		}
	})
}

func TestNobodyIsAskedForEverWhereTheBudgetIsSpent(t *testing.T) {
	onEach(t, map[string]string{"community.noise_budget": "1"}, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.joins("红", "预备群")
		h.pass(2 * time.Minute)
		h.never(true, "红")
		h.pass(24 * time.Hour)
		h.lastly(true, "@红")
	})
}

func TestAWallOfTextIsKeptInPart(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.tells("明", "预备群", strings.Repeat("长", 10_000))
		h.lastly(true, "只记下了前 1000 个字")
		h.tells("王", "", "加问 1 "+strings.Repeat("长", 10_000))
		h.lastly(false, "200 个字以内")
	})
}

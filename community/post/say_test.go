package post_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/post"
)

var one = fstest.MapFS{"zh.yaml": {Data: []byte("x: x")}, "en.yaml": {Data: []byte("x: x")}}

// What was planned while nobody's approval was needed is not sent once it is, and the managers hear of it once.
func TestNothingUnapprovedIsSentAfterTheRulesChange(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.has(h.says("小李", "定时 每天 20:00 晚安"), "#1 排好了")
		h.start("post.approval=two")
		first := h.waits(11 * time.Hour)
		if n := strings.Count(first, "还没批准，所以没有发"); n != 3 {
			t.Errorf("%d managers were told: %s", n, first)
		}
		if second := h.waits(24 * time.Hour); second != "" {
			t.Errorf("they were told again: %s", second)
		}
		h.has(h.says("老王", "审稿 1"), "审过了")
		h.has(h.says("阿珍", "批准 1"), "批准了")
		h.has(h.waits(24*time.Hour), "晚安")
		if diff := cmp.Diff([]string{"1/g1 skipped unapproved", "1/g1 skipped unapproved", "1/g1 sent"}, h.endings()); diff != "" {
			t.Error(diff)
		}
	})
}

// Two of three who agreed turn out to be one person: that is no longer enough.
func TestWhoIsMergedCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.says("小李", "定时 每天 20:00 晚安")
		h.says("老王", "审稿 1")
		h.has(h.says("阿珍", "批准 1"), "批准了")
		h.says("小李", "xmerge m3 m2") // 阿珍 is 老王
		h.has(h.says("小李", "定时 1"), "已审稿")
		h.has(h.waits(12*time.Hour), "还没批准，所以没有发")
	}, "post.approval=two")
}

func TestAnOldIDOfTheAuthorCannotReview(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.says("小李", "定时 每天 20:00 晚安")
		h.says("小李", "xmerge m3 m1")
		h.has(h.says("阿珍", "批准 1"), "是你写的或改过的")
	}, "post.approval=one")
}

// Undoing an edit gives back what people had agreed to, and undoing a review takes it away.
func TestAnUndoRestoresWhatWasAgreedTo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		code := func(answer string) string { return answer[strings.LastIndex(answer, "撤销 ")+len("撤销 "):][:6] }
		h.says("小李", "定时 每天 20:00 晚安")
		h.says("老王", "批准 1")
		edited := h.says("小李", "修改定时 1 内容 早安")
		h.has(h.says("小李", "定时 1"), "草稿")
		h.has(h.says("小李", "撤销 "+code(edited)), "已撤销")
		h.has(h.says("小李", "定时 1"), "#1 · 已批准")
		back := h.says("阿珍", "退稿 1 再想想")
		h.has(h.says("小李", "定时 1"), "#1 · 草稿")
		h.has(h.says("阿珍", "撤销 "+code(back)), "已撤销")
		h.has(h.waits(12*time.Hour), "晚安")
	}, "post.approval=one")
}

func TestTheRedListIsAskedAgainWhenAPostIsApprovedAndSent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.says("小李", "定时 每天 20:00 全网最低价")
		h.start("words.speech=[最低价]")
		if said := h.waits(12 * time.Hour); said != "" {
			t.Errorf("it was said: %s", said)
		}
		if diff := cmp.Diff([]string{"1/g1 skipped word"}, h.endings()); diff != "" {
			t.Error(diff)
		}
		h.start("words.speech=[最低价]", "post.approval=one")
		h.has(h.says("老王", "批准 1"), "最＊＊")
	})
}

func TestAGroupThatIsNotEnabledHearsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.says("小李", "定时 20:00 晚安")
		h.exec(`UPDATE groups SET adopted = ?`, false)
		h.start()
		if said := h.waits(12 * time.Hour); said != "" {
			t.Errorf("it was said: %s", said)
		}
		if diff := cmp.Diff([]string{"1/g1 skipped no_group"}, h.endings()); diff != "" {
			t.Error(diff)
		}
	})
}

// A picture is kept as it was when it was named: what people agreed to is what is sent.
func TestAPictureIsSentAsItWasNamed(t *testing.T) {
	dir := pictures(t)
	each(t, func(t *testing.T, h *house) {
		h.has(h.says("小李", "定时 20:00 图=b.jpg 看图"), "配图：b.jpg")
		h.has(h.says("小李", "定时 20:00 图=none.png 看图"), "没有「none.png」")
		h.has(h.says("小李", "定时 20:00 图=../secret.png 看图"), "只写文件名")
		h.has(h.says("小李", "定时 20:00 图=wide.png 看图"), "太大啦")
		h.has(h.says("小李", "定时 20:00 图=text.png 看图"), "打不开")
		h.has(h.says("小李", "定时 21:00 图=a.png 还有一张"), "配图：a.png")
		h.has(h.says("小李", "修改定时 2 图 无"), "改好了")
		h.start()
		if said := h.waits(13 * time.Hour); said != "[picture] 看图\n还有一张" {
			t.Errorf("said %q", said)
		}
	}, "post.pictures_dir="+dir)
}

func TestThereAreAtMostSoManyPosts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.says("小李", "定时 20:00 第一条")
		for i := range post.MostLive - 1 {
			h.exec(`INSERT INTO posts (id, text, picture, digest, due_at, spec, from_at, until_at, workdays, skip_workdays, skip_days,
				skip_holidays, skip_from, skip_until, author, made_at, state, version, base, told) SELECT ?, text, picture, digest, due_at, spec, from_at, until_at,
				workdays, skip_workdays, skip_days, skip_holidays, skip_from, skip_until, author, made_at, state, version, base, told FROM posts WHERE id = 1`, i+2)
		}
		h.has(h.says("小李", "定时 21:00 太多了"), "最多 500 条")
		h.has(h.says("小李", "取消定时 1"), "取消了")
		h.has(h.says("小李", "定时 21:00 正好"), "#501 排好了")
	})
}

// Pages show what is to come with its commands, a month with its states, and one post with its history.
func TestPagesShowThePosts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager := bot.Actor{Role: bot.Manager}
		h.says("小李", "定时 每天 20:00 除了周三 晚安")
		h.says("老王", "定时 明天 9点 早安")
		h.says("老王", "批准 1")
		h.says("老王", "暂停定时 1")
		_, next := h.rows("post.posts", 0, bot.Query{Actor: manager, Limit: 1})
		want := []string{"#2|早安|明天 09:00|2026-11-03 09:00|大群||老王|草稿|[批准 2]|[退稿 2]|[修改定时 2]|[暂停定时 2]|[取消定时 2]"}
		if h.endings() != nil {
			t.Error("something ended already")
		}
		first, _ := h.rows("post.posts", 0, bot.Query{Actor: bot.Actor{Role: bot.Moderator}, Limit: 1})
		if diff := cmp.Diff([]string{"#1|晚安|每天 20:00|2026-11-02 20:00|大群|周三|小李|已暂停"}, first); diff != "" {
			t.Error(diff)
		}
		lines, next := h.rows("post.posts", 0, bot.Query{Actor: manager, Limit: 1, After: next})
		if diff := cmp.Diff(want, lines); diff != "" || next != "" {
			t.Error(diff, next)
		}
		h.says("老王", "恢复定时 1")
		h.waits(24 * time.Hour)
		lines, _ = h.rows("post.calendar", 0, bot.Query{Actor: manager, Limit: 4, Params: map[string]string{"month": "2026-11"}})
		want = []string{"11月2日 周一|20:00|#1|晚安|大群|✅ 已发", "11月3日 周二|09:00|#2|早安|大群|没发：还没批准", "11月3日 周二|20:00|#1|晚安|大群|待发", "11月4日 周三|20:00|#1|晚安|大群|不发：排除的日子"}
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], "（被拦下）", "")
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Error(diff)
		}
		steps, _ := h.rows("post.post", 1, bot.Query{Actor: manager, Limit: 50, Params: map[string]string{"id": "1"}})
		want = []string{"2026-11-02 09:00|小李|写稿|", "2026-11-02 09:00|老王|批准|", "2026-11-02 09:00|老王|暂停|", "2026-11-02 09:00|老王|恢复|"}
		if diff := cmp.Diff(want, steps); diff != "" {
			t.Error(diff)
		}
		slots, _ := h.rows("post.post", 2, bot.Query{Actor: manager, Limit: 50, Params: map[string]string{"id": "2"}})
		if diff := cmp.Diff([]string{"2026-11-03 09:00|大群|没发：还没批准"}, slots); diff != "" {
			t.Error(diff)
		}
		none, _ := h.rows("post.post", 0, bot.Query{Actor: manager, Limit: 50, Params: map[string]string{"id": "99"}})
		h.has(strings.Join(none, ""), "没有 99 号")
	}, "post.approval=one")
}

func TestEverythingThatIsWrongWithTheSectionIsTold(t *testing.T) {
	cfg := post.Config{Approval: "three", CatchUp: "never", GraceMinutes: 0, StaleMinutes: -1, LatePrefix: strings.Repeat("长", 41)}
	err := cfg.Validate()
	for _, part := range []string{"off, one or two", "collapse, all or skip", "between 1 and 1440", "between 0 and 10080", "at most 40"} {
		if err == nil || !strings.Contains(fmt.Sprint(err), part) {
			t.Errorf("%v does not hold %q", err, part)
		}
	}
	if err := post.Defaults().Validate(); err != nil {
		t.Error(err)
	}
}

// A month that does not exist is answered, and a post without times to come has no button that sends it.
func TestPagesAnswerWhatIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager := bot.Actor{Role: bot.Manager}
		for _, month := range [...]string{"2026-13", "9999-99", "x"} {
			lines, _ := h.rows("post.calendar", 0, bot.Query{Actor: manager, Limit: 4, Params: map[string]string{"month": month}})
			if diff := cmp.Diff([]string{"没有这个月～月份要写成 2026-12 这样。"}, lines); diff != "" {
				t.Errorf("%s: %s", month, diff)
			}
		}
		h.says("老王", "定时 21:00 一次")
		h.says("小李", "批准 1")
		shown := func() string {
			lines, _ := h.rows("post.post", 0, bot.Query{Actor: manager, Limit: 50, Params: map[string]string{"id": "1"}})
			return strings.Join(lines, "\n")
		}
		h.has(shown(), "[立即发送 1]")
		h.waits(24 * time.Hour)
		if page := shown(); strings.Contains(page, "[") {
			t.Errorf("it is over, and offers a command: %s", page)
		}
	})
}

package newcomer

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMessagesThatIntroduce(t *testing.T) {
	tags := []string{"#自我介绍", "#Intro"}
	for _, c := range []struct {
		text  string
		first bool
		age   time.Duration
		want  bool
	}{
		{"#自我介绍 我是小明，住在杭州做设计", false, 100 * time.Hour, true},
		{"我是小明，住在杭州，做设计的#自我介绍#", false, 0, true},
		{"＃自我介绍 我是小明，住在杭州做设计", false, 0, true},
		{"#自我介绍", true, 0, false},
		{"#自我介绍 我是小明", true, 0, false},
		{"#自我介绍 ！！！。。。😀😀😀😀😀😀😀 - - - -", false, 0, false},
		{"#intro I am Tom and I bake", false, 0, true},
		{"#introvert I am Tom and I bake", false, 0, false},
		{"大家好，我是刚来的小明同学", true, time.Hour, true},
		{"～ 大家好，我是刚来的小明同学", true, time.Hour, true},
		{"大家好，我是刚来的小明同学", false, time.Hour, false},
		{"大家好，我是刚来的小明同学", true, 24*time.Hour + 1, false},
		{"大家好呀", true, time.Hour, false},
		{"请问大家好用的锅有推荐的吗谢谢", true, time.Hour, false},
		{"Hello everyone, I am Tom", true, time.Hour, true},
		{"大家好，请问这个怎么领积分", true, time.Hour, false},
		{"我是来投诉的，东西用两天就坏了", true, time.Hour, false},
		{"我是真服了，一直刷屏烦死了", true, time.Hour, false},
		{"我是想退款的，客服一直不理人", true, time.Hour, false},
		{"你们好，能不能管管这个机器人？", true, time.Hour, false},
		{"I am so annoyed, I want a refund", true, time.Hour, false},
		{"大家好，我是小明，平时爱投篮，请多关照！有同城的吗？", true, time.Hour, true},
		{"我是小明，做客诉处理的，投诉见得多了", true, time.Hour, false},
		{"#自我介绍 我是小明，专门处理投诉的客服", true, time.Hour, true},
		{strings.Repeat("#自我介绍", 2000), true, 0, false},
		{strings.Repeat("我是", 5000), true, 0, true},
	} {
		if got := introduces(said{c.text, c.first, c.age}, tags, 10); got != c.want {
			t.Errorf("%.40q, first %v, after %s: %v", c.text, c.first, c.age, got)
		}
	}
}

func TestMessagesThatAnswer(t *testing.T) {
	for _, c := range []struct {
		text string
		h    heard
		want bool
	}{
		{"#回答 昨天的晚霞很美", heard{}, true},
		{"#answer the smell of bread", heard{}, true},
		{"#回答 嗯", heard{}, false},
		{"昨天的晚霞很美", heard{}, false},
		{"昨天的晚霞很美", heard{asked: true}, false},
		{"昨天的晚霞很美", heard{asked: true, quotes: true}, true},
		{"昨天的晚霞很美", heard{asked: true, addresses: true}, true},
		{"昨天的晚霞很美", heard{asked: true, private: true}, true},
		{"昨天的晚霞很美", heard{quotes: true, addresses: true}, false},
		{"很美", heard{asked: true, quotes: true}, false},
	} {
		if got := answers(c.text, c.h); got != c.want {
			t.Errorf("%q %+v: %v", c.text, c.h, got)
		}
	}
}

func TestRemindersThatAreDue(t *testing.T) {
	days := []int{1, 3, 7}
	for _, c := range []struct{ age, reminded, want int }{
		{0, 0, 0}, {1, 0, 1}, {1, 1, 0},
		{2, 0, 0}, // the third day is near
		{2, 1, 0}, {3, 1, 3}, {3, 0, 3}, {3, 3, 0},
		{4, 1, 3}, {4, 0, 3}, {4, 3, 0},
		{5, 1, 0}, {6, 1, 0}, {7, 3, 7}, {7, 7, 0}, {8, 3, 7}, {8, 7, 0}, {9, 3, 0},
	} {
		got, ok := due(c.age, days, c.reminded)
		if !ok {
			got = 0
		}
		if got != c.want {
			t.Errorf("on day %d after the reminder of %d: %d, want %d", c.age, c.reminded, got, c.want)
		}
	}
	if _, ok := due(5, nil, 0); ok {
		t.Error("a reminder is due where there are none")
	}
}

func TestWhoBegins(t *testing.T) {
	now := time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		last time.Time
		want bool
	}{
		{time.Time{}, true}, {now, false}, {now.Add(-179 * 24 * time.Hour), false}, {now.Add(-180 * 24 * time.Hour), true},
	} {
		if got := begins(c.last, now); got != c.want {
			t.Errorf("last there %s: %v", c.last, got)
		}
	}
}

func TestPathsOfSeveralIdsAreOne(t *testing.T) {
	const long = int64(200 * 24 * time.Hour / time.Millisecond)
	open := func(ref string, started, introduced, answered int64) path {
		return path{Ref: ref, Started: started, Done: [steps]done{{At: introduced}, {At: answered}, {}}}
	}
	for name, c := range map[string]struct {
		rows []path
		ref  string // which row stands for all
		open bool
		miss int
		paid int64
	}{
		"one":                   {[]path{open("a", 5, 6, 0)}, "a", true, 2, 0},
		"two that are open":     {[]path{open("b", 7, 0, 8), open("a", 5, 6, 0)}, "a", true, 1, 0},
		"one is through":        {[]path{{Ref: "a", Started: 3, Ended: 4, How: completed, Completed: 4}, open("b", 7, 0, 0)}, "a", false, 3, 4},
		"one was, long ago":     {[]path{{Ref: "a", Started: 3, Ended: 4, How: completed, Completed: 4}, open("b", long, 0, 0)}, "b", true, 3, 4},
		"one has left":          {[]path{{Ref: "a", Started: 3, Ended: 9, How: exited}, open("b", 7, 0, 0)}, "b", true, 3, 0},
		"both are over":         {[]path{{Ref: "a", Started: 3, Ended: 9, How: exited}, {Ref: "b", Started: 4, Ended: 5, How: expired}}, "a", false, 3, 0},
		"through beats later":   {[]path{{Ref: "a", Started: 3, Ended: 5, How: completed, Completed: 5}, {Ref: "b", Started: 4, Ended: 9, How: exited}}, "a", false, 3, 5},
		"paid in a life before": {[]path{{Ref: "a", Started: 9, Completed: 5}}, "a", true, 3, 5},
	} {
		p, ok := combine(c.rows)
		got := []any{ok, p.Ref, p.open(), len(p.missing()), p.Completed}
		if diff := cmp.Diff([]any{true, c.ref, c.open, c.miss, c.paid}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, ok := combine(nil); ok {
		t.Error("nobody has a path")
	}
}

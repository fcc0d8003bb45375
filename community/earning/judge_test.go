package earning_test

import (
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/earning"
)

var noon = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

func rule() earning.Rule {
	return earning.Rule{Name: "speaking", Earning: community.Earning{Amount: 1, Cap: 2, Cooldown: time.Minute}, MinLength: 4, RepeatAfter: 72 * time.Hour}
}

func TestLettersAreCountedAsPeopleDo(t *testing.T) {
	for text, want := range map[string]int{
		"今天天气": 4, " 今 天 ": 2, "谢谢分享": 4, "哈哈哈哈哈哈": 1, "好的好的好的": 2, "来了来了来了来": 2, "研究研究": 4, "😀👨‍👩‍👧🇨🇳": 0, "[微笑][强]": 0, "1️⃣2️⃣3️⃣4️⃣": 0,
		"？？！！……": 0, "https://example.com/abcdef": 0, "看 https://example.com/a 这个": 3, "@小明 好的": 2, "ＡＢＣｄ": 4, "éàüö": 4, "": 0,
		"\u200b\u200b\u200b\u200b好": 1, strings.Repeat("哈", 10_000): 1, strings.Repeat("赞！", 5_000): 1,
	} {
		if got := earning.Read(text).Length; got != want {
			t.Errorf("%.40q has %d letters, want %d", text, got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	message := func(text string) earning.Message {
		return earning.Message{At: noon, Day: 10, Text: text != "", Chars: len([]rune(text)), Print: earning.Read(text)}
	}
	earned := func(text string, ago time.Duration, day community.Day) earning.Earned {
		e := earning.Earned{At: noon.Add(-ago), Day: day}
		if text != "" {
			e.Print = earning.Read(text)
		}
		return e
	}
	said := func(own bool, text string, ago time.Duration) earning.Said {
		return earning.Said{At: noon.Add(-ago), Own: own, Chars: len([]rune(text)), Print: earning.Read(text)}
	}
	long := message("今天的手冲用了新豆子，香气很好")
	for _, c := range []struct {
		name   string
		m      earning.Message
		recent earning.Recent
		change func(*earning.Rule)
		want   earning.Reason
	}{
		{name: "a sentence earns", m: long},
		{name: "a length alone earns", m: earning.Message{At: noon, Day: 10, Chars: 4}},
		{name: "a length alone that is short does not", m: earning.Message{At: noon, Day: 10, Chars: 3}, want: earning.Short},
		{name: "nothing is paid", m: long, change: func(r *earning.Rule) { r.Amount = 0 }, want: earning.Off},
		{name: "staff", m: earning.Message{At: noon, Chars: 40, Staff: true}, want: earning.Staff},
		{name: "a command", m: earning.Message{At: noon, Chars: 40, Command: true}, want: earning.Command},
		{name: "emoji", m: message("😀😀😀😀😀"), want: earning.Emoji},
		{name: "laughter", m: message("哈哈哈哈哈哈哈"), want: earning.Short},
		{name: "a second before", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("", time.Second, 10)}}, want: earning.Cooldown},
		{name: "a second after", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("", -time.Second, 10)}}, want: earning.Cooldown},
		{name: "a second before, on the Day before", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("", time.Second, 9)}}, want: earning.Cooldown},
		{name: "exactly a cooldown ago", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("", time.Minute, 10)}}},
		{name: "the cap of the Day", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("", time.Hour, 10), earned("", -time.Hour, 10)}}, want: earning.Cap},
		{name: "the cap of another Day", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("", time.Hour, 9), earned("", time.Hour, 9)}}},
		{name: "no cap", m: long, change: func(r *earning.Rule) { r.Cap = 0 }, recent: earning.Recent{Earned: []earning.Earned{earned("", time.Hour, 10), earned("", 2*time.Hour, 10)}}},
		{name: "the same words", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("今天的手冲用了新豆子香气很好！！", time.Hour, 10)}}, want: earning.Duplicate},
		{name: "the same words long ago", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("今天的手冲用了新豆子香气很好", 72*time.Hour, 7)}}},
		{name: "nearly the same words", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("昨天的手冲用了新豆子，香气很好呀", time.Hour, 10)}}, want: earning.NearDuplicate},
		{name: "other words", m: long, recent: earning.Recent{Earned: []earning.Earned{earned("今天的手冲好像有一点苦", time.Hour, 10)}}},
		{name: "one letter of few differs", m: message("请问这个怎么洗"), recent: earning.Recent{Earned: []earning.Earned{earned("请问这个怎么买", time.Hour, 10)}}},
		{name: "another number", m: message("报名第 25 号选手"), recent: earning.Recent{Earned: []earning.Earned{earned("报名第 3 号选手", time.Hour, 10)}}, want: earning.Duplicate},
		{name: "what others just said", m: long, recent: earning.Recent{Around: []earning.Said{said(false, "今天的手冲用了新豆子，香气很好", time.Minute)}}, want: earning.Copied},
		{name: "what others said long ago", m: long, recent: earning.Recent{Around: []earning.Said{said(false, "今天的手冲用了新豆子，香气很好", time.Hour)}}},
		{name: "a list that grows", m: message("接龙 1 小明 2 小红 3 小刚 4 小丽 5 小强 6 小安"), recent: earning.Recent{Around: []earning.Said{said(false, "接龙 1 小明 2 小红 3 小刚 4 小丽 5 小强", time.Minute)}}, want: earning.Copied},
		{name: "one of three scraps", m: message("我想出门"), recent: earning.Recent{Around: []earning.Said{said(true, "今天", 2*time.Second), said(true, "真好", time.Second)}}, want: earning.Burst},
		{name: "a scrap between others' scraps", m: message("我想出门"), recent: earning.Recent{Around: []earning.Said{said(false, "今天", 2*time.Second), said(false, "真好", time.Second)}}},
		{name: "a sentence after scraps", m: long, recent: earning.Recent{Around: []earning.Said{said(true, "今天", 2*time.Second), said(true, "真好", time.Second)}}},
	} {
		r := rule()
		if c.change != nil {
			c.change(&r)
		}
		got := earning.Judge(r, c.recent, c.m)
		if got.Reason != c.want || got.Earns != (c.want == "") {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}

func TestConfigTellsEverythingThatIsWrong(t *testing.T) {
	if err := earning.Defaults().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	cfg := earning.Defaults()
	cfg.Speaking.Amount, cfg.Speaking.MinLength, cfg.Speaking.RepeatAfter, cfg.Thanks.Given = -1, 0, -time.Second, 0
	cfg.Thanks.Cooldown, cfg.Picture.Cap, cfg.Link.Cooldown = time.Minute, -1, 48*time.Hour
	got := cfg.Validate()
	if got == nil || strings.Count(got.Error(), "\n") != 6 {
		t.Errorf("7 problems were told as: %v", got)
	}
}

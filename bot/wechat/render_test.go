package wechat

import (
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

func asked(text string, mentions ...string) bot.Outgoing {
	o := bot.Outgoing{Text: text}
	for _, m := range mentions {
		o.Mentions = append(o.Mentions, bot.Person{User: bot.UserID("@" + m), Name: m})
	}
	return o
}

func TestWordsBecomeTexts(t *testing.T) {
	line := strings.Repeat("字", 900)
	cases := []struct {
		name  string
		o     bot.Outgoing
		names map[bot.UserID]string
		want  []string
	}{
		{"a short text is one message", asked("签到成功"), nil, []string{"签到成功"}},
		{"nothing is no message", asked(" \n"), nil, nil},
		{"mentions come first", asked("你好", "小明", "小红"), nil, []string{"@小明\u2005@小红\u2005你好"}},
		{"unless the text has them", asked("恭喜 @小明 第一名", "小明", "小红"), nil, []string{"@小红\u2005恭喜 @小明 第一名"}},
		{"the name in the group counts", asked("你好", "小明"), map[bot.UserID]string{"@小明": "明明"}, []string{"@明明\u2005你好"}},
		{"somebody without a name is not mentioned", asked("你好", ""), nil, []string{"你好"}},
		{"a hostile name stays on its line", asked("你好", "x\n\u202ey\u2005"), nil, []string{"@x y\u2005你好"}},
		{"what deceives is gone", asked("a\u202eb\x00c\u200b👨\u200d👩"), nil, []string{"abc👨\u200d👩"}},
		{"paragraphs before lines", asked(line + "\n\n" + line[:1500] + "\n" + line), nil, []string{line, line[:1500] + "\n" + line}},
		{"lines before sentences", asked(line + "\n" + line[:900] + "。" + line), nil, []string{line, line[:900] + "。" + line}},
		{"sentences", asked(line + "好。" + line), nil, []string{line + "好。", line}},
		{"a cut that leaves little is none", asked("好\n\n" + line + "好。" + line), nil, []string{"好\n\n" + line + "好。", line}},
		{"words", asked(line + " " + line), nil, []string{line, line}},
		{"if there is no pause, anywhere", asked(line + line + line), nil, []string{line + line, line}},
		{"emoji stay whole", asked(strings.Repeat("字", maxPiece-1) + "👍🏽"), nil, []string{strings.Repeat("字", maxPiece-1), "👍🏽"}},
		{"families stay whole", asked(strings.Repeat("字", maxPiece-2) + "👨\u200d👩\u200d👧"), nil, []string{strings.Repeat("字", maxPiece-2), "👨\u200d👩\u200d👧"}},
		{"flags stay whole", asked("a" + strings.Repeat("🇨🇳", 900)), nil, []string{"a" + strings.Repeat("🇨🇳", 899), "🇨🇳"}},
		{"mentions stay whole", asked(strings.Repeat("字", maxPiece-4)+"@Tom Lee 好", "Tom Lee"), nil, []string{strings.Repeat("字", maxPiece-4), "@Tom Lee 好"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := render(c.o, c.names); !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

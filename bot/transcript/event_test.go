package transcript_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
)

// brief is the part of an event that differs between lines.
func brief(ev bot.Event) string {
	parts := []string{string(ev.Kind), string(ev.Chat), string(ev.From.User) + "=" + ev.From.Name}
	add := func(format string, value any, is bool) {
		if is {
			parts = append(parts, fmt.Sprintf(format, value))
		}
	}
	add("%s", ev.Form, ev.Form != "")
	add("%q", ev.Text, ev.Text != "")
	add("len %d", ev.Len, ev.Len > 0)
	if ev.By != nil {
		add("by %s", ev.By.User, true)
	}
	for _, m := range ev.Mentions {
		add("@%s", string(m.User)+"="+m.Name, true)
	}
	add("to the bot%s", "", ev.ToBot)
	add("private%s", "", ev.Private)
	add("ref %s", ev.Ref, ev.Ref != "")
	if ev.Quote != nil {
		add("quotes %s", fmt.Sprintf("%s %s %q", ev.Quote.ID, ev.Quote.From.User, ev.Quote.Text), true)
	}
	add("media %s", ev.Media[:min(8, len(ev.Media))], ev.Media != "")
	return strings.Join(parts, " ")
}

func TestEachLineMakesItsEvent(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"joining":                        {"[g] a joins", []string{"joined g a=a"}},
		"joining by somebody":            {"[g] a joins by b", []string{"joined g a=a by b"}},
		"joining by somebody in quotes":  {`[g] a joins by "b c"`, []string{"joined g a=a by b c"}},
		"leaving":                        {"[g] a leaves", []string{"left g a=a"}},
		"tapping":                        {"[g] a taps b", []string{"tapped g a=a @b=b"}},
		"tapping the bot":                {"[g] a taps 围炉", []string{"tapped g a=a @围炉=围炉 to the bot"}},
		"a message":                      {"[g] 小明: 签到！", []string{`message g 小明=小明 text "签到！" len 3`}},
		"a full-width colon":             {"[g] 小明：签到", []string{`message g 小明=小明 text "签到" len 2`}},
		"a colon in the text":            {"[g] a: b: c：d", []string{`message g a=a text "b: c：d" len 6`}},
		"a verb in the text":             {"[g] a: b joins", []string{`message g a=a text "b joins" len 7`}},
		"spaces that count":              {"[g] a:  b ", []string{`message g a=a text " b " len 3`}},
		"an empty message":               {"[g] a:", []string{"message g a=a text"}},
		"more lines":                     {"[g] a: b\n| c\n|\n\n# no\n|  d\n|e", []string{`message g a=a text "b\nc\n\n d\ne" len 9`}},
		"a whisper":                      {"a whispers: hi\n| you", []string{`message  a=a text "hi\nyou" len 6 private`}},
		"a whisper with a wide colon":    {"a whispers：hi", []string{`message  a=a text "hi" len 2 private`}},
		"a quote":                        {"[g] b: hi\nb: you\na quotes b: me\n| too", []string{`message g b=b text "hi" len 2`, `message g b=b text "you" len 3`, `message g a=a text "me\ntoo" len 6 quotes transcript/story.chat/2 b "you"`}},
		"a quote of a name in quotes":    {"[g] \"b c\": hi\na quotes \"b c\"：me", []string{`message g b c=b c text "hi" len 2`, `message g a=a text "me" len 2 quotes transcript/story.chat/1 b c "hi"`}},
		"a quote of the bot":             {"[g] a quotes 围炉: me", []string{`message g a=a text "me" len 2 quotes  围炉 ""`}},
		"a name with a space":            {"[g] Old Wang: hi", []string{`message g Old Wang=Old Wang text "hi" len 2`}},
		"a name with a verb in quotes":   {`[g] "Ann joins us": hi`, []string{`message g Ann joins us=Ann joins us text "hi" len 2`}},
		"a name with colon in quotes":    {`[g] "a:b" joins`, []string{"joined g a:b=a:b"}},
		"a name with quotes":             {`[g] "a\"\\" joins`, []string{`joined g a"\=a"\`}},
		"a word that only looks a verb":  {"[g] joinsus: hi", []string{`message g joinsus=joinsus text "hi" len 2`}},
		"a chat in quotes":               {`["a]b"] c: d`, []string{`message a]b c=c text "d" len 1`}},
		"spaces after a chat in quotes":  {`["g"] c: d  `, []string{`message g c=c text "d  " len 3`}},
		"the last chat named":            {"[g] a: b\n[h] c: d\n> [g] x\ne whispers: f\ng: i", []string{`message g a=a text "b" len 1`, `message h c=c text "d" len 1`, `message  e=e text "f" len 1 private`, `message h g=g text "i" len 1`}},
		"an image":                       {"[g] a sends image a.png", []string{"message g a=a image media 7f071235"}},
		"a link":                         {"[g] a sends link https://x.cn/a b", []string{`message g a=a link "https://x.cn/a b" len 16 media 2fc06daa`}},
		"a file":                         {"[g] a sends file 表.xlsx", []string{`message g a=a file "表.xlsx" len 6 media beccdc8a`}},
		"a new name":                     {"[g] a is now b\nb: x\na: y", []string{"renamed g a=b", `message g a=b text "x" len 1`, `message g a=b text "y" len 1`}},
		"a new name in quotes":           {`[g] a is now "b is now c"`, []string{"renamed g a=b is now c"}},
		"a first name before a new name": {"[g] b: x\na is now b\nb: y", []string{`message g b=b text "x" len 1`, "renamed g a=b", `message g b=b text "y" len 1`}},
		"recalls from the last back": {"[g] a: x\nb: y\na: z\n[h] a: w\n[g] a recalls\na recalls", []string{
			`message g a=a text "x" len 1`, `message g b=b text "y" len 1`, `message g a=a text "z" len 1`, `message h a=a text "w" len 1`,
			"recalled g a=a ref transcript/story.chat/3", "recalled g a=a ref transcript/story.chat/1"}},
		"a quote stays":  {"[g] a: 「甲：签到」\n| - - -\n| 好", []string{`message g a=a text "「甲：签到」\n- - -\n好" len 14`}},
		"the bot's name": {"[g] a: @围炉 签到", []string{`message g a=a text "@围炉 签到" len 6 to the bot`}},
		"a longer name":  {"[g] a: @围炉二号 签到", []string{`message g a=a text "@围炉二号 签到" len 8`}},
		"mentions":       {"[g] 小明 joins\n[g] 小明明 joins\n[g] a: @小明明\u2005@小明，@谁 ＠小明", []string{"joined g 小明=小明", "joined g 小明明=小明明", "message g a=a text \"@小明明\\u2005@小明，@谁 ＠小明\" len 15 @小明明=小明明 @小明=小明"}},
		"a mention of a name that two have tells nobody": {"[g] a is now c\nb is now c\na: @c hi", []string{"renamed g a=c", "renamed g b=c", `message g a=c text "@c hi" len 5`}},
		"a mention by the new name":                      {"[g] a is now 明明\n[g] b: 谢谢@明明", []string{"renamed g a=明明", `message g b=b text "谢谢@明明" len 5 @a=明明`}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, ev := range events(t, c.src) {
				got = append(got, brief(ev))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEventsCarryWhatATransportTells(t *testing.T) {
	got := events(t, "# first\n[大群] 小明: 签到\n")
	at := time.Date(2026, 1, 1, 1, 0, 1, 0, time.UTC)
	want := []bot.Event{{
		ID: "transcript/story.chat/1", Kind: bot.Message, At: at, SeenAt: at, Transport: "transcript", Session: "s1",
		Chat: "大群", ChatName: "大群", BotName: "围炉", From: bot.Person{User: "小明", Name: "小明", Stable: true},
		Form: bot.Text, Text: "签到", Len: 2,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

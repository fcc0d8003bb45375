package transcript_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
)

func TestParseReadsTheHead(t *testing.T) {
	script := parse(t, "\ufeff# head\r\n! owner 老王\r\n!manager \"Old: Li\"\r\n! set points.checkin = 5\r\n! set a=b=c\r\n\r\n小明 whispers: hi\r\n")
	want := []transcript.Role{{Line: 2, Who: "老王", Role: bot.Owner}, {Line: 3, Who: "Old: Li", Role: bot.Manager}}
	if diff := cmp.Diff(want, script.Roles); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"points.checkin": "5", "a": "b=c"}, script.Settings); diff != "" {
		t.Error(diff)
	}
	if script.Name != "story.chat" || script.Expects() {
		t.Errorf("name %q, expects %v", script.Name, script.Expects())
	}
	for _, line := range []string{"> [g] a", ">~ a: b", ">-"} {
		if !parse(t, line).Expects() {
			t.Errorf("%q expects nothing", line)
		}
	}
}

func TestSyntaxErrorsNameTheLineAndTheProblem(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"a verb nobody knows":                  {"# x\n[g] 小明 dances", `story.chat:2: unknown verb "dances"`},
		"a verb misspelt before a colon":       {"[g] 小明: a\n小明 whisper: b", `story.chat:2: unknown verb "whisper"`},
		"a quoted name without a verb":         {`[g] "小明"`, `story.chat:1: unknown verb ""`},
		"a message without a sender":           {"[g] : hi", "story.chat:1: a name is missing"},
		"a verb without a sender":              {"[g] joins", "story.chat:1: a name is missing"},
		"an empty name in quotes":              {`[g] " ": hi`, "story.chat:1: a name is missing"},
		"a quote that is not closed":           {`[g] "小明: hi`, "story.chat:1: a name in double quotes is not closed"},
		"a bracket that is not closed":         {"[g 小明: hi", "story.chat:1: a chat is written as [name]"},
		"a quoted chat that is not closed":     {`["g" 小明: hi`, "story.chat:1: a chat is written as [name]"},
		"an empty chat":                        {"[ ] 小明: hi", "story.chat:1: a name is missing"},
		"no chat yet":                          {"小明: hi", "story.chat:1: no chat was named yet"},
		"a chat named only by an expectation":  {"> [g] x\n小明: hi", "story.chat:2: no chat was named yet"},
		"a whisper in a chat":                  {"[g] 小明 whispers: hi", "story.chat:1: a whisper is private"},
		"a quote without a colon":              {"[g] 小明 quotes 小红 hi", "story.chat:1: quotes is followed by a name, a colon"},
		"a whisper without a colon":            {"小明 whispers hi", "story.chat:1: whispers is followed by a colon"},
		"something behind joins":               {"[g] 小明 joins happily", `story.chat:1: "happily" stands behind joins`},
		"joins by nobody":                      {"[g] 小明 joins by", "story.chat:1: a name is missing"},
		"something behind leaves":              {"[g] 小明 leaves: bye", `story.chat:1: ": bye" stands behind leaves`},
		"something behind a quoted name":       {`[g] 小明 taps "小红" x`, `story.chat:1: "x" stands behind a name`},
		"a new name that is missing":           {"[g] 小明 is now", "story.chat:1: a name is missing"},
		"sending what is not known":            {"[g] 小明 sends love a", `story.chat:1: one sends image, link or file, not "love"`},
		"sending without a name":               {"[g] 小明 sends image", "story.chat:1: sends image is followed by a name"},
		"a head line after a step":             {"[g] 小明: a\n! owner 小明", "story.chat:2: ! lines come before the first step"},
		"a head line after the clock":          {"== +1d ==\n! owner 小明", "story.chat:2: ! lines come before the first step"},
		"a head line after an expectation":     {">-\n! owner 小明", "story.chat:2: ! lines come before the first step"},
		"a head line nobody knows":             {"! king 老王", `story.chat:1: unknown ! line "king"`},
		"a role without a name":                {"! owner", "story.chat:1: a name is missing"},
		"a setting without a value":            {"! set a", "story.chat:1: a setting is written as"},
		"a setting twice":                      {"! set a=1\n! set a=2", `story.chat:2: "a" is set twice`},
		"a clock that says nothing":            {"== ==", "story.chat:1: a clock line is"},
		"a clock that is not closed":           {"== 08:00", "story.chat:1: a clock line is"},
		"a time that does not exist":           {"== 25:00 ==", "story.chat:1: a clock line is"},
		"a date that does not exist":           {"== 2026-02-30 08:00 ==", "story.chat:1: a clock line is"},
		"a while without a unit":               {"== +3 ==", "story.chat:1: a clock line is"},
		"a while of nothing":                   {"== + ==", "story.chat:1: a clock line is"},
		"a while beyond all numbers":           {"== +99999999999999999999d ==", "story.chat:1: a clock line is"},
		"a continuation of nothing":            {"| more", "story.chat:1: a | line continues"},
		"a continuation of the clock":          {"[g] a: b\n== +1d ==\n| c", "story.chat:3: a | line continues"},
		"a continuation of silence":            {">- [g]\n| c", "story.chat:2: a | line continues"},
		"an expectation without a place":       {"> 签到成功", "story.chat:1: an expectation says where"},
		"an expectation of nobody":             {"> : x", "story.chat:1: a name is missing"},
		"an expectation that contains nothing": {">~ [g]", "story.chat:1: >~ is followed by"},
		"silence with a text":                  {">- [g] x", `story.chat:1: a >- line has no text, and here is "x"`},
		"text that is not UTF-8":               {"# a\n[g] 小明: \xff", "story.chat:2: the line is not UTF-8"},
		"a line beyond all measure":            {"[g] a: " + strings.Repeat("x", 1<<20), "story.chat:1: the line is longer than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := transcript.Parse("story.chat", []byte(c.src))
			var syntax *transcript.SyntaxError
			if !errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s...", err, c.want)
			}
		})
	}
}

func TestWhatOnlyRunningShowsIsASyntaxErrorBeforeAnythingIsPlayed(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"the clock set back": {"[g] a: x\n== 2026-01-01 09:00 ==",
			"story.chat:2: the clock shows 2026-01-01 09:00:01 already and can't be set back to 2026-01-01 09:00:00"},
		"a recall of nothing":            {"[g] a: x\n[h] a recalls", "story.chat:2: there is no message to recall"},
		"a quote of nothing":             {"[h] b: x\n[g] a quotes b: hi", `story.chat:2: "b" has said nothing here`},
		"a second recall of one message": {"[g] a: x\na recalls\na recalls", "story.chat:3: there is no message to recall"},
		"a name that two people have":    {"[g] a is now c\nb is now c\nc: hi", `story.chat:3: "c" is what both "a" and "b" are called now`},
		"an expected name that two have": {"[g] a is now c\nb is now c\n> c: hi", `story.chat:3: "c" is what both`},
		"the bot as a speaker":           {"[g] 围炉: hi", `story.chat:1: "围炉" is the bot`},
		"the bot as a manager":           {"! manager 围炉", `story.chat:1: "围炉" is the bot`},
		"a clock beyond the calendar":    {"== 9999-12-31 23:59 ==\n== +999999d ==", "story.chat:2: the clock ends with the year 9999"},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := transcript.Run(t.Context(), parse(t, c.src), build, transcript.Options{})
			var syntax *transcript.SyntaxError
			if !errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s...", err, c.want)
			}
			if result.Inputs != 0 {
				t.Errorf("%d inputs were played", result.Inputs)
			}
		})
	}
}

package transcript_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/transcript"
)

// FuzzParse holds that no input panics, that errors name a line of the file, and that an updated transcript
// holds and stays as it is.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"! owner 老王\n! set a=b\n== 2026-11-02 08:00 ==\n[大群] 小明 joins by 小红\n> [大群] 欢迎 小明\n小明: 说 一\n| 二\n>~ [大群] 二\n",
		"[g] a is now b\nb taps a\nb sends image a.png\na recalls\nb whispers：签到\n>- [g]\n> b: x\n", "== +1d2h3m4s ==\n== 08:00 ==\n>-\n",
		"\ufeff[\"a]\"] \"b\\\"c\": 说 x\r\n| y\r\n> [\"a]\"] z", "[g] a: 兑换\n>~ a: {code}\na: 说 {code} @a ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 4096 {
			return
		}
		script, err := transcript.Parse("f.chat", []byte(src))
		var result *transcript.Result
		if err == nil && len(script.Settings) == 0 && !strings.Contains(src, "==") {
			result, err = transcript.Run(t.Context(), script, build, transcript.Options{Update: true})
		}
		var syntax *transcript.SyntaxError
		switch {
		case errors.As(err, &syntax):
			if syntax.Line < 1 || syntax.Line > strings.Count(src, "\n")+1 || syntax.Problem == "" {
				t.Fatalf("%+v", syntax)
			}
		case err != nil:
			if !strings.Contains(err.Error(), "the disk is full") {
				t.Fatal(err)
			}
		case result != nil && !strings.Contains(src, "{"):
			stable(t, result.Updated)
		}
	})
}

func stable(t *testing.T, src []byte) {
	t.Helper()
	script, err := transcript.Parse("f.chat", src)
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	again, err := transcript.Run(t.Context(), script, build, transcript.Options{Update: true})
	if err != nil || len(again.Failures) > 0 || string(again.Updated) != string(src) {
		t.Fatalf("%v %v\n%q\n%q", err, again.Failures, src, again.Updated)
	}
}

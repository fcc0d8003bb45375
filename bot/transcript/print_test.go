package transcript_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot/transcript"
)

func TestJSONIsOneObjectALineForAllThatWasSaid(t *testing.T) {
	var b strings.Builder
	src := "! set zone=America/New_York\n[大群] 小明: 签到\n小明 is now 明明\n小明 whispers: 说 <a> & \"b\"\n| 二\n小明: 图\n== +6s ==\n"
	if err := transcript.JSON(&b, run(t, src, transcript.Options{})); err != nil {
		t.Fatal(err)
	}
	want := `{"at":"2026-01-01T09:00:01-05:00","chat":"大群","to":"","text":"小明 第 1 天"}
{"at":"2026-01-01T09:00:03-05:00","chat":"","to":"明明","text":"<a> & \"b\"\n二"}
{"at":"2026-01-01T09:00:04-05:00","chat":"大群","to":"","text":"<图>","image":true}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTextShowsFailuresAndSumsUp(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"all holds":           {"[g] a: 签到\n> [g] a 第 1 天", "story.chat: ok: 1 inputs, 1 said\n"},
		"one fails":           {"[g] a: 签到\n> [g] x", "story.chat:2: it says something else (-want +got):\n  - > [g] x\n  + > [g] a 第 1 天\nstory.chat: 1 failed: 1 inputs, 1 said\n"},
		"nothing is expected": {"[g] a: 说 一\n| 二", "2026-01-01 09:00:01 > [g] 一\n| 二\nstory.chat: ok: 1 inputs, 1 said\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := transcript.Text(&b, run(t, c.src, transcript.Options{})); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

package transcript_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot/transcript"
)

func TestUpdateWritesWhatIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"lines where there were none": {
			"# story\n[g] a joins\n\n# then\na: 说 一\n| 二\n== 21:00 ==\n",
			"# story\n[g] a joins\n> [g] 欢迎 a\n\n# then\na: 说 一\n| 二\n> [g] 一\n| 二\n== 21:00 ==\n> [大群] 晚上好\n"},
		"other words in their place": {
			"[g] a: 签到\n# why\n> [g] old\n# among\n| old\n# after\n",
			"[g] a: 签到\n# why\n> [g] a 第 1 天\n# among\n# after\n"},
		"less words":   {"[g] a: hi\n> [g] old\n| old\n[g] a: ho\n", "[g] a: hi\n[g] a: ho\n"},
		"more words":   {"[g] a: 兑换\n> [g] 发你啦\n", "[g] a: 兑换\n> a: 兑换码 K1x9，请收好\n> [g] 发你啦\n"},
		"what holds":   {"[g] a: 兑换\n>~ a: 码 {code}\n>- b\nb: {code}\n>-\n> [g] 发你啦\n", "[g] a: 兑换\n>~ a: 码 {code}\n>- b\nb: {code}\n>-\n> [g] 发你啦\n"},
		"no silence":   {"[g] a: 签到\n>- [g]\n>- [h]\n", "[g] a: 签到\n>- [h]\n> [g] a 第 1 天\n"},
		"a late find":  {"[g] a: 兑换\n>~ a: 码\nb: 签到\n> [g] b 第 1 天\n", "[g] a: 兑换\n>~ a: 码\n> [g] 发你啦\nb: 签到\n> [g] b 第 1 天\n"},
		"the order":    {"[g] a: 签到\nb: 兑换\n> [g] a 第 1 天\n> [g] 发你啦\n", "[g] a: 签到\nb: 兑换\n> [g] a 第 1 天\n> b: 兑换码 K2x9，请收好\n> [g] 发你啦\n"},
		"names":        {"\"a: b\" whispers: 说  x\n", "\"a: b\" whispers: 说  x\n> \"a: b\":  x\n"},
		"chats":        {"[\"a]b\"] c: 说\n", "[\"a]b\"] c: 说\n> [\"a]b\"]\n"},
		"no last end":  {"[g] a: 签到", "[g] a: 签到\n> [g] a 第 1 天\n"},
		"line endings": {"\ufeff[g] a: 说 一\r\n| 二\r\n", "\ufeff[g] a: 说 一\r\n| 二\r\n> [g] 一\r\n| 二\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(run(t, c.src, transcript.Options{Update: true}).Updated)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatal(diff)
			}
			again := run(t, got, transcript.Options{Update: true})
			if diff := cmp.Diff(got, string(again.Updated)); diff != "" || len(again.Failures) > 0 {
				t.Errorf("it is not stable: %v\n%s", again.Failures, diff)
			}
		})
	}
}

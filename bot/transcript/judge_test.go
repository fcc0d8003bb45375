package transcript_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot/transcript"
)

func TestExpectationsThatHold(t *testing.T) {
	for name, src := range map[string]string{
		"nothing is expected":            "[大群] 小明 joins\n小明: 签到",
		"exact words":                    "[大群] 小明: 签到\n> [大群] 小明 第 1 天",
		"words in private":               "小明 whispers: 签到\n> 小明: 小明 第 1 天",
		"words by the present name":      "[g] 小明 is now 明明\n明明 whispers: 签到\n> 明明: 明明 第 1 天",
		"words by the first name":        "[g] 小明 is now 明明\n小明 whispers: 签到\n> 小明: 明明 第 1 天",
		"a name in quotes":               "\"小 明\" whispers: 签到\n> \"小 明\"： 小 明 第 1 天",
		"several lines":                  "[g] a: 说 一\n|\n|  二\n> [g] 一\n|\n# really\n|  二",
		"a part":                         "[g] 小明: 签到\n>~ [g] 第 1",
		"a part in private":              "小明 whispers: 签到\n>~ 小明: 第 1",
		"a part over lines":              "[g] a: 说 一\n| 二\n| 三\n>~ [g] 二\n| 三",
		"a captured code inserted later": "[g] a: 兑换\n>~ a: 兑换码 {code}，\n>~ [g] 发\na: 说 用{code}码\n> [g] 用K1x9码\na: 说 K1x9\n> [g] {code}\na: 说 K1x9!\n>~ [g] {code}!",
		"a name twice in one line":       "[g] a: 说 x7=x7\n>~ [g] {v}={v}",
		"a name in Chinese":              "[g] a: 说 x7\n>~ [g] {码}\na: 说 {码}\n> [g] x7",
		"braces that capture nothing":    "[g] a: 说 {code} {{.Name}}\n> [g] {code} {{.Name}}",
		"silence":                        "[g] a: hi\n>-\n>- [g]\n>- a\n>- \"a\":",
		"silence elsewhere":              "[g] a: 签到\n>- [h]\n>- a\n> [g] a 第 1 天\n>- [g]\n>-",
		"silence of the last input only": "[g] a: 签到\nb: hi\n>- [g]\n> [g] a 第 1 天",
		"inputs before what they cause":  "[g] a: 签到\nb: 签到\n> [g] a 第 1 天\n> [g] b 第 1 天",
		"a tick on the way of the clock": "== +2d ==\n> [大群] 晚上好\n> [大群] 晚上好",
		"a tick of the input's second":   "== 19:59:59 ==\n>-\n[大群] a: 签到\n> [大群] 晚上好\n> [大群] a 第 1 天",
		"a role":                         "! moderator 小红\n[g] 小红: 我是谁\n> [g] moderator\na: 我是谁\n> [g] member",
		"a picture with its text":        "[g] a: 图\n> [g] <图>",
		"words of no text":               "[g] a: 说\n> [g]",
	} {
		t.Run(name, func(t *testing.T) {
			for _, twice := range []bool{false, true} {
				for _, f := range run(t, src, transcript.Options{Twice: twice}).Failures {
					t.Errorf("twice %v: %s", twice, f)
				}
			}
			if updated := run(t, src, transcript.Options{Update: true}).Updated; strings.Contains(src, ">") && string(updated) != src {
				t.Errorf("an update changes it:\n%s", cmp.Diff(src, string(updated)))
			}
		})
	}
}

func TestExpectationsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"other words": {"[g] a: 签到\n> [g] a 第 2 天", []string{
			"story.chat:2: it says something else (-want +got):\n  - > [g] a 第 2 天\n  + > [g] a 第 1 天"}},
		"another place": {"[g] a: 签到\n> [h] a 第 1 天", []string{
			"story.chat:2: it says something else (-want +got):\n  - > [h] a 第 1 天\n  + > [g] a 第 1 天"}},
		"private instead of the group": {"[g] a: 签到\n> a: a 第 1 天", []string{
			"story.chat:2: it says something else (-want +got):\n  - > a: a 第 1 天\n  + > [g] a 第 1 天"}},
		"one line of several": {"[g] a: 说 一\n| 二\n| 三\n> [g] 一\n| 2\n| 三", []string{
			"story.chat:4: it says something else (-want +got):\n    > [g] 一\n  - | 2\n  + | 二\n    | 三"}},
		"what can't be seen": {"[g] a: 说 一\u2005\n> [g] 一", []string{
			"story.chat:2: it says something else (-want +got):\n  - \"> [g] 一\"\n  + \"> [g] 一\\u2005\""}},
		"a part that is missing": {"[g] a: 签到\n>~ [g] 第 2", []string{
			"story.chat:2: it says something else (-want +got):\n  - >~ [g] 第 2\n  + > [g] a 第 1 天"}},
		"a capture of no letters": {"[g] a: 说 码\n>~ [g] {code}", []string{
			"story.chat:2: it says something else (-want +got):\n  - >~ [g] {code}\n  + > [g] 码"}},
		"a capture that changes": {"[g] a: 说 x1\n>~ [g] {code}\na: 说 x2\n>~ [g] {code}", []string{
			"story.chat:4: it says something else (-want +got):\n  - >~ [g] x1\n  + > [g] x2"}},
		"nothing said": {"[g] a: hi\n> [g] ho", []string{
			"story.chat:2: it does not say this (-want +got):\n  - > [g] ho"}},
		"more said": {"[g] a: 签到\nb: hi\n>- [g]", []string{
			"story.chat:1: it says more than is expected (-want +got):\n  + > [g] a 第 1 天"}},
		"more said before what is expected": {"[g] a: 兑换\n> [g] 发你啦", []string{
			"story.chat:1: it says more than is expected (-want +got):\n  + > a: 兑换码 K1x9，请收好"}},
		"the wrong order": {"[g] a: 兑换\n> [g] 发你啦\n>~ a: 兑换码", []string{
			"story.chat:1: it says more than is expected (-want +got):\n  + > a: 兑换码 K1x9，请收好",
			"story.chat:3: it does not say this (-want +got):\n  - >~ a: 兑换码"}},
		"one that is missing among others": {"[g] a: 签到\n> [g] 早\n> [g] a 第 1 天", []string{
			"story.chat:2: it does not say this (-want +got):\n  - > [g] 早"}},
		"words before they are caused": {"> [g] a 第 1 天\n[g] a: 签到", []string{
			"story.chat:1: it does not say this (-want +got):\n  - > [g] a 第 1 天",
			"story.chat:2: it says more than is expected (-want +got):\n  + > [g] a 第 1 天"}},
		"no silence": {"[g] a: 兑换\n>-", []string{
			"story.chat:2: it should say nothing (-want +got):\n  - >-\n  + > a: 兑换码 K1x9，请收好\n  + > [g] 发你啦"}},
		"no silence in the group": {"[g] a: 兑换\n>~ a: 兑换码\n>- [g]", []string{
			"story.chat:3: it should say nothing (-want +got):\n  - >- [g]\n  + > [g] 发你啦"}},
		"no silence in private": {"[g] a: 兑换\n>- a\n>~ a: 兑换码\n>~ [g] 发", []string{
			"story.chat:2: it should say nothing (-want +got):\n  - >- a\n  + > a: 兑换码 K1x9，请收好"}},
		"every event counted twice": {"! set hasty=1\n[g] a: 签到\n> [g] a 第 1 天", []string{
			"story.chat:2: it says more than is expected (-want +got):\n  + > [g] a 第 2 天"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range run(t, c.src, transcript.Options{Twice: strings.Contains(c.src, "hasty")}).Failures {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAWorldThatFailsStopsTheRunAtItsLine(t *testing.T) {
	script := parse(t, "[g] a: 说 hi\n[g] a: 坏\n[g] a: 说 ho")
	result, err := transcript.Run(t.Context(), script, build, transcript.Options{})
	if err == nil || err.Error() != "story.chat:2: deliver transcript/story.chat/2: the disk is full" {
		t.Errorf("got %v", err)
	}
	if len(result.Said) != 1 || result.Inputs != 2 {
		t.Errorf("got %+v", result)
	}
}

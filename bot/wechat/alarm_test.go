package wechat_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestEveryAlarmSaysWhatToDo(t *testing.T) {
	var codes []string
	for _, a := range wechat.Alarms() {
		if a.Code == "" || a.Text == "" || a.Do == "" || slices.Contains(codes, a.Code) {
			t.Errorf("incomplete or twice: %+v", a)
		}
		codes = append(codes, a.Code)
	}
}

func TestTheTerminalShowsNoForeignControlCharacters(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, Nick: "小助手\x1b[2J\u202e"})
	p := run(t, s, t.TempDir(), newSink()).up()
	soon(t, "the greeting", func() bool { return strings.Contains(p.out.String(), "logged in as 小助手") })
	if out := p.out.String(); strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("shown: %q", out)
	}
}

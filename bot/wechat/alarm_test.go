package wechat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

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

// TestOneHappeningIsToldOnce lets things go wrong and counts what an operator reads of them, at a terminal and in a log.
func TestOneHappeningIsToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		cause    func(s *wechattest.Server)
		alarm    string
		told     int // by the transport; the last words of a run are its error
		warnings int // of a log, before the alarm
		logged   int // and after it, where there is no terminal
	}{
		"a logout":             {func(s *wechattest.Server) { s.Logout(1100) }, "logged-out", 1, 0, 2}, // and one for the tap on the phone
		"a ban":                {func(s *wechattest.Server) { s.Logout(1102) }, "banned", 0, 0, 0},
		"a network that fails": {func(s *wechattest.Server) { s.Fault(wechattest.Fault{Kind: wechattest.Reset, Times: 5}) }, "unreachable", 1, 2, 1},
		"answers without sense": {func(s *wechattest.Server) {
			s.Fault(wechattest.Fault{Path: "synccheck", Kind: wechattest.HTMLPage, Times: 5})
		}, "garbled", 1, 2, 1},
	} {
		for where, terminal := range map[string]bool{"terminal": true, "log": false} {
			t.Run(name+" "+where, func(t *testing.T) {
				inItsOwnTime(t, wechattest.Options{AutoScan: true, AutoPush: true, QuietLogin: true}, func(t *testing.T, s *wechattest.Server) {
					p := run(t, s, t.TempDir(), newSink(), live, func(o *wechat.Options) { o.Terminal = terminal }).up()
					time.Sleep(30 * time.Second)
					before := len(p.out.String())
					c.cause(s)
					time.Sleep(5 * time.Minute)
					p.stop()
					if began, _ := p.rang(c.alarm); began != 1 {
						t.Errorf("%s rang %d times", c.alarm, began)
					}
					told, warned, what := p.out.String()[before:], 0, textOf(c.alarm)
					for line := range strings.Lines(told) {
						if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
							warned++
						}
					}
					times := strings.Count(told, what) - strings.Count(told, "over: "+what)
					if times != c.told {
						t.Errorf("told %d times", times)
					}
					most := c.warnings
					if !terminal {
						most += c.logged
					}
					if warned != most {
						t.Errorf("%d warnings, want %d", warned, most)
					}
					if t.Failed() {
						t.Log(told)
					}
				})
			})
		}
	}
}

// textOf is what an alarm says.
func textOf(code string) string {
	list := wechat.Alarms()
	return list[slices.IndexFunc(list, func(a wechat.Alarm) bool { return a.Code == code })].Text
}

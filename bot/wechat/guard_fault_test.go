package wechat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// tenfold is how a test waits that counts requests: ten times faster than the real thing in everything that
// spaces them.
func tenfold() wechat.Timing {
	t := quick()
	live := wechat.LiveTiming()
	t.PollGap, t.FailGap = live.PollGap/10, live.FailGap/10
	t.BackOff, t.BackOffMax = live.BackOff/10, time.Second
	t.Watchdog, t.FetchGap = live.Watchdog/10, live.FetchGap/10
	t.Rounds = []time.Duration{live.Rounds[0] / 10, live.Rounds[0] / 2}
	t.Answer = time.Second
	return t
}

// faults are what may go wrong with the requests of a session that is up, and which alarm tells it.
var faults = []struct {
	path  string
	kind  wechattest.Kind
	alarm string
}{
	{"synccheck", wechattest.LostAnswer, "unreachable"},
	{"synccheck", wechattest.Reset, "unreachable"},
	{"synccheck", wechattest.Status502, "unreachable"},
	{"synccheck", wechattest.Redirect, "unreachable"},
	{"synccheck", wechattest.Truncated, "unreachable"},
	{"synccheck", wechattest.Malformed, "garbled"},
	{"synccheck", wechattest.EmptyBody, "garbled"},
	{"synccheck", wechattest.HTMLPage, "garbled"},
	{"synccheck", wechattest.Retcode(1), "garbled"},
	{"synccheck", wechattest.Retcode(1205), "garbled"},
	{"synccheck", wechattest.Retcode(1100), "logged-out"},
	{"synccheck", wechattest.Retcode(1101), "elsewhere"},
	{"synccheck", wechattest.Slow(2 * time.Second), "unreachable"},
	{"webwxsync", wechattest.LostAnswer, "unreachable"},
	{"webwxsync", wechattest.Reset, "unreachable"},
	{"webwxsync", wechattest.Status502, "unreachable"},
	{"webwxsync", wechattest.Truncated, "unreachable"},
	{"webwxsync", wechattest.Malformed, "garbled"},
	{"webwxsync", wechattest.EmptyBody, "garbled"},
	{"webwxsync", wechattest.HTMLPage, "garbled"},
	{"webwxsync", wechattest.NoSyncKey, "garbled"},
	{"webwxsync", wechattest.EmptySyncKey, "garbled"},
	{"webwxsync", wechattest.BadSyncKey, "garbled"},
	{"webwxsync", wechattest.Ret(-1), "garbled"},
	{"webwxsync", wechattest.Ret(1101), "elsewhere"},
	{"*", wechattest.Status502, "unreachable"},
	{"*", wechattest.Reset, "unreachable"},
	{"*", wechattest.Malformed, "garbled"},
}

func TestNoFaultLosesAMessageOrMakesTheBotHammer(t *testing.T) {
	const lasts = 1500 * time.Millisecond
	for _, f := range faults {
		t.Run(f.path+" "+string(f.kind), func(t *testing.T) {
			t.Parallel()
			s := serve(t, wechattest.Options{AutoScan: true, AutoPush: true})
			ming := s.Person("小明")
			g := s.Group("大群", ming)
			p := run(t, s, t.TempDir(), newSink(), func(o *wechat.Options) { o.Timing = tenfold() }).up()
			g.Say(ming, "一")
			p.sink.hears(t, "一")
			soon(t, "the ban window to pass", func() bool { return time.Since(p.Status().Since) > tenfold().BanWindow })
			began := time.Now()
			fault := s.Fault(wechattest.Fault{Path: f.path, Kind: f.kind})
			g.Say(ming, "二")
			soon(t, "the alarm", func() bool { began, _ := p.rang(f.alarm); return began > 0 })
			soon(t, "the fault to have lasted", func() bool { return time.Since(began) > lasts })
			took := time.Since(began)
			asked := len(s.Requests().Since(began))
			fault.Clear()
			// A login makes five requests at once; each fault that ends the session leads to one or two.
			if most := int(2*took/(time.Second/10)) + 2; asked > most {
				t.Errorf("%d requests in %s; two in a tenth of a second are %d", asked, took.Round(time.Millisecond), most)
			}
			p.sink.hears(t, "二")
			g.Say(ming, "三")
			p.sink.hears(t, "三")
			if got := p.sink.texts(); !slices.IsSortedFunc(got, func(a, b string) int {
				return strings.Index("一二三", last(a)) - strings.Index("一二三", last(b))
			}) || len(got) != 3 {
				t.Errorf("heard %q", got)
			}
			soon(t, "the end of the alarm", func() bool { began, over := p.rang(f.alarm); return began == over })
			t.Logf("%.1f requests a second in real time", float64(asked)/float64(took)*float64(time.Second)/10)
		})
	}
}

func last(s string) string {
	r := []rune(s)
	return string(r[len(r)-1:])
}

func TestAtMostTwoRequestsASecondWhileWeChatFails(t *testing.T) {
	for path, kind := range map[string]wechattest.Kind{
		"synccheck": wechattest.Status502, "webwxsync": wechattest.NoSyncKey, "*": wechattest.Reset,
	} {
		t.Run(path+" "+string(kind), func(t *testing.T) {
			t.Parallel()
			s := serve(t, wechattest.Options{AutoScan: true, Hold: 25 * time.Second})
			ming := s.Person("小明")
			g := s.Group("大群", ming)
			p := run(t, s, t.TempDir(), newSink(), func(o *wechat.Options) { o.Timing = wechat.LiveTiming() }).up()
			s.Fault(wechattest.Fault{Path: path, Kind: kind})
			began := time.Now()
			g.Say(ming, "一")
			soon(t, "five seconds to pass", func() bool { return time.Since(began) > 5*time.Second })
			if n := s.Requests().Since(began).MaxPerSecond(); n > 2 || n == 0 {
				t.Errorf("%d requests in one second", n)
			} else {
				t.Logf("at most %d requests in a second", n)
			}
			if err := p.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLoginsDoNotHammerEither(t *testing.T) {
	for path, kind := range map[string]wechattest.Kind{
		"login": wechattest.Ret(999), "jslogin": wechattest.Malformed, "*": wechattest.Status502,
	} {
		t.Run(path+" "+string(kind), func(t *testing.T) {
			t.Parallel()
			s := serve(t, wechattest.Options{})
			s.Fault(wechattest.Fault{Path: path, Kind: kind})
			p := run(t, s, t.TempDir(), newSink(), func(o *wechat.Options) { o.Timing = wechat.LiveTiming() })
			began := time.Now()
			soon(t, "four seconds to pass", func() bool { return time.Since(began) > 4*time.Second })
			if n := s.Requests().MaxPerSecond(); n > 2 || n == 0 {
				t.Errorf("%d requests in one second", n)
			}
			s.ClearFaults()
			s.Scan()
			p.up()
		})
	}
}

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
	times int // 0: for as long as the fault lasts
}{
	{"synccheck", wechattest.LostAnswer, "unreachable", 0},
	{"synccheck", wechattest.Reset, "unreachable", 0},
	{"synccheck", wechattest.Status502, "unreachable", 0},
	{"synccheck", wechattest.Redirect, "unreachable", 0},
	{"synccheck", wechattest.Truncated, "unreachable", 0},
	{"synccheck", wechattest.Malformed, "garbled", 0},
	{"synccheck", wechattest.EmptyBody, "garbled", 0},
	{"synccheck", wechattest.HTMLPage, "garbled", 0},
	{"synccheck", wechattest.Retcode(1), "garbled", 0},
	{"synccheck", wechattest.Retcode(1205), "garbled", 0},
	{"synccheck", wechattest.Retcode(1100), "logged-out", 0},
	{"synccheck", wechattest.Retcode(1101), "elsewhere", 0},
	{"synccheck", wechattest.Retcode(1102), "expired", 1}, // a second one would follow the new login, and be a ban
	{"synccheck", wechattest.Slow(2 * time.Second), "unreachable", 0},
	{"webwxsync", wechattest.LostAnswer, "unreachable", 0},
	{"webwxsync", wechattest.Reset, "unreachable", 0},
	{"webwxsync", wechattest.Status502, "unreachable", 0},
	{"webwxsync", wechattest.Truncated, "unreachable", 0},
	{"webwxsync", wechattest.Malformed, "garbled", 0},
	{"webwxsync", wechattest.EmptyBody, "garbled", 0},
	{"webwxsync", wechattest.HTMLPage, "garbled", 0},
	{"webwxsync", wechattest.NoSyncKey, "garbled", 0},
	{"webwxsync", wechattest.EmptySyncKey, "garbled", 0},
	{"webwxsync", wechattest.BadSyncKey, "garbled", 0},
	{"webwxsync", wechattest.Ret(-1), "garbled", 0},
	{"webwxsync", wechattest.Ret(1101), "elsewhere", 0},
	{"webwxsync", wechattest.Ret(1102), "expired", 1},
	{"*", wechattest.Status502, "unreachable", 0},
	{"*", wechattest.Reset, "unreachable", 0},
	{"*", wechattest.Malformed, "garbled", 0},
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
			fault := s.Fault(wechattest.Fault{Path: f.path, Kind: f.kind, Times: f.times})
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

func TestLoginsDoNotHammerEither(t *testing.T) {
	for path, kind := range map[string]wechattest.Kind{
		"login": wechattest.Ret(999), "jslogin": wechattest.Malformed, "*": wechattest.Status502,
	} {
		t.Run(path+" "+string(kind), func(t *testing.T) {
			inItsOwnTime(t, wechattest.Options{}, func(t *testing.T, s *wechattest.Server) {
				s.Fault(wechattest.Fault{Path: path, Kind: kind})
				p := run(t, s, t.TempDir(), newSink(), live)
				time.Sleep(time.Hour)
				if n := s.Requests().MaxPerSecond(); n > 2 || n == 0 {
					t.Errorf("%d requests in one second", n)
				}
				s.ClearFaults()
				s.Scan()
				time.Sleep(6 * time.Minute) // the longest wait between two codes
				p.up()
			})
		})
	}
}

func TestWhileSomethingFailsItIsAskedSlowerAndSlower(t *testing.T) {
	for _, f := range []wechattest.Fault{
		{Path: "synccheck", Kind: wechattest.Status502}, {Path: "synccheck", Kind: wechattest.Reset}, {Path: "synccheck", Kind: wechattest.HTMLPage},
		{Path: "synccheck", Kind: wechattest.Retcode(1205)}, {Path: "webwxsync", Kind: wechattest.NoSyncKey},
		{Path: "webwxsync", Kind: wechattest.Ret(-1)}, {Path: "*", Kind: wechattest.Reset}, {Path: "*", Kind: wechattest.Malformed},
	} {
		t.Run(f.Path+" "+string(f.Kind), func(t *testing.T) {
			inItsOwnTime(t, wechattest.Options{AutoScan: true, QuietLogin: true}, func(t *testing.T, s *wechattest.Server) {
				ming := s.Person("小明")
				g := s.Group("大群", ming)
				p := run(t, s, t.TempDir(), newSink(), live).up()
				time.Sleep(2 * time.Minute)
				fault := s.Fault(f)
				g.Say(ming, "一")
				began := time.Now()
				time.Sleep(time.Hour)
				asked := s.Requests().Since(began)
				if n := asked.MaxPerSecond(); n > 2 || n == 0 {
					t.Errorf("%d requests in a second", n)
				}
				if n := len(asked); n > 600 {
					t.Errorf("%d requests in an hour", n)
				}
				slower(t, asked)
				fault.Clear()
				time.Sleep(10 * time.Minute) // the longest waits before a session and before a code
				p.sink.hears(t, "一")
			})
		})
	}
}

// slower checks that the first failures of a kind follow each other as they should: each wait twice the one before,
// and none exactly so long that all bots that lost WeChat at once would come back at once.
func slower(t *testing.T, asked wechattest.Requests) {
	t.Helper()
	var failed wechattest.Requests
	for _, r := range asked {
		if r.Fault != "" {
			failed = append(failed, r)
		}
	}
	exact := 0
	for i := range 5 {
		least := time.Second << i
		gap := failed[i+1].At.Sub(failed[i].At)
		if most := least*5/4 + time.Second; gap < least || gap > most { // a poll may lie between two syncs
			t.Errorf("wait %d is %s, want %s to %s", i+1, gap, least, most)
		}
		if gap == gap.Round(time.Millisecond) {
			exact++
		}
	}
	if exact > 1 {
		t.Errorf("%d of the waits are not by chance", exact)
	}
}

package wechat_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestALoginTellsWhoIsThereBeforeAnythingIsHeard(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	s.Group("小群", s.Person("小红"))
	s.Fault(wechattest.Fault{Path: "webwxgetcontact", Kind: wechattest.Slow(300 * time.Millisecond), Times: 1})
	p := run(t, s, t.TempDir(), newSink())
	soon(t, "a greeting", func() bool { return len(s.Requests().To("webwxstatusnotify")) > 0 })
	g.Say(ming, "早")
	p.sink.hears(t, "早")
	events := p.sink.all()
	if events[0].Kind != bot.SessionUp || events[0].Session == "" || events[0].Session != p.Status().Session {
		t.Errorf("the first event is %+v", events[0])
	}
	for i, e := range events {
		if e.Kind == bot.Message && count(events[:i], bot.MembersSeen) < 2 {
			t.Errorf("heard before both member lists: %v", summary(events))
		}
	}
	if err := p.stop(); err != nil {
		t.Errorf("a stop is no error: %v", err)
	}
}

func TestTheCodeIsShownAndDeletedAfterTheLogin(t *testing.T) {
	s := serve(t, wechattest.Options{})
	p := run(t, s, t.TempDir(), newSink())
	file := filepath.Join(p.dir, "wechat", "login-qr.png")
	soon(t, "a code", func() bool {
		_, err := os.Stat(file)
		return err == nil
	})
	if out := p.out.String(); !strings.Contains(out, "▄") || !strings.Contains(out, "https://login.weixin.qq.com/qrcode/"+s.QRCode()) {
		t.Errorf("shown:\n%s", out)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the file of the code: %v %v", info, err)
	}
	s.Scan()
	p.up()
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the code is still there: %v", err)
	}
	if began, over := p.rang("scan"); began != 1 || over != 1 {
		t.Errorf("the alarm rang %d times and ended %d times", began, over)
	}
}

func TestARestartNeedsNoScanAndHearsWhatWasSaidMeanwhile(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	dir, into := t.TempDir(), newSink()
	p := run(t, s, dir, into).up()
	g.Say(ming, "一")
	into.hears(t, "一")
	first := p.Status().Session
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "二")
	p = run(t, s, dir, into).up()
	into.hears(t, "二")
	if s.Logins() != 1 || p.Status().Session != first {
		t.Errorf("%d logins, session %s after %s", s.Logins(), p.Status().Session, first)
	}
	if n := count(into.all(), bot.SessionUp); n != 1 {
		t.Errorf("told %d sessions", n)
	}
}

func TestALostSessionIsConfirmedOnThePhoneAndNothingIsMissed(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, AutoPush: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	into := newSink()
	p := run(t, s, t.TempDir(), into).up()
	g.Say(ming, "一")
	into.hears(t, "一")
	p.stop()
	s.Logout(1101)
	g.Say(ming, "二")
	p = run(t, s, p.dir, into).up()
	into.hears(t, "二")
	if s.Logins() != 2 || len(s.Requests().To("jslogin")) != 1 {
		t.Errorf("%d logins, %d codes", s.Logins(), len(s.Requests().To("jslogin")))
	}
	if began, over := p.rang("confirm"); began != 1 || over != 1 {
		t.Errorf("confirm rang %d, ended %d", began, over)
	}
}

func TestAScanAfterALostSessionGoesOnWhereItEnded(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	s.RefusePush(true)
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	into := newSink()
	p := run(t, s, t.TempDir(), into).up()
	g.Say(ming, "一")
	into.hears(t, "一")
	soon(t, "the ban window to pass", func() bool { return time.Since(p.Status().Since) > quick().BanWindow })
	s.Logout(1101)
	g.Say(ming, "二")
	into.hears(t, "二")
	soon(t, "a second login", func() bool { return s.Logins() == 2 })
	if n := count(into.all(), bot.SessionDown); n != 1 {
		t.Errorf("told %d ends", n)
	}
	if began, over := p.rang("elsewhere"); began != 1 || over != 1 {
		t.Errorf("elsewhere rang %d, ended %d", began, over)
	}
}

func TestOldCookiesDoNotSpoilANewSession(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, AutoPush: true, CookiesAtSync: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	into := newSink()
	p := run(t, s, t.TempDir(), into).up()
	for i, word := range []string{"一", "二", "三"} {
		g.Say(ming, word)
		into.hears(t, word)
		if i < 2 {
			p.stop()
			s.Logout(1101)
			p = run(t, s, p.dir, into).up()
		}
	}
	for _, r := range s.Requests() {
		if r.Ret == 1102 {
			t.Errorf("%s was answered 1102", r.Path)
		}
	}
}

func TestAWarningStopsTheRunAndIsRemembered(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	p := run(t, s, t.TempDir(), newSink()).up()
	s.Logout(1102)
	err := p.ended()
	var stopped *wechat.StoppedError
	if !errors.As(err, &stopped) || stopped.Alarm.Code != "banned" || !strings.Contains(err.Error(), "don't log in again") {
		t.Fatalf("ended with %v", err)
	}
	asked := len(s.Requests())
	p = run(t, s, p.dir, newSink())
	if err := p.ended(); !errors.As(err, &stopped) || stopped.Alarm.Code != "stopped" || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("the next run ends with %v", err)
	}
	if n := len(s.Requests()); n != asked {
		t.Errorf("the next run made %d requests", n-asked)
	}
	run(t, s, p.dir, newSink(), func(o *wechat.Options) { o.Resume = true }).up()
}

func TestOnlyAnEndWithinAMinuteOfALoginIsABan(t *testing.T) {
	for name, c := range map[string]struct {
		after   time.Duration // since the scan
		restart bool          // in between
		how     int
		banned  bool
	}{
		"after 59 seconds":                   {59 * time.Second, false, 1102, true},
		"after 61 seconds":                   {61 * time.Second, false, 1102, false},
		"after a day":                        {24 * time.Hour, false, 1102, false},
		"after 59 seconds and a restart":     {59 * time.Second, true, 1102, true},
		"right after a late restart":         {2 * time.Minute, true, 1102, false},
		"logged out on the phone at once":    {5 * time.Second, false, 1100, false},
		"logged in elsewhere at once":        {5 * time.Second, false, 1101, false},
		"told by a sync, after 59 seconds":   {59 * time.Second, false, -1102, true},
		"told by a sync, after 61 seconds":   {61 * time.Second, false, -1102, false},
		"told by a member list, after 59":    {59 * time.Second, false, 0, true},
		"told by a member list, after a day": {24 * time.Hour, false, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			inItsOwnTime(t, wechattest.Options{AutoScan: true, AutoPush: true, QuietLogin: true}, func(t *testing.T, s *wechattest.Server) {
				ming := s.Person("小明")
				g := s.Group("大群", ming)
				into := newSink()
				p := run(t, s, t.TempDir(), into, live)
				p.up()
				scanned := s.Requests().To("webwxnewloginpage")[0].At
				time.Sleep(time.Second)
				if c.restart {
					time.Sleep(c.after - 10*time.Second - time.Since(scanned))
					p.stop()
					p = run(t, s, p.dir, into, live).up()
				}
				time.Sleep(c.after - time.Since(scanned) - 50*time.Millisecond)
				switch c.how {
				case 0:
					s.Fault(wechattest.Fault{Path: "webwxbatchgetcontact", Kind: wechattest.Ret(1102), Times: 1})
					unsaved := s.Group("小群", ming)
					unsaved.Say(ming, "一")
				case -1102:
					s.Fault(wechattest.Fault{Path: "webwxsync", Kind: wechattest.Ret(1102), Times: 1})
					g.Say(ming, "一")
				default:
					s.Logout(c.how)
				}
				time.Sleep(10 * time.Second)
				var stopped *wechat.StoppedError
				if c.banned {
					if err := p.ended(); !errors.As(err, &stopped) || stopped.Alarm.Code != "banned" {
						t.Errorf("ended with %v", err)
					}
					return
				}
				p.up()
				if began, _ := p.rang("banned"); began != 0 {
					t.Error("that was taken for a ban")
				}
				g.Say(ming, "二")
				into.hears(t, "二")
			})
		})
	}
}

func TestAWarningInTheMiddleOfAScanStopsTheRun(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	s.Fault(wechattest.Fault{Path: "webwxinit", Kind: wechattest.Ret(1102)})
	p := run(t, s, t.TempDir(), newSink())
	var stopped *wechat.StoppedError
	if err := p.ended(); !errors.As(err, &stopped) || stopped.Alarm.Code != "banned" {
		t.Errorf("ended with %v", err)
	}
	if n := len(s.Requests().To("webwxnewloginpage")); n != 1 {
		t.Errorf("logged in %d times", n)
	}
}

func TestARefusedAccountStopsTheRun(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	s.RefuseLogin(1203)
	p := run(t, s, t.TempDir(), newSink())
	var stopped *wechat.StoppedError
	if err := p.ended(); !errors.As(err, &stopped) || stopped.Alarm.Code != "refused" {
		t.Errorf("ended with %v", err)
	}
	if n := len(s.Requests().To("webwxnewloginpage")); n != 1 {
		t.Errorf("tried %d times", n)
	}
}

func TestARefusalInTheMiddleOfASessionStopsTheRun(t *testing.T) {
	for path, kind := range map[string]wechattest.Kind{
		"synccheck": wechattest.Retcode(1203), "webwxsync": wechattest.Ret(1203), "webwxbatchgetcontact": wechattest.Ret(1203),
		"webwxsendmsg": wechattest.Ret(1203), "webwxuploadmedia": wechattest.Ret(1203), "webwxupdatechatroom": wechattest.Ret(1203),
	} {
		t.Run(path, func(t *testing.T) {
			inItsOwnTime(t, wechattest.Options{AutoScan: true, AutoPush: true}, func(t *testing.T, s *wechattest.Server) {
				ming := s.Person("小明", wechattest.Attr{Friend: true})
				g := s.Group("大群", ming)
				p := run(t, s, t.TempDir(), newSink(), live).up()
				g.Say(ming, "一")
				ming.Whisper("二")
				p.sink.hears(t, "一")
				friend := p.sink.hears(t, "二").From.User
				time.Sleep(time.Hour)
				to := p.chatOf()
				logins := len(s.Requests().To("webwxinit"))
				s.Fault(wechattest.Fault{Path: path, Kind: kind, Times: 1})
				said := bot.Outgoing{Route: to, Text: "三"}
				switch path {
				case "webwxuploadmedia":
					said.Picture = drawing(t)
				case "webwxupdatechatroom":
					said = bot.Outgoing{Route: to, Action: bot.InviteToGroup, Mentions: []bot.Person{{User: friend}}}
				case "webwxbatchgetcontact":
					s.Group("小群", ming).Say(ming, "四")
				case "webwxsync":
					g.Say(ming, "四")
				}
				if strings.HasPrefix(path, "webwxu") || strings.HasPrefix(path, "webwxsend") {
					if _, err := p.Send(t.Context(), said); !errors.Is(err, bot.ErrDown) {
						t.Errorf("what was not taken is %v", err)
					}
				}
				var stopped *wechat.StoppedError
				if err := p.ended(); !errors.As(err, &stopped) || stopped.Alarm.Code != "refused" {
					t.Errorf("ended with %v", err)
				}
				if n := len(s.Requests().To("webwxinit")); n != logins {
					t.Errorf("%d logins after it", n-logins)
				}
				if err := run(t, s, p.dir, newSink(), live).ended(); !errors.As(err, &stopped) || stopped.Alarm.Code != "stopped" {
					t.Errorf("the next run ends with %v", err)
				}
			})
		})
	}
}

func TestCodesThatNobodyScansAreRenewedThreeTimes(t *testing.T) {
	s := serve(t, wechattest.Options{QRLife: 20 * time.Millisecond, Hold: 10 * time.Millisecond, LoginHold: 10 * time.Millisecond})
	run(t, s, t.TempDir(), newSink(), func(o *wechat.Options) { o.Timing.QRPause = time.Hour })
	soon(t, "three codes", func() bool { return len(s.Requests().To("jslogin")) == 3 })
	time.Sleep(200 * time.Millisecond) // a fourth would come at once
	if n := len(s.Requests().To("jslogin")); n != 3 {
		t.Errorf("%d codes", n)
	}
}

func TestAStopIsQuickWhateverGoesOn(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, Hold: time.Minute})
	p := run(t, s, t.TempDir(), newSink()).up()
	began := time.Now()
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("a stop takes %s", took)
	}
	soon(t, "no goroutine of the client left", func() bool {
		all := make([]byte, 1<<20)
		all = all[:runtime.Stack(all, true)]
		return !bytes.Contains(all, []byte("eatmoreapple/openwechat.")) && !bytes.Contains(all, []byte("wechat.(*Transport)"))
	})
}

func TestACursorThatANewLoginDoesNotTakeIsGivenUp(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, AutoPush: true, QuietLogin: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	into := newSink()
	p := run(t, s, t.TempDir(), into).up()
	g.Say(ming, "一")
	into.hears(t, "一")
	p.stop()
	s.Logout(1101)
	g.Say(ming, "二") // makes the old cursor one that brings something
	refusal := s.Fault(wechattest.Fault{Path: "webwxsync", Kind: wechattest.Ret(1)})
	p = run(t, s, p.dir, into, func(o *wechat.Options) { o.Timing.Watchdog = 150 * time.Millisecond })
	soon(t, "the alarm", func() bool { began, _ := p.rang("gap"); return began == 1 })
	refusal.Clear()
	p.up()
	g.Say(ming, "三")
	into.hears(t, "三")
	if s.Logins() != 2 {
		t.Errorf("%d logins", s.Logins())
	}
}

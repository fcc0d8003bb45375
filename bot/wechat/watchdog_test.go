package wechat_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestASilentServerMeansANewBeginningWithoutAScan(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	p := run(t, s, t.TempDir(), newSink(), func(o *wechat.Options) {
		o.Timing.Watchdog, o.Timing.Answer = 400*time.Millisecond, time.Hour
	}).up()
	s.Fault(wechattest.Fault{Path: "synccheck", Kind: wechattest.Slow(time.Hour), Times: 1})
	soon(t, "the alarm", func() bool { began, _ := p.rang("frozen"); return began == 1 })
	g.Say(ming, "一")
	p.sink.hears(t, "一")
	if s.Logins() != 1 {
		t.Errorf("%d logins", s.Logins())
	}
	soon(t, "the end of the alarm", func() bool { _, over := p.rang("frozen"); return over == 1 })
}

func TestSilenceWhereOtherDaysWereLivelyIsTold(t *testing.T) {
	inItsOwnTime(t, wechattest.Options{AutoScan: true, QuietLogin: true, LaxCookies: true}, func(t *testing.T, s *wechattest.Server) {
		ming := s.Person("小明")
		g := s.Group("大群", ming)
		p := run(t, s, t.TempDir(), newSink(), live).up()
		said := 0
		for range 3 * 24 { // three days on which people talk all the time
			for range 5 {
				said++
				g.Say(ming, fmt.Sprint("第 ", said, " 句"))
			}
			time.Sleep(time.Hour)
		}
		if began, _ := p.rang("deaf"); began != 0 {
			t.Fatal("the alarm rings although people are heard")
		}
		time.Sleep(4*time.Hour + 59*time.Minute) // the last hour of those was silent, too
		if began, _ := p.rang("deaf"); began != 0 {
			t.Fatal("the alarm rings before six hours are over")
		}
		time.Sleep(2 * time.Minute)
		if began, over := p.rang("deaf"); began != 1 || over != 0 {
			t.Fatalf("after six hours the alarm rang %d times and ended %d times", began, over)
		}
		time.Sleep(2 * time.Hour)
		g.Say(ming, "又来了")
		p.sink.hears(t, "又来了")
		soon(t, "the end of the alarm", func() bool { _, over := p.rang("deaf"); return over == 1 })
		if began, _ := p.rang("deaf"); began != 1 {
			t.Errorf("it rang %d times", began)
		}
	})
}

package wechat_test

import (
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

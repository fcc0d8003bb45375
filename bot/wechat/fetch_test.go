package wechat_test

import (
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestAnUnsavedGroupIsReadBeforeItIsHeard(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	g.Save(false)
	p := run(t, s, t.TempDir(), newSink()).up()
	g.Say(ming, "一")
	heard := p.sink.hears(t, "一")
	for _, e := range p.sink.all() {
		if e.Kind == bot.MembersSeen && e.Chat == heard.Chat {
			return
		}
		if e.Kind == bot.Message {
			t.Fatalf("heard before the members: %v", summary(p.sink.all()))
		}
	}
}

func TestAGroupThatCannotBeReadIsHeardAllTheSame(t *testing.T) {
	for _, kind := range []wechattest.Kind{wechattest.NoContacts, wechattest.Ret(-1), wechattest.Status502, wechattest.Malformed} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := serve(t, wechattest.Options{AutoScan: true})
			ming := s.Person("小明")
			g := s.Group("大群", ming)
			g.Save(false)
			p := run(t, s, t.TempDir(), newSink(), func(o *wechat.Options) { o.Timing.FetchGap = time.Millisecond }).up()
			s.Fault(wechattest.Fault{Path: "webwxbatchgetcontact", Kind: kind})
			g.Say(ming, "一")
			p.sink.hears(t, "一")
			g.Say(ming, "二")
			p.sink.hears(t, "二")
			if began, _ := p.rang("members"); began == 0 {
				t.Error("no alarm")
			}
			if n := len(s.Requests().To("webwxbatchgetcontact")); n > 12 {
				t.Errorf("asked %d times", n)
			}
			if got := p.sink.texts(); len(got) != 2 {
				t.Errorf("heard %q", got)
			}
		})
	}
}

func TestContactsThatCannotBeReadAtTheLoginDoNotMakeItDeaf(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	s.Fault(wechattest.Fault{Path: "webwxgetcontact", Kind: wechattest.Status502})
	p := run(t, s, t.TempDir(), newSink()).up()
	g.Say(ming, "一")
	p.sink.hears(t, "一")
	if began, _ := p.rang("members"); began == 0 {
		t.Error("no alarm")
	}
}

func TestContactsComeInPages(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, ContactPage: 7})
	for range 60 {
		s.Group("群", s.Person("小明"))
	}
	p := run(t, s, t.TempDir(), newSink()).up()
	if n := count(p.sink.all(), bot.MembersSeen); n != 60 {
		t.Errorf("%d groups", n)
	}
	if n := len(s.Requests().To("webwxbatchgetcontact")); n != 2 {
		t.Errorf("%d requests for 60 member lists", n)
	}
}

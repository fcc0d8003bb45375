package wechat_test

import (
	"fmt"
	"runtime"
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

func TestFiftyGroupsOfFiveHundredFitInMemory(t *testing.T) {
	const groups, members = 50, 500
	s := serve(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	people := make([]*wechattest.Person, 5000)
	for i := range people {
		people[i] = s.Person(fmt.Sprintf("成员%d号😄 & <b>", i))
	}
	for i := range groups {
		var in []*wechattest.Person
		for j := range members {
			in = append(in, people[(i*97+j*7)%len(people)])
		}
		s.Group(fmt.Sprintf("群%d", i), in...)
	}
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	into := newSink()
	p := run(t, s, t.TempDir(), into)
	most := uint64(0)
	soon(t, "logged in", func() bool {
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
		return p.Status().State == wechat.Up
	})
	if n := count(into.all(), bot.MembersSeen); n != groups {
		t.Errorf("%d groups", n)
	}
	used := (int64(most) - int64(before.HeapAlloc)) >> 20
	t.Logf("a login to %d groups of %d holds at most %d MB, the server's share and garbage among them", groups, members, used)
	if used > 250 {
		t.Errorf("%d MB", used)
	}
}

func TestMemberListsAreReadAgainFromTimeToTime(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	s.Group("大群", ming)
	p := run(t, s, t.TempDir(), newSink(), func(o *wechat.Options) {
		o.Timing.Refresh, o.Timing.RefreshBy = 100*time.Millisecond, 10*time.Millisecond
	}).up()
	ming.Rename("小明明")
	p.sink.until(t, "the new name", func(events []bot.Event) bool {
		for _, e := range events {
			if e.Kind == bot.Renamed && e.From.Name == "小明明" {
				return true
			}
		}
		return false
	})
}

func TestAGroupThatIsGoneDoesNotDelayTheLogin(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	for range 3 {
		s.Group("群", s.Person("小明"))
	}
	s.Fault(wechattest.Fault{Path: "webwxbatchgetcontact", Kind: wechattest.NoContacts})
	p := run(t, s, t.TempDir(), newSink()).up()
	if n := len(s.Requests().To("webwxbatchgetcontact")); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if began, _ := p.rang("members"); began != 0 {
		t.Error("an alarm rang")
	}
}

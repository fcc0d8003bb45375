package wechattest_test

import (
	"strings"
	"testing"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestOpenedChatsAndLoginsAreNotified(t *testing.T) {
	for _, plain := range []bool{false, true} {
		s := newServer(t, wechattest.Options{AutoScan: true, PlainIDs: plain})
		g := s.Group("大群", s.Person("小明"))
		r := newReader(t, s)
		g.OpenChat()
		got := r.advance(t).AddMsgList
		if len(got) != 2 || got[0].StatusNotifyCode != 4 || got[1].StatusNotifyCode != 2 || got[0].MsgType != 51 {
			t.Fatalf("%+v", got)
		}
		if room := got[1].StatusNotifyUserName; !strings.HasPrefix(room, "@@") || got[0].StatusNotifyUserName != room || got[1].ToUserName != room {
			t.Errorf("names %q and %q", got[0].StatusNotifyUserName, room)
		}
		if strings.Contains(got[1].Content, "10000001@chatroom") != plain {
			t.Errorf("plain %t: %q", plain, got[1].Content)
		}
	}
}

func TestRecallsCanLackTheirSender(t *testing.T) {
	for _, bare := range []bool{false, true} {
		s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, BareRecalls: bare, English: true})
		ming := s.Person("小明")
		g := s.Group("大群", ming)
		r := newReader(t, s)
		g.Recall(ming, g.Say(ming, "oops"))
		if c := r.advance(t).AddMsgList[1].Content; strings.HasPrefix(c, "&lt;sysmsg") != bare || !strings.Contains(c, `"小明" has recalled a message.`) {
			t.Errorf("bare %t: %q", bare, c)
		}
	}
}

func TestACookieOfTheLongPollCarriesTheFirstHotLoginOn(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, CookiesAtSync: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	first, file := loggedIn(t, s)
	g.Say(ming, "so that the session is saved after a poll")
	first.next(t)
	first.quit(t)
	c := newClient(t, s)
	if err := c.HotLogin(storage(t, file)); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "hi")
	for c.next(t).Content != "hi" {
	}
}

func TestTheClientMakesAndRenamesGroups(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	friends := []*wechattest.Person{s.Person("甲", wechattest.Attr{Friend: true}), s.Person("乙", wechattest.Attr{Friend: true}), s.Person("丙", wechattest.Attr{Friend: true})}
	c := newClient(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	self, err := c.GetCurrentUser()
	if err != nil {
		t.Fatal(err)
	}
	known, err := self.Friends()
	if err != nil {
		t.Fatal(err)
	}
	who := func(nick string) *openwechat.Friend { return known.SearchByNickName(1, nick).First() }
	made, err := self.CreateGroup("新群", who("甲"), who("乙"))
	if err != nil {
		t.Fatal(err)
	}
	if err := self.AddFriendsIntoGroup(made, who("丙")); err != nil {
		t.Fatal(err)
	}
	if err := self.RenameGroup(made, "老群"); err != nil {
		t.Fatal(err)
	}
	g := s.Groups()[0]
	if g.Name() != "老群" || len(g.Members()) != 4 || g.Members()[2] != s.Bot() || g.Members()[3] != friends[2] {
		t.Errorf("%s with %d members", g.Name(), len(g.Members()))
	}
}

package wechattest_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// eventually waits for a condition that nothing announces.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// loggedIn is a client that has scanned and keeps its session in a file, and the file.
func loggedIn(t *testing.T, s *wechattest.Server) (*client, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hot.json")
	c := newClient(t, s)
	if err := c.HotLogin(storage(t, file), openwechat.NewRetryLoginOption()); err != nil {
		t.Fatal(err)
	}
	return c, file
}

func storage(t *testing.T, file string) openwechat.HotReloadStorage {
	t.Helper()
	f := openwechat.NewFileHotReloadStorage(file)
	t.Cleanup(func() { f.Close() })
	return f
}

func TestAHotLoginLosesTheCookiesOfUploadsAndOfTheLongPoll(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	s.Group("大群", s.Person("小明"))
	first, file := loggedIn(t, s)
	first.quit(t)
	c := newClient(t, s)
	if err := c.HotLogin(storage(t, file)); err != nil {
		t.Fatal(err)
	}
	if s.Logins() != 1 {
		t.Fatalf("%d sessions: a hot login goes on with the one there is", s.Logins())
	}
	name := groupName(t, c)
	_, err := c.Caller.WebWxSendImageMsg(t.Context(), bytes.NewReader([]byte("\x89PNG\r\n\x1a\n")), &openwechat.CallerWebWxSendImageMsgOptions{
		FromUserName: "me", ToUserName: name, BaseRequest: c.Storage.Request, LoginInfo: c.Storage.LoginInfo,
	})
	if !errors.Is(err, openwechat.ErrWebWxDataTicketNotFound) {
		t.Errorf("upload after a hot login: %v", err)
	}
	eventually(t, "a synccheck without cookies ends with 1102", func() bool {
		for _, r := range s.Requests().To("synccheck") {
			if r.Ret == 1102 {
				return true
			}
		}
		return false
	})
	again := newClient(t, s)
	if err := again.HotLogin(storage(t, file)); err == nil {
		t.Error("the second hot login should find no cookies at all")
	}
}

// groupName is what the session calls its only group.
func groupName(t *testing.T, c *client) string {
	t.Helper()
	members, err := c.Caller.WebWxGetContact(t.Context(), c.Storage.LoginInfo)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if strings.HasPrefix(m.UserName, "@@") {
			return m.UserName
		}
	}
	t.Fatal("no group among the contacts")
	return ""
}

func TestAHotLoginWorksWhenCookiesAreSetAgain(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, CookiesAtInit: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	first, file := loggedIn(t, s)
	before := groupName(t, first)
	first.quit(t)
	g.Say(ming, "while away")
	for range 2 {
		c := newClient(t, s)
		if err := c.HotLogin(storage(t, file)); err != nil {
			t.Fatal(err)
		}
		if groupName(t, c) != before {
			t.Error("a hot login must keep the names")
		}
		g.Say(ming, "back")
		for c.next(t).Content != "back" {
		}
		c.quit(t)
	}
}

func TestStaleCookiesInFrontOfTheNewOnesAreRefused(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	first, file := loggedIn(t, s)
	first.quit(t)
	s.Logout(1101)
	c := newClient(t, s)
	err := c.HotLogin(storage(t, file), openwechat.NewRetryLoginOption())
	if err == nil || !strings.Contains(err.Error(), openwechat.Ret(1102).Error()) {
		t.Errorf("a scan with the old jar: %v", err)
	}
	if s.Logins() != 2 {
		t.Errorf("%d logins", s.Logins())
	}
}

func TestAnOldKeyAfterARescanGivesTheBacklogWithNewNames(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, LaxCookies: true, RenumberBacklog: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	first, file := loggedIn(t, s)
	said := g.Say(ming, "heard")
	if m := first.next(t); m.MsgId != said {
		t.Errorf("message %s, said %s", m.MsgId, said)
	}
	old := groupName(t, first)
	first.quit(t)
	s.Logout(1101)
	missed := g.Say(ming, "missed")
	c := newClient(t, s)
	if err := c.HotLogin(storage(t, file), openwechat.NewRetryLoginOption()); err != nil {
		t.Fatal(err)
	}
	m := c.next(t)
	if m.Content != "missed" || m.FromUserName == old || m.FromUserName != groupName(t, c) {
		t.Errorf("backlog %q from %s, before %s", m.Content, m.FromUserName, old)
	}
	if m.MsgId == missed {
		t.Error("the backlog should be renumbered")
	}
	fresh := newClient(t, s)
	if err := fresh.Login(); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "now")
	if m := fresh.next(t); m.Content != "now" {
		t.Errorf("a fresh login begins at now, not at %q", m.Content)
	}
}

func TestAPushLoginMakesNewNamesAfterAConfirmation(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, LaxCookies: true})
	s.Group("大群", s.Person("小明"))
	first, file := loggedIn(t, s)
	before := groupName(t, first)
	first.quit(t)
	s.Logout(1100)
	s.Push(true)
	c := newClient(t, s)
	if err := c.PushLogin(storage(t, file)); err != nil {
		t.Fatal(err)
	}
	if s.Logins() != 2 || groupName(t, c) == before {
		t.Errorf("%d logins; names must be new", s.Logins())
	}
	s.RefusePush(true)
	if err := newClient(t, s).PushLogin(storage(t, file)); err == nil {
		t.Error("a refused push login succeeded")
	}
}

func TestALostAnswerMakesTheClientPostAgain(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	c := newClient(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "hi")
	fault := s.Fault(wechattest.Fault{Path: "webwxsendmsg", Kind: wechattest.LostAnswer, Times: 2})
	if _, err := c.next(t).ReplyText("once"); err != nil {
		t.Fatal(err)
	}
	sent := s.SentTo(g)
	if len(sent) != 3 || sent[0].ClientMsgID != sent[2].ClientMsgID || sent[0].MsgID == sent[2].MsgID || fault.Hits() != 2 {
		t.Errorf("sent %+v after %d faults", sent, fault.Hits())
	}
}

func TestASyncAnswerWithoutAKeyKillsTheClient(t *testing.T) {
	if os.Getenv("WECHATTEST_DIE") != "" {
		s := newServer(t, wechattest.Options{AutoScan: true})
		s.Fault(wechattest.Fault{Path: "webwxsync", Kind: wechattest.NoSyncKey})
		if err := newClient(t, s).Login(); err != nil {
			t.Skip(err)
		}
		time.Sleep(10 * time.Second) // the panic is in a goroutine of the client
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestASyncAnswerWithoutAKeyKillsTheClient$")
	cmd.Env = append(os.Environ(), "WECHATTEST_DIE=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nil pointer dereference") || !strings.Contains(string(out), "syncMessage") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheEndOfASessionIsToldByItsRetcode(t *testing.T) {
	for _, code := range []int{1100, 1101, 1102} {
		s := newServer(t, wechattest.Options{AutoScan: true})
		c := newClient(t, s)
		if err := c.Login(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the long poll waits", func() bool { return len(s.Requests().To("synccheck")) > 0 })
		s.Logout(code)
		<-c.Context().Done()
		if err := c.CrashReason(); !errors.Is(err, openwechat.Ret(code)) {
			t.Errorf("%d: the client ended with %v", code, err)
		}
		if _, err := c.Caller.WebWxGetContact(t.Context(), c.Storage.LoginInfo); !errors.Is(err, openwechat.Ret(1101)) {
			t.Errorf("%d: everything else is answered %v", code, err)
		}
	}
}

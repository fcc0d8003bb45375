package wechattest_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// client is an unmodified openwechat bot that talks to a server.
type client struct {
	*openwechat.Bot
	heard  chan *openwechat.Message
	cancel context.CancelFunc
}

// quit ends the client and waits until it is gone. Its own Exit takes away what its goroutine is using.
func (c *client) quit(t *testing.T) {
	t.Helper()
	c.cancel()
	eventually(t, "the client's loop ends", func() bool { return !strings.Contains(stacks(), "runMessageLoop") })
}

// stacks are the stacks of all goroutines.
func stacks() string {
	b := make([]byte, 1<<20)
	return string(b[:runtime.Stack(b, true)])
}

func newClient(t *testing.T, s *wechattest.Server) *client {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	b := openwechat.NewBot(ctx)
	openwechat.Desktop.Prepare(b)
	b.Caller.Client.HTTPClient().Transport = s.Transport()
	c := &client{Bot: b, heard: make(chan *openwechat.Message, 10_000), cancel: cancel}
	b.MessageHandler = func(m *openwechat.Message) {
		if m.MsgType != 51 {
			c.heard <- m
		}
	}
	b.MessageErrorHandler = func(err error) error {
		if ctx.Err() != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond) // the client itself has no back-off
		return fatal(err)
	}
	t.Cleanup(cancel)
	return c
}

// fatal keeps what ends a session, as openwechat's own handler does.
func fatal(err error) error {
	for _, ret := range []openwechat.Ret{1100, 1101, 1102} {
		if strings.Contains(err.Error(), ret.Error()) {
			return err
		}
	}
	return nil
}

func (c *client) next(t *testing.T) *openwechat.Message {
	t.Helper()
	select {
	case m := <-c.heard:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("nothing heard within 10 s")
		return nil
	}
}

func newServer(t *testing.T, opt wechattest.Options) *wechattest.Server {
	t.Helper()
	s := wechattest.New(opt)
	t.Cleanup(s.Close)
	return s
}

func TestTheClientLogsInByScan(t *testing.T) {
	s := newServer(t, wechattest.Options{LoginHold: 30 * time.Millisecond})
	c := newClient(t, s)
	var codes []string
	c.UUIDCallback = func(uuid string) {
		if s.QRCode() != uuid {
			t.Errorf("the QR code that waits is %q, the client shows %q", s.QRCode(), uuid)
		}
		go func() {
			for len(s.Requests().To("login")) < 2 {
				time.Sleep(time.Millisecond)
			}
			s.ScanOnly()
			for len(s.Requests().To("login")) < 4 {
				time.Sleep(time.Millisecond)
			}
			s.Confirm()
		}()
	}
	c.ScanCallBack = func(r openwechat.CheckLoginResponse) {
		code, _ := r.Code()
		face, err := r.Avatar()
		codes = append(codes, fmt.Sprintf("%s %t %v", code, face != "", err))
	}
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	if len(codes) == 0 || codes[0] != "已扫码 true <nil>" {
		t.Errorf("scan callbacks %v", codes)
	}
	if s.Session() != 1 {
		t.Errorf("session %d", s.Session())
	}
}

func TestAGroupMessageIsHeardAndAnswered(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明😄")
	g := s.Group("大群", s.Person("老王"), ming)
	c := newClient(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "签到 & <b>")
	m := c.next(t)
	if m.Content != "签到 & <b>" {
		t.Errorf("content %q", m.Content)
	}
	who, err := m.SenderInGroup()
	if err != nil {
		t.Fatal(err)
	}
	if who.NickName != "小明😄" {
		t.Errorf("sender %q", who.NickName)
	}
	if _, err := m.ReplyText("签到成功"); err != nil {
		t.Fatal(err)
	}
	sent := s.SentTo(g)
	if len(sent) != 1 || sent[0].Text != "签到成功" || sent[0].Session != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestAScanIsToldBeforeItsConfirmation(t *testing.T) {
	s := newServer(t, wechattest.Options{})
	s.Scan() // the next code
	c := newClient(t, s)
	scans := 0
	c.ScanCallBack = func(openwechat.CheckLoginResponse) { scans++ }
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	if polls := len(s.Requests().To("login")); scans != 1 || polls != 2 {
		t.Errorf("201 came %d times in %d polls", scans, polls)
	}
}

func TestAScanDoesNotConfirmAPushLogin(t *testing.T) {
	s := newServer(t, wechattest.Options{LoginHold: time.Millisecond, AutoScan: true, LaxCookies: true})
	first, file := loggedIn(t, s)
	first.quit(t)
	s.Push(false)
	pushed := make(chan error, 1)
	c := newClient(t, s)
	go func() { pushed <- c.PushLogin(storage(t, file)) }()
	polls := len(s.Requests().To("login"))
	eventually(t, "the push login polls", func() bool { return len(s.Requests().To("login")) > polls+2 })
	s.Scan()
	polls = len(s.Requests().To("login"))
	eventually(t, "it polls on", func() bool { return len(s.Requests().To("login")) > polls+2 })
	if s.Logins() != 1 {
		t.Error("a scan confirmed a push login")
	}
	s.Push(true)
	if err := <-pushed; err != nil || s.Logins() != 2 {
		t.Errorf("%d logins, %v", s.Logins(), err)
	}
}

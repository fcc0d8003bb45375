package wechattest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// inGroup is a logged-in client that has heard a message in a group.
func inGroup(t *testing.T, s *wechattest.Server, prepare ...func(*client)) (*client, *wechattest.Group, *openwechat.Message) {
	t.Helper()
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	c := newClient(t, s)
	for _, p := range prepare {
		p(c)
	}
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "hi")
	return c, g, c.next(t)
}

func TestPicturesArriveWholeAndCanBeTakenBack(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	s := newServer(t, wechattest.Options{AutoScan: true, Now: func() time.Time { return now }})
	_, g, m := inGroup(t, s)
	small := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)
	large := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 1_300_000)...)
	rand.Read(large[8:])
	for _, picture := range [][]byte{small, large} {
		sent, err := m.ReplyImage(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		got := s.SentTo(g)
		if last := got[len(got)-1]; !bytes.Equal(last.Picture, picture) || last.Kind != "webwxsendmsgimg" || last.MsgID != sent.MsgId {
			t.Errorf("a picture of %d bytes arrived with %d by %s", len(picture), len(last.Picture), last.Kind)
		}
	}
	if n := len(s.Requests().To("webwxuploadmedia")); n != 4 {
		t.Errorf("%d chunks", n)
	}
	sent, err := m.ReplyText("never mind")
	if err != nil {
		t.Fatal(err)
	}
	revoke := func() error {
		return m.Bot().Caller.WebWxRevokeMsg(t.Context(), sent, m.Bot().Storage.Request)
	}
	if err := revoke(); err != nil {
		t.Fatal(err)
	}
	if got := s.Revoked(); len(got) != 1 || got[0].Text != "never mind" {
		t.Errorf("revoked %+v", got)
	}
	now = now.Add(3 * time.Minute)
	if err := revoke(); err == nil {
		t.Error("a message was taken back after three minutes")
	}
}

// damaging is a network that changes a byte of every upload.
type damaging struct{ http.RoundTripper }

func (d damaging) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "webwxuploadmedia") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(body, []byte("....picture"), []byte("....pixture"), 1)))
	}
	return d.RoundTripper.RoundTrip(r)
}

func TestADamagedUploadIsRefused(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	_, g, m := inGroup(t, s, func(c *client) {
		h := c.Caller.Client.HTTPClient()
		h.Transport = damaging{h.Transport}
	})
	if _, err := m.ReplyImage(strings.NewReader("\x89PNG\r\n\x1a\n....picture")); !errors.Is(err, openwechat.Ret(1)) {
		t.Errorf("upload: %v", err)
	}
	if sent := s.SentTo(g); len(sent) != 0 {
		t.Errorf("sent %+v", sent)
	}
}

func TestLargeFilesAreAskedForBefore(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	_, g, m := inGroup(t, s)
	file := bytes.Repeat([]byte("0123456789abcdef"), 26<<20/16)
	for range 2 {
		if _, err := m.ReplyFile(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	sent := s.SentTo(g)
	if len(sent) != 2 || !bytes.Equal(sent[1].Picture, file) || sent[1].Kind != "webwxsendappmsg" {
		t.Errorf("%d sent", len(sent))
	}
	if n := len(s.Requests().To("webwxuploadmedia")); n != 52 {
		t.Errorf("%d chunks: the second time the server knows the file", n)
	}
}

func TestNamesOfNobodyAreRefused(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	c, g, m := inGroup(t, s)
	stranger := s.Person("路人")
	send := func(to string) error {
		_, err := c.Caller.WebWxSendMsg(t.Context(), &openwechat.CallerWebWxSendMsgOptions{
			LoginInfo: c.Storage.LoginInfo, BaseRequest: c.Storage.Request,
			Message: openwechat.NewTextSendMessage("hi", c.Storage.Response.User.UserName, to),
		})
		return err
	}
	stranger.Whisper("psst")
	for _, to := range []string{"@@0123", "", c.next(t).FromUserName} {
		if err := send(to); !errors.Is(err, openwechat.Ret(1)) {
			t.Errorf("to %q: %v", to, err)
		}
	}
	if err := send("filehelper"); err != nil || !s.Sent()[0].FileHelper {
		t.Errorf("file helper: %v", err)
	}
	g.RemoveBot(g.Members()[0])
	if err := send(m.FromUserName); !errors.Is(err, openwechat.Ret(1)) {
		t.Errorf("to a group without the bot: %v", err)
	}
}

func TestASendCanFailInAllWays(t *testing.T) {
	for _, tc := range []struct {
		fault wechattest.Fault
		taken int // how often the message is there afterwards
	}{
		{wechattest.Fault{Kind: wechattest.Ret(1205)}, 0},
		{wechattest.Fault{Kind: wechattest.Ret(1205), Taken: true}, 1},
		{wechattest.Fault{Kind: wechattest.Status502}, 0},
		{wechattest.Fault{Kind: wechattest.Malformed}, 0},
		{wechattest.Fault{Kind: wechattest.Malformed, Taken: true}, 1},
		{wechattest.Fault{Kind: wechattest.EmptyBody, Taken: true}, 1},
		{wechattest.Fault{Kind: wechattest.HTMLPage}, 0},
		{wechattest.Fault{Kind: wechattest.Redirect}, 0},
		{wechattest.Fault{Kind: wechattest.Truncated}, 1},
		{wechattest.Fault{Kind: wechattest.Reset}, 0},
		{wechattest.Fault{Kind: wechattest.LostAnswer}, 1},
		{wechattest.Fault{Kind: wechattest.Slow(300 * time.Millisecond)}, 0}, // the client has gone meanwhile
		{wechattest.Fault{Kind: wechattest.Slow(300 * time.Millisecond), Taken: true}, 1},
	} {
		s := newServer(t, wechattest.Options{AutoScan: true})
		c, g, m := inGroup(t, s, func(c *client) { c.Caller.Client.MaxRetryTimes = 1 })
		patience := 30 * time.Second
		if strings.HasPrefix(string(tc.fault.Kind), "slow") {
			patience = 50 * time.Millisecond
		}
		tc.fault.Path, tc.fault.Times = "webwxsendmsg", 1
		s.Fault(tc.fault)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err := c.Caller.WebWxSendMsg(ctx, &openwechat.CallerWebWxSendMsgOptions{
			LoginInfo: c.Storage.LoginInfo, BaseRequest: c.Storage.Request,
			Message: openwechat.NewTextSendMessage("hello", m.ToUserName, m.FromUserName),
		})
		cancel()
		if err == nil {
			t.Errorf("%s: the client noticed nothing", tc.fault.Kind)
		}
		if got := len(s.SentTo(g)); got != tc.taken {
			t.Errorf("%s: there %d times, want %d", tc.fault.Kind, got, tc.taken)
		}
		if got := s.Requests().To("webwxsendmsg"); len(got) != 1 || got[0].Fault != tc.fault.Kind {
			t.Errorf("%s: requests %+v", tc.fault.Kind, got)
		}
	}
}

func TestFaultsStrikeWhenAndAsOftenAsPlanned(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	_, g, m := inGroup(t, s)
	s.Fault(wechattest.Fault{Path: "webwxsendmsg", Kind: wechattest.Ret(1205), After: 1, Times: 2})
	var failed []bool
	for range 5 {
		_, err := m.ReplyText("hello")
		failed = append(failed, err != nil)
	}
	if !slices.Equal(failed, []bool{false, true, true, false, false}) {
		t.Errorf("failed %v", failed)
	}
	all := s.Fault(wechattest.Fault{Kind: wechattest.Status502})
	if _, err := m.ReplyText("hello"); err == nil {
		t.Error("a fault of any path spared this one")
	}
	all.Clear()
	if _, err := m.ReplyText("hello"); err != nil {
		t.Error(err)
	}
	if n := len(s.SentTo(g)); n != 4 {
		t.Errorf("%d sent", n)
	}
	defer func() {
		if recover() == nil {
			t.Error("a kind that does not exist was planned")
		}
	}()
	s.Fault(wechattest.Fault{Kind: "slow as a snail"})
}

func TestTheClientSpinsWhenTheLongPollFails(t *testing.T) {
	for _, kind := range []wechattest.Kind{
		wechattest.Status502, wechattest.Reset, wechattest.EmptyBody, wechattest.HTMLPage, wechattest.Malformed, wechattest.LostAnswer,
	} {
		s := newServer(t, wechattest.Options{AutoScan: true})
		c := newClient(t, s)
		c.MessageErrorHandler = func(error) error { return nil }
		fault := s.Fault(wechattest.Fault{Path: "synccheck", Kind: kind})
		if err := c.Login(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the client spins", func() bool { return s.Requests().To("synccheck").MaxPerSecond() > 50 })
		fault.Clear()
		c.cancel()
	}
}

func TestTooManyLongPollsEndTheSession(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, FloodLimit: 20, Hold: time.Nanosecond})
	c := newClient(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	<-c.Context().Done()
	if !errors.Is(c.CrashReason(), openwechat.Ret(1102)) {
		t.Errorf("ended with %v", c.CrashReason())
	}
}

func TestWaitingForWhatIsSentEnds(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	_, g, m := inGroup(t, s)
	go m.ReplyText("hello")
	sent, err := s.WaitSent(t.Context(), 1)
	if err != nil || sent[0].Group != g {
		t.Errorf("%+v, %v", sent, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := s.WaitSent(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited: %v", err)
	}
}

func TestFriendRequestsAreAcceptedAndRemarksForgotten(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	ming := s.Person(`小明<"&>`)
	c := newClient(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	ming.AskFriend(`我是"小明"`)
	m := c.next(t)
	content, err := m.FriendAddMessageContent()
	if !m.IsFriendAdd() || m.RecommendInfo.Content != `我是"小明"` || m.RecommendInfo.Ticket == "" {
		t.Errorf("request %+v", m.RecommendInfo)
	}
	if err == nil && content.Content != `我是"小明"` {
		t.Errorf("content %q", content.Content)
	}
	friend, err := m.Agree()
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Accepted(); len(got) != 1 || got[0] != ming || !ming.IsFriend() {
		t.Errorf("accepted %v", got)
	}
	if hello := c.next(t); !hello.IsSystem() || !strings.Contains(hello.Content, "现在可以开始聊天了") {
		t.Errorf("greeting %q", hello.Content)
	}
	if err := friend.SetRemarkName("m7"); err != nil {
		t.Fatal(err)
	}
	remark := func(c *client) string {
		members, err := c.Caller.WebWxGetContact(t.Context(), c.Storage.LoginInfo)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range members {
			if m.RemarkName != "" {
				return m.RemarkName
			}
		}
		return ""
	}
	if got := remark(c); got != "m7" {
		t.Errorf("remark %q", got)
	}
	again := newClient(t, s)
	if err := again.Login(); err != nil {
		t.Fatal(err)
	}
	if got := remark(again); got != "" {
		t.Errorf("a remark from the web survived the login: %q", got)
	}
	ming.SetRemark("m8")
	if got := remark(again); got != "m8" {
		t.Errorf("remark from the phone %q", got)
	}
}

func TestAnotherAccountTakesThePlaceOfABarredOne(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	ming := s.Person("小明", wechattest.Attr{Remark: "m7"})
	g := s.Group("大群", ming)
	first := newReader(t, s)
	g.Say(ming, "for the old account")
	s.ReplaceBot("新助手")
	if c := first.check(t); c.RetCode != "1102" {
		t.Errorf("the old account is told %+v", c)
	}
	second := newReader(t, s)
	second.key = first.key
	g.Say(ming, "for the new one")
	if got := contents(second.advance(t)); !slices.Equal(got, []string{"for the new one"}) {
		t.Errorf("heard %q", got)
	}
	if first.Storage.LoginInfo.WxUin == second.Storage.LoginInfo.WxUin || ming.IsFriend() || ming.Remark() != "" {
		t.Error("the new account must know nobody")
	}
}

func TestALoginCanBeRefused(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	s.RefuseLogin(1203)
	if err := newClient(t, s).Login(); err == nil || !strings.Contains(err.Error(), "登录环境异常") {
		t.Errorf("refused with %v", err)
	}
	slow := newServer(t, wechattest.Options{})
	c := newClient(t, slow)
	c.UUIDCallback = func(string) { slow.ExpireQR() }
	if err := c.Login(); !errors.Is(err, openwechat.ErrLoginTimeout) {
		t.Errorf("expired with %v", err)
	}
}

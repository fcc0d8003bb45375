package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// chatOf is what the running session calls the one group of the world.
func (p *play) chatOf() bot.Route {
	p.t.Helper()
	for _, e := range p.sink.all() {
		if e.Kind == bot.MembersSeen {
			return bot.Route{Transport: wechat.Name, Chat: e.Chat}
		}
	}
	p.t.Fatal("no group was seen")
	return bot.Route{}
}

func talking(t *testing.T, o wechattest.Options, change ...func(*wechat.Options)) (*wechattest.Server, *play, bot.Route) {
	t.Helper()
	o.AutoScan = true
	s := serve(t, o)
	s.Group("大群", s.Person("小明"))
	p := run(t, s, t.TempDir(), newSink(), change...).up()
	return s, p, p.chatOf()
}

// drawing is a picture of more than two pieces of an upload.
func drawing(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 600, 600))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(r.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTextAndPictureReachTheGroup(t *testing.T) {
	s, p, to := talking(t, wechattest.Options{})
	picture := drawing(t)
	receipt, err := p.Send(t.Context(), bot.Outgoing{Route: to, Text: "签到成功 <b>&", Picture: picture})
	if err != nil {
		t.Fatal(err)
	}
	sent := s.Sent()
	if len(sent) != 2 || !bytes.Equal(sent[0].Picture, picture) || sent[1].Text != "签到成功 <b>&" {
		t.Fatalf("sent %d things", len(sent))
	}
	if want := sent[1].MsgID + "/" + sent[1].ClientMsgID + "/" + string(to.Chat); receipt.ID != want {
		t.Errorf("receipt %q, want %q", receipt.ID, want)
	}
	if strings.Contains(sent[0].FileName, "/") {
		t.Errorf("the picture tells a path of ours: %q", sent[0].FileName)
	}
}

func TestAPictureCanBeSentAfterARestart(t *testing.T) {
	s, p, _ := talking(t, wechattest.Options{})
	p.stop()
	p = run(t, s, p.dir, newSink()).up()
	if _, err := p.Send(t.Context(), bot.Outgoing{Route: p.chatOf(), Picture: drawing(t)}); err != nil {
		t.Fatal(err)
	}
	if s.Logins() != 1 || len(s.Sent()) != 1 {
		t.Errorf("%d logins, %d sent", s.Logins(), len(s.Sent()))
	}
}

// anyNumber is where it does not matter how much was taken.
const anyNumber = -1

func TestWhatAnErrorOfASendMeans(t *testing.T) {
	for name, c := range map[string]struct {
		fault wechattest.Fault
		want  error
		taken int
	}{
		"an answer that was lost leaves it open":         {wechattest.Fault{Kind: wechattest.LostAnswer}, bot.ErrUnknown, 1},
		"a broken connection leaves it open":             {wechattest.Fault{Kind: wechattest.Reset}, bot.ErrUnknown, 0},
		"a gateway's error leaves it open":               {wechattest.Fault{Kind: wechattest.Status502}, bot.ErrUnknown, 0},
		"a gateway's error after it was taken":           {wechattest.Fault{Kind: wechattest.Status502, Taken: true}, bot.ErrUnknown, 1},
		"an answer that makes no sense leaves it open":   {wechattest.Fault{Kind: wechattest.Malformed, Taken: true}, bot.ErrUnknown, 1},
		"half an answer leaves it open":                  {wechattest.Fault{Kind: wechattest.Truncated}, bot.ErrUnknown, 1},
		"an empty answer leaves it open":                 {wechattest.Fault{Kind: wechattest.EmptyBody, Taken: true}, bot.ErrUnknown, 1},
		"an answer that points elsewhere leaves it open": {wechattest.Fault{Kind: wechattest.Redirect}, bot.ErrUnknown, 0},
		"a page of a proxy leaves it open":               {wechattest.Fault{Kind: wechattest.HTMLPage}, bot.ErrUnknown, 0},
		"a wrong parameter is final":                     {wechattest.Fault{Kind: wechattest.Ret(1)}, bot.ErrRejected, 0},
		"an error of the service is final":               {wechattest.Fault{Kind: wechattest.Ret(-1)}, bot.ErrRejected, 0},
		"an answer to itself is final":                   {wechattest.Fault{Kind: wechattest.Ret(1204)}, bot.ErrRejected, 0},
		"a session that ended is down":                   {wechattest.Fault{Kind: wechattest.Ret(1101)}, bot.ErrDown, 0},
		"a slow answer is an answer":                     {wechattest.Fault{Kind: wechattest.Slow(100 * time.Millisecond)}, nil, 1},
		"an answer that is too slow leaves it open":      {wechattest.Fault{Kind: wechattest.Slow(4 * time.Second)}, bot.ErrUnknown, anyNumber},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p, to := talking(t, wechattest.Options{})
			c.fault.Path, c.fault.Times = "webwxsendmsg", 1
			s.Fault(c.fault)
			_, err := p.Send(t.Context(), bot.Outgoing{Route: to, Text: "一"})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			soon(t, "what was taken to be shown", func() bool { return c.taken == anyNumber || len(s.Sent()) == c.taken })
			if n := len(s.Requests().To("webwxsendmsg")); n != 1 {
				t.Errorf("posted %d times", n)
			}
		})
	}
}

func TestNothingListensMeansDown(t *testing.T) {
	s, p, to := talking(t, wechattest.Options{})
	s.Down()
	(&http.Client{Transport: s.Transport()}).CloseIdleConnections() // on one of those, the words may have left
	if _, err := p.Send(t.Context(), bot.Outgoing{Route: to, Text: "一"}); !errors.Is(err, bot.ErrDown) {
		t.Errorf("got %v", err)
	}
	s.Up()
	soon(t, "the words to be taken", func() bool {
		_, err := p.Send(t.Context(), bot.Outgoing{Route: to, Text: "二"})
		return err == nil
	})
	if sent := s.Sent(); len(sent) != 1 {
		t.Errorf("sent %d", len(sent))
	}
}

func TestAPartThatWasSaidIsNeverSaidAgain(t *testing.T) {
	s, p, to := talking(t, wechattest.Options{})
	s.Fault(wechattest.Fault{Path: "webwxsendmsg", Kind: wechattest.Ret(1205), After: 1})
	_, err := p.Send(t.Context(), bot.Outgoing{Route: to, Text: long(3)})
	if !errors.Is(err, bot.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if n := len(s.Requests().To("webwxsendmsg")); n != 2 {
		t.Errorf("posted %d parts", n)
	}
}

func TestTooOftenMakesItSilentLongerAndLonger(t *testing.T) {
	t.Parallel()
	s, p, to := talking(t, wechattest.Options{}, func(o *wechat.Options) {
		o.Pace = &bot.Pace{Pauses: []time.Duration{time.Second, 2 * time.Second}}
	})
	s.Fault(wechattest.Fault{Path: "webwxsendmsg", Kind: wechattest.Ret(1205), Times: 3})
	say := func() error {
		_, err := p.Send(t.Context(), bot.Outgoing{Route: to, Text: "一"})
		return err
	}
	for i, pause := range []time.Duration{time.Second, 2 * time.Second, 2 * time.Second} {
		began := time.Now()
		var limited *bot.LimitedError
		if err := say(); !errors.As(err, &limited) {
			t.Fatalf("got %v", err)
		}
		if wait := limited.Until.Sub(began); wait < pause || wait > pause+900*time.Millisecond {
			t.Errorf("pause %d is %s", i+1, wait)
		}
		if err := say(); !errors.As(err, &limited) {
			t.Errorf("in the pause: %v", err)
		}
		soon(t, "the end of the pause", func() bool { return time.Now().After(limited.Until) })
	}
	if err := say(); err != nil {
		t.Error(err)
	}
	if n := len(s.Requests().To("webwxsendmsg")); n != 4 {
		t.Errorf("posted %d times", n)
	}
	if began, over := p.rang("limited"); began != 1 || over != 1 {
		t.Errorf("limited rang %d, ended %d", began, over)
	}
}

func TestAnUploadThatFailsHasSaidNothing(t *testing.T) {
	for kind, want := range map[wechattest.Kind]error{
		wechattest.LostAnswer: bot.ErrDown, wechattest.Status502: bot.ErrDown, wechattest.Malformed: bot.ErrDown, wechattest.Ret(1): bot.ErrRejected,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, p, to := talking(t, wechattest.Options{})
			s.Fault(wechattest.Fault{Path: "webwxuploadmedia", Kind: kind, Times: 1})
			if _, err := p.Send(t.Context(), bot.Outgoing{Route: to, Picture: drawing(t)}); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
			if n := len(s.Sent()); n != 0 {
				t.Errorf("sent %d", n)
			}
			if _, err := p.Send(t.Context(), bot.Outgoing{Route: to, Picture: drawing(t)}); err != nil || len(s.Sent()) != 1 {
				t.Errorf("the next try: %v, sent %d", err, len(s.Sent()))
			}
		})
	}
}

func TestAPictureThatFailsForEverIsGivenUp(t *testing.T) {
	s, p, to := talking(t, wechattest.Options{})
	s.Fault(wechattest.Fault{Path: "webwxuploadmedia", Kind: wechattest.Malformed})
	var err error
	tries := 0
	for ; tries < 20 && !errors.Is(err, bot.ErrRejected); tries++ {
		_, err = p.Send(t.Context(), bot.Outgoing{ID: 7, Route: to, Picture: drawing(t)})
	}
	if tries != 5 {
		t.Errorf("given up after %d tries: %v", tries, err)
	}
}

func TestNamesOfAnEarlierLoginAreNotWrittenTo(t *testing.T) {
	s, p, to := talking(t, wechattest.Options{})
	p.stop()
	s.Logout(1101)
	p = run(t, s, p.dir, newSink()).up()
	if _, err := p.Send(t.Context(), bot.Outgoing{Route: to, Text: "一"}); !errors.Is(err, bot.ErrDown) {
		t.Errorf("got %v", err)
	}
	if n := len(s.Requests().To("webwxsendmsg")); n != 0 {
		t.Errorf("posted %d times", n)
	}
}

func TestSpeakingAndHearingAtOnce(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, Batch: 2, CookiesAtSync: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	p := run(t, s, t.TempDir(), newSink()).up()
	to := p.chatOf()
	const each = 25
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range each {
			g.Say(ming, fmt.Sprintf("第%d句", i))
		}
	})
	for i := range 2 {
		wait.Go(func() {
			for range each {
				if _, err := p.Send(t.Context(), bot.Outgoing{ID: int64(i), Route: to, Text: "好"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	p.sink.hears(t, fmt.Sprintf("第%d句", each-1))
	if n := len(s.Sent()); n != 2*each {
		t.Errorf("sent %d", n)
	}
	if texts := p.sink.texts(); len(texts) != each {
		t.Errorf("heard %d", len(texts))
	}
}

func TestWhatWasBegunIsFinishedWhenTheProgramStops(t *testing.T) {
	s, p, to := talking(t, wechattest.Options{})
	s.Fault(wechattest.Fault{Path: "webwxsendmsg", Kind: wechattest.Slow(300 * time.Millisecond)})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := p.Send(ctx, bot.Outgoing{Route: to, Text: "一"})
		done <- err
	}()
	soon(t, "the post", func() bool { return len(s.Requests().To("webwxsendmsg")) == 1 })
	began := time.Now()
	cancel()
	p.stop()
	if err := <-done; err != nil {
		t.Errorf("what was posted is %v", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAFriendRequestIsAccepted(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	hong := s.Person("小红")
	p := run(t, s, t.TempDir(), newSink()).up()
	hong.AskFriend("我是大群的小红")
	var asked bot.Event
	p.sink.until(t, "the request", func(events []bot.Event) bool {
		for _, e := range events {
			if e.Kind == bot.FriendAsked {
				asked = e
			}
		}
		return asked.Ref != ""
	})
	if _, err := p.Send(t.Context(), bot.Outgoing{Action: bot.AcceptFriend, Token: asked.Ref}); err != nil {
		t.Fatal(err)
	}
	if got := s.Accepted(); len(got) != 1 || got[0] != hong {
		t.Errorf("accepted %d", len(got))
	}
	soon(t, "that the friend can be written to", func() bool {
		_, err := p.Send(t.Context(), bot.Outgoing{Route: bot.Route{User: asked.From.User}, Text: "你好"})
		return err == nil
	})
	if _, err := p.Send(t.Context(), bot.Outgoing{Action: bot.AcceptFriend, Token: "nonsense"}); !errors.Is(err, bot.ErrRejected) {
		t.Errorf("nonsense is %v", err)
	}
}

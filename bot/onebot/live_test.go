package onebot_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// TestNothingIsLostByCuts talks while the connection is cut 50 times, for a moment or for longer, and the transport is
// begun anew 5 times. Whatever was said meanwhile is heard once.
func TestNothingIsLostByCuts(t *testing.T) {
	for _, way := range []string{"reverse", "forward"} {
		t.Run(way, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			rnd := rand.New(rand.NewPCG(seed, seed))
			w := onebottest.New(onebottest.Options{Beat: 50 * time.Millisecond})
			people := []*onebottest.Person{w.Person("小明"), w.Person("小红"), w.Person("小刚")}
			groups := []*onebottest.Group{w.Group("大群", people...), w.Group("小群", people...), w.Group("别的", people...)}
			o := onebot.Options{Dir: t.TempDir()}
			if way == "forward" {
				o.Dial = []string{w.Listen()}
			}
			b := setUp(t, o, w)
			b.notes.wait(t, bot.MembersSeen, 3)
			const messages, cuts, starts = 3000, 50, 5
			for i := range messages {
				groups[rnd.IntN(3)].Say(people[rnd.IntN(3)], fmt.Sprintf("第 %d 句", i))
				if i%(messages/cuts) == messages/cuts-1 {
					w.Kill()
				}
				if i%(messages/starts) == messages/starts-1 {
					b.stop()
					var worlds []*onebottest.World
					if way == "reverse" {
						w.Down() // it would dial an address that is gone
						w.Up()
						worlds = append(worlds, w)
					}
					for range 20 {
						groups[rnd.IntN(3)].Say(people[rnd.IntN(3)], fmt.Sprintf("ohne %d", i))
					}
					b.start(o, worlds...)
				}
				if rnd.IntN(40) == 0 {
					time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond)
				}
			}
			want := messages + starts*20
			b.notes.wait(t, bot.Message, want)
			time.Sleep(50 * time.Millisecond)
			if n := len(b.notes.all(bot.Message)); n != want {
				t.Errorf("%d messages, want %d", n, want)
			}
			t.Logf("%d events came again", b.notes.again)
		})
	}
}

// TestWithoutHistoryOnlyTheGapIsLost goes on where an implementation can't tell what was said.
func TestWithoutHistoryOnlyTheGapIsLost(t *testing.T) {
	w := onebottest.New(onebottest.Options{NoHistory: true})
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	b := setUp(t, onebot.Options{}, w)
	g.Say(ming, "一")
	b.notes.wait(t, bot.Message, 1)
	w.Down()
	b.until("away", func() bool { return len(b.tr.Status().Accounts) == 0 })
	g.Say(ming, "没人听见")
	w.Up()
	b.until("back", w.Connected)
	g.Say(ming, "二")
	if ev := b.notes.wait(t, bot.Message, 2); ev.Text != "二" {
		t.Errorf("heard %q", ev.Text)
	}
	if !strings.Contains(b.log.String(), "can't be had in full") {
		t.Error("nobody is told of the gap")
	}
}

// TestAGapIsAskedForAgain does not get the history at once: the connection is cut while it is asked for, or nothing is
// answered; what is said meanwhile does not hide the gap, also from another process.
func TestAGapIsAskedForAgain(t *testing.T) {
	for _, trouble := range []onebottest.Trouble{onebottest.CutBefore, onebottest.Deaf} {
		for _, action := range []string{"get_group_msg_history", "get_group_list"} {
			for _, restart := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %t", trouble, action, restart), func(t *testing.T) {
					var ahead atomic.Int64
					now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
					w := onebottest.New(onebottest.Options{Now: now})
					ming := w.Person("小明")
					g := w.Group("大群", ming)
					timing := hasty()
					timing.Answer = 100 * time.Millisecond
					o := onebot.Options{Dir: t.TempDir(), Timing: timing, Now: now}
					b := setUp(t, o, w)
					g.Say(ming, "一")
					b.notes.wait(t, bot.Message, 1)
					w.Down()
					b.until("away", func() bool { return len(b.tr.Status().Accounts) == 0 })
					g.Say(ming, "没人听见")
					ahead.Store(int64(time.Minute)) // far more than is asked for again in any case
					w.Fault(onebottest.Fault{Trouble: trouble, Action: action, Times: 3})
					asked := w.Asked(action)
					w.Up()
					b.until("asked", func() bool { return w.Asked(action) > asked && w.Connected() })
					g.Say(ming, "三")
					if restart {
						b.until("heard", func() bool {
							list := b.notes.all(bot.Message)
							return list[len(list)-1].Text == "三"
						})
						b.stop()
						w.Down()
						w.Up()
						b.start(o, w)
					}
					b.until("all heard", func() bool { return len(b.notes.all(bot.Message)) == 3 })
				})
			}
		}
	}
}

// TestFriendsAreHeardLater hears what friends said in private while nobody was connected.
func TestFriendsAreHeardLater(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming := w.Person("小明")
	w.Befriend(ming)
	g := w.Group("大群", ming)
	b := setUp(t, onebot.Options{}, w)
	g.Say(ming, "一")
	b.notes.wait(t, bot.Message, 1)
	w.Down()
	b.until("away", func() bool { return len(b.tr.Status().Accounts) == 0 })
	ming.Whisper("积分")
	w.Up()
	if ev := b.notes.wait(t, bot.Message, 2); ev.Text != "积分" || !ev.Private || !ev.Backlog || string(ev.From.User) != ming.ID() {
		t.Errorf("heard %+v", ev)
	}
	ming.Whisper("再来")
	b.notes.wait(t, bot.Message, 3)
	if n := b.notes.again; n > 2 {
		t.Errorf("%d events came again", n)
	}
}

func TestTheBacklogIsMarked(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	b := setUp(t, onebot.Options{}, w)
	g.Say(ming, "一")
	b.notes.wait(t, bot.Message, 1)
	w.Down()
	for i := range 120 { // more than is asked for at first
		g.Say(ming, fmt.Sprint(i))
	}
	w.Up()
	last := b.notes.wait(t, bot.Message, 121)
	if last.Text != "119" || !last.Backlog {
		t.Errorf("the last of the backlog: %+v", last)
	}
	g.Say(ming, "二")
	if ev := b.notes.wait(t, bot.Message, 122); ev.Backlog || ev.Text != "二" {
		t.Errorf("after it: %+v", ev)
	}
	for i, ev := range b.notes.all(bot.Message)[1:121] {
		if ev.Text != fmt.Sprint(i) {
			t.Fatalf("the %d. is %q", i, ev.Text)
		}
	}
}

// TestTheDeadAreFound ends connections on which nothing comes any more.
func TestTheDeadAreFound(t *testing.T) {
	w := onebottest.New(onebottest.Options{Beat: 100 * time.Millisecond})
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	timing := hasty()
	b := setUp(t, onebot.Options{Timing: timing}, w)
	b.notes.wait(t, bot.SessionUp, 1)
	time.Sleep(250 * time.Millisecond) // two heartbeats
	w.Fault(onebottest.Fault{Trouble: onebottest.Silent, Times: 20})
	b.until("noticed", func() bool { return strings.Contains(b.log.String(), "nothing was heard") })
	b.until("back", func() bool { return len(b.tr.Status().Accounts) == 1 })
	g.Say(ming, "还在吗")
	b.notes.wait(t, bot.Message, 1)
	if n := len(b.notes.all(bot.SessionDown)); n != 0 {
		t.Errorf("a moment away is told %d times as a lost login", n)
	}
	w.Down()
	b.notes.wait(t, bot.SessionDown, 1)
	if s := b.tr.Status(); s.State != onebot.Down {
		t.Errorf("status %+v", s)
	}
	w.Up()
	b.notes.wait(t, bot.SessionUp, 2)
}

// TestOnlyWhoHasTheTokenIsLetIn, in both directions.
func TestOnlyWhoHasTheTokenIsLetIn(t *testing.T) {
	b := setUp(t, onebot.Options{Token: "right"})
	var url string
	b.until("listening", func() bool { _, url, _ = strings.Cut(b.log.String(), "url="); return strings.HasSuffix(url, "\n") })
	url = strings.TrimSpace(url)
	for _, token := range []string{"", "falsch", "right2", "Right"} {
		w := onebottest.New(onebottest.Options{Token: token})
		w.Connect(url)
		b.until("refused", func() bool { return w.Refused() > 1 })
		if w.Connected() {
			t.Errorf("%q was let in", token)
		}
		w.Close()
	}
	for header, want := range map[string]int{"": 401, "Bearer falsch": 403, "right": 426, "Token right": 426, "bearer right": 426} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http"+strings.TrimPrefix(url, "ws"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%q: %d, want %d", header, resp.StatusCode, want)
		}
	}
	if strings.Contains(b.log.String(), "falsch") || strings.Contains(b.log.String(), "right2") {
		t.Error("a token is in the log")
	}

	w := onebottest.New(onebottest.Options{Token: "right"})
	refused := setUp(t, onebot.Options{Token: "wrong", Dial: []string{w.Listen()}})
	refused.until("told", func() bool { return strings.Contains(refused.log.String(), "refuses our access token") })
	w.Close()

	for _, o := range []onebot.Options{{}, {Listen: "x"}, {Listen: "0.0.0.0:0"}, {Dial: []string{"http://x"}}, {Dial: []string{"ws://u:p@x/"}}, {Dial: []string{"ws://x/?access_token=1"}}} {
		tr, err := onebot.New(o)
		if err == nil {
			err = tr.Run(t.Context(), newNotebook())
		}
		if err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// TestSeveralAccounts hears each group once, also when the account that heard it is gone, and speaks with one that is
// there.
func TestSeveralAccounts(t *testing.T) {
	a, c := onebottest.New(onebottest.Options{Self: 10_000}), onebottest.New(onebottest.Options{Self: 10_001})
	ming, ming2 := a.Person("小明"), c.Person("小明") // of the same number
	if ming.ID() != ming2.ID() {
		t.Fatalf("%s and %s", ming.ID(), ming2.ID())
	}
	ga, gc := a.Group("大群", ming), c.Group("大群", ming2)
	b := setUp(t, onebot.Options{}, a, c)
	b.notes.wait(t, bot.MembersSeen, 1)
	say := func(text string) {
		ga.Say(ming, text)
		gc.Say(ming2, text)
	}
	for i := range 50 {
		say(fmt.Sprint(i))
	}
	b.notes.wait(t, bot.Message, 50)
	if _, err := b.send(inGroup(ga, "你好")); err != nil {
		t.Error(err)
	}
	first := a
	if len(a.Sent()) == 0 {
		first = c
	}
	first.Down()
	b.until("one left", func() bool { return len(b.tr.Status().Accounts) == 1 })
	for i := range 50 {
		say(fmt.Sprint(100 + i))
	}
	b.notes.wait(t, bot.Message, 100)
	if _, err := b.send(inGroup(ga, "还在")); err != nil {
		t.Error(err)
	}
	first.Up()
	b.until("both", func() bool { return len(b.tr.Status().Accounts) == 2 })
	say("最后")
	b.notes.wait(t, bot.Message, 101)
	time.Sleep(100 * time.Millisecond)
	if n := len(b.notes.all(bot.Message)); n != 101 {
		t.Errorf("%d messages, want 101", n)
	}
	if n := len(a.Sent()) + len(c.Sent()); n != 2 {
		t.Errorf("%d things were said, want 2", n)
	}
}

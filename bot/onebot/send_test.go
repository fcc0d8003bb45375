package onebot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

func TestWordsArrive(t *testing.T) {
	for name, o := range manners() {
		t.Run(name, func(t *testing.T) {
			w := onebottest.New(o)
			ming, hong, lan := w.Person("小明"), w.Person("小红"), w.Person("小兰")
			w.Befriend(ming)
			g := w.Group("大群", ming, hong)
			w.Group("别的群", lan)
			b := setUp(t, onebot.Options{Token: o.Token, QuoteAnswers: true}, w)
			b.notes.wait(t, bot.MembersSeen, 2)
			asked := g.Say(hong, "签到")
			ev := b.notes.wait(t, bot.Message, 1)

			answer := inGroup(g, "签到成功，@小红！[CQ:at,qq=all] 恭喜 @小明")
			answer.Event, answer.Priority = ev.ID, bot.Answer
			answer.Mentions = []bot.Person{{User: bot.UserID(hong.ID()), Name: "小红"}, {User: bot.UserID(ming.ID()), Name: "小明"}, {User: bot.UserID(lan.ID()), Name: "小兰"}}
			receipt, err := b.send(answer)
			if err != nil {
				t.Fatal(err)
			}
			s := w.Sent()[0]
			want := fmt.Sprintf("@%s 签到成功，@%s！[CQ:at,qq=all] 恭喜 @%s", lan.ID(), hong.ID(), ming.ID())
			if s.Text != want || s.Quotes != asked.ID() || s.Group != g.ID() || !slices.Equal(s.Mentions, []string{lan.ID(), hong.ID(), ming.ID()}) {
				t.Errorf("sent %+v, want %q", s, want)
			}
			if receipt.ID != b.w.Bot().ID()+"/"+s.ID || receipt.At.IsZero() {
				t.Errorf("receipt %+v", receipt)
			}
			picture := bytes.Repeat([]byte("png"), 100_000)
			o := inGroup(g, "看图")
			o.Picture = picture
			if _, err := b.send(o); err != nil {
				t.Error(err)
			}
			if s = w.Sent()[1]; !bytes.Equal(s.Picture, picture) || s.Text != "看图" || s.Quotes != "" {
				t.Errorf("a picture of %d bytes with %q", len(s.Picture), s.Text)
			}
			for _, c := range []struct {
				to      *onebottest.Person
				through string
			}{{ming, ""}, {hong, g.ID()}} {
				if _, err := b.send(toPerson(c.to, "你好")); err != nil {
					t.Errorf("to %s: %v", c.to.Nick(), err)
				} else if s := w.Sent(); s[len(s)-1].User != c.to.ID() || s[len(s)-1].Through != c.through {
					t.Errorf("to %s: %+v", c.to.Nick(), s[len(s)-1])
				}
			}
			if _, err := b.send(bot.Outgoing{Action: bot.TakeBack, Token: receipt.ID, Route: answer.Route}); err != nil || !w.Sent()[0].Recalled {
				t.Errorf("taken back: %v", err)
			}
		})
	}
}

func TestLongTextsAreCut(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	g := w.Group("大群", w.Person("小明"))
	b := setUp(t, onebot.Options{}, w)
	b.notes.wait(t, bot.MembersSeen, 1)
	line := strings.Repeat("字", 999) + "。"
	if _, err := b.send(inGroup(g, strings.Repeat(line, 5))); err != nil {
		t.Fatal(err)
	}
	sent := w.Sent()
	if len(sent) != 2 || sent[0].Text != strings.Repeat(line, 3) || sent[1].Text != strings.Repeat(line, 2) {
		t.Errorf("%d messages", len(sent))
	}
	if _, err := b.send(inGroup(g, strings.Repeat(line, 10))); err != nil {
		t.Fatal(err)
	}
	if sent = w.Sent(); len(sent) != 3 || strings.Join(sent[2].Nodes, "") != strings.Repeat(line, 10) {
		t.Errorf("%d messages, forwarded: %d", len(sent), len(sent[2].Nodes))
	}

	plain := onebottest.New(onebottest.Options{NoForward: true})
	g = plain.Group("大群", plain.Person("小明"))
	b = setUp(t, onebot.Options{}, plain)
	b.notes.wait(t, bot.MembersSeen, 1)
	if _, err := b.send(inGroup(g, strings.Repeat(line, 10))); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, s := range plain.Sent() {
		if utf8.RuneCountInString(s.Text) > 4500 {
			t.Error("a message is too long")
		}
		all += s.Text
	}
	if all != strings.Repeat(line, 10) {
		t.Error("a long text is not whole where nothing can be forwarded")
	}
}

// TestEveryOutcomeIsTold makes each thing go wrong that can, and looks whether it is said that it did.
func TestEveryOutcomeIsTold(t *testing.T) {
	var limited *bot.LimitedError
	is := func(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }
	for _, c := range []struct {
		name  string
		fault onebottest.Fault
		want  func(error) bool
		said  int
	}{
		{"never heard", onebottest.Fault{Trouble: onebottest.Deaf}, is(bot.ErrUnknown), 0},
		{"cut before", onebottest.Fault{Trouble: onebottest.CutBefore}, is(bot.ErrUnknown), 0},
		{"done and not answered", onebottest.Fault{Trouble: onebottest.Mute}, is(bot.ErrUnknown), 1},
		{"done and cut", onebottest.Fault{Trouble: onebottest.CutAfter}, is(bot.ErrUnknown), 1},
		{"answered too late", onebottest.Fault{Trouble: onebottest.Late, Wait: 1500 * time.Millisecond}, is(bot.ErrUnknown), 1},
		{"answered late", onebottest.Fault{Trouble: onebottest.Late, Wait: 200 * time.Millisecond}, is(nil), 1},
		{"too many", onebottest.Fault{Trouble: onebottest.Slower}, func(err error) bool { return errors.As(err, &limited) && time.Until(limited.Until) > time.Minute }, 0},
		{"refused", onebottest.Fault{Trouble: onebottest.Refuse}, is(bot.ErrRejected), 0},
		{"said to have timed out", onebottest.Fault{Trouble: onebottest.TimedOut}, is(bot.ErrUnknown), 1},
		{"answered to somebody else", onebottest.Fault{Trouble: onebottest.WrongEcho}, is(bot.ErrUnknown), 1},
		{"answered twice", onebottest.Fault{Trouble: onebottest.Twice}, is(nil), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := onebottest.New(onebottest.Options{})
			g := w.Group("大群", w.Person("小明"))
			b := setUp(t, onebot.Options{}, w)
			b.notes.wait(t, bot.MembersSeen, 1)
			c.fault.Action, c.fault.Times = "send_group_msg", 1
			w.Fault(c.fault)
			if _, err := b.send(inGroup(g, "你好")); !c.want(err) {
				t.Errorf("the error is %v", err)
			}
			time.Sleep(10 * time.Millisecond)
			if n := len(w.Sent()); n != c.said {
				t.Errorf("it was said %d times, want %d", n, c.said)
			}
			if c.fault.Trouble == onebottest.Slower {
				w.ClearFaults()
				if _, err := b.send(inGroup(g, "再来")); !errors.As(err, &limited) || w.Asked("send_group_msg") != 1 {
					t.Errorf("it is not slower: %v", err)
				}
			}
		})
	}
}

func TestWhatCannotBeSaidIsRejected(t *testing.T) {
	w := onebottest.New(onebottest.Options{NoStrangers: true})
	ming, far := w.Person("小明"), w.Person("远方的人")
	g := w.Group("大群", ming)
	b := setUp(t, onebot.Options{}, w)
	b.notes.wait(t, bot.MembersSeen, 1)
	b.until("all read", func() bool {
		_, err := b.send(toPerson(far, "hi"))
		return !errors.Is(err, bot.ErrDown)
	})
	big := inGroup(g, "")
	big.Picture = make([]byte, 17<<20)
	for name, o := range map[string]bot.Outgoing{
		"nothing":          inGroup(g, " \u200b "),
		"nobody":           {Text: "hi"},
		"a big picture":    big,
		"a stranger":       toPerson(far, "hi"),
		"a closed session": toPerson(ming, "hi"),
		"no token":         {Action: bot.TakeBack, Token: "x", Route: bot.Route{Chat: "1"}},
		"an invitation":    {Action: bot.InviteToGroup, Route: bot.Route{Chat: "1"}},
		"an unknown group": {Text: "hi", Route: bot.Route{Chat: "1"}},
	} {
		if _, err := b.send(o); !errors.Is(err, bot.ErrRejected) {
			t.Errorf("%s: %v", name, err)
		}
	}
	g.Mute(true)
	if _, err := b.send(inGroup(g, "hi")); !errors.Is(err, bot.ErrRejected) || !strings.Contains(err.Error(), "禁言") {
		t.Errorf("muted: %v", err)
	}
	w.Down()
	b.until("away", func() bool { return len(b.tr.Status().Accounts) == 0 })
	if _, err := b.send(inGroup(g, "hi")); !errors.Is(err, bot.ErrDown) {
		t.Errorf("nobody is connected: %v", err)
	}
	if n := len(w.Sent()); n != 0 {
		t.Errorf("%d things were said", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.tr.Send(ctx, inGroup(g, "hi")); !errors.Is(err, bot.ErrDown) {
		t.Errorf("too late: %v", err)
	}
}

package onebot_test

import (
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// TestConformance is what every transport promises, in each manner of implementations.
func TestConformance(t *testing.T) {
	for name, o := range manners() {
		t.Run(name, func(t *testing.T) {
			bottest.Conform(t, func(t *testing.T) bottest.Side { return side(t, o, false) })
		})
	}
	t.Run("dialled", func(t *testing.T) {
		bottest.Conform(t, func(t *testing.T) bottest.Side { return side(t, onebottest.Options{Token: "secret"}, true) })
	})
}

// side is a transport in front of a world: dialled tells that the transport dials the world, and not the other way round.
func side(t *testing.T, o onebottest.Options, dialled bool) bottest.Side {
	t.Helper()
	w := onebottest.New(o)
	t.Cleanup(w.Close)
	ming, hong := w.Person("小明"), w.Person("小红")
	g := w.Group("大群", ming, hong)
	options := onebot.Options{Token: o.Token, Dir: t.TempDir(), Timing: hasty(), QuoteAnswers: true, Pace: &bot.Pace{}, Log: slog.New(slog.DiscardHandler)}
	line := &bottest.Line{Down: w.Down, Up: w.Up}
	if dialled {
		options.Dial, line.Tried = []string{w.Listen()}, w.Refused
	} else {
		var connect sync.Once // the world dials again by itself
		options.Listen = freePort(t)
		options.Listening = func(url string) { connect.Do(func() { w.Connect(url) }) }
	}
	var before int // of the run that asks
	open := func() bot.Transport {
		before = w.Asked("get_group_member_list")
		tr, err := onebot.New(options)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	var first *onebottest.Message
	return bottest.Side{
		Transport: open(),
		Ready:     func() bool { return w.Connected() && w.Asked("get_group_member_list") > before },
		Say: func(text string) {
			if m := g.Say(ming, text); first == nil {
				first = m
			}
		},
		Address: func(text string) {
			g.Send(ming, onebottest.At(w.Bot()), onebottest.Text(" "+text+" "), onebottest.At(hong))
		},
		Answer: func(text string) { g.Send(ming, onebottest.Reply(first), onebottest.Text(text)) },
		Cut:    w.Kill,
		Line:   line,
		Again:  open,
		Said: func() (list []bottest.Words) {
			for _, s := range w.Sent() {
				words := bottest.Words{Text: s.Text + strings.Join(s.Nodes, ""), Picture: len(s.Picture) > 0}
				for _, user := range s.Mentions {
					words.Mentions = append(words.Mentions, bot.UserID(user))
				}
				if first != nil && s.Quotes == first.ID() {
					words.Quotes = "开始"
				}
				list = append(list, words)
			}
			return list
		},
	}
}

// freePort is an address that nobody listens at.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

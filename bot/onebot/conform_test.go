package onebot_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// TestConformance is what every transport promises, in each manner of implementations.
func TestConformance(t *testing.T) {
	for name, o := range manners() {
		t.Run(name, func(t *testing.T) {
			bottest.Conform(t, func(t *testing.T) bottest.Side { return side(t, o) })
		})
	}
}

func side(t *testing.T, o onebottest.Options) bottest.Side {
	t.Helper()
	w := onebottest.New(o)
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	listening := make(chan string, 1)
	tr, err := onebot.New(onebot.Options{
		Listen: "127.0.0.1:0", Token: o.Token, Dir: t.TempDir(), Timing: hasty(), Pace: &bot.Pace{}, Log: slog.New(slog.DiscardHandler),
		Listening: func(url string) { listening <- url },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return bottest.Side{
		Transport: tr,
		Begin: func() {
			w.Connect(<-listening)
			for !w.Connected() || w.Asked("get_group_member_list") == 0 {
				time.Sleep(time.Millisecond)
			}
		},
		Say: func(text string) { g.Say(ming, text) },
		Cut: w.Kill,
		Said: func() (list []bottest.Words) {
			for _, s := range w.Sent() {
				list = append(list, bottest.Words{Text: s.Text + strings.Join(s.Nodes, ""), Picture: len(s.Picture) > 0})
			}
			return list
		},
	}
}

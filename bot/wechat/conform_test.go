package wechat_test

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// TestConformance is what every transport promises.
func TestConformance(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Side {
		s := serve(t, wechattest.Options{AutoScan: true, AutoPush: true})
		ming, hong := s.Person("小明", wechattest.Attr{Friend: true}), s.Person("小红")
		group := s.Group("大群", ming, hong)
		out, dir, base, first := &lockedBuffer{}, t.TempDir(), &counted{RoundTripper: s.Transport()}, ""
		var tr *wechat.Transport
		open := func() bot.Transport {
			var err error
			tr, err = wechat.New(wechat.Options{Dir: dir, Out: out, Log: slog.New(slog.NewTextHandler(out, nil)), Base: base, Timing: quick()})
			if err != nil {
				t.Fatal(err)
			}
			return tr
		}
		t.Cleanup(func() {
			if t.Failed() {
				t.Log(out)
			}
		})
		return bottest.Side{
			Transport: open(),
			Again:     open,
			Ready:     func() bool { return tr.Status().State == wechat.Up },
			Say: func(text string) {
				if first == "" {
					first = text
				}
				group.Say(ming, text)
			},
			Address: func(text string) { group.Say(ming, "@积分助手\u2005"+text+" @小红\u2005") },
			Answer:  func(text string) { group.Quote(ming, ming, first, text) },
			Line:    &bottest.Line{Down: s.Down, Up: s.Up, Tried: base.count},
			Cut: func() {
				s.Down()
				time.Sleep(20 * time.Millisecond)
				s.Up()
			},
			Said: func() (list []bottest.Words) {
				for _, m := range s.SentTo(group) {
					list = append(list, bottest.Words{Text: m.Text, Picture: len(m.Picture) > 0})
				}
				return list
			},
		}
	})
}

// counted counts the requests that the transport makes.
type counted struct {
	http.RoundTripper
	n atomic.Int64
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

func (c *counted) count() int { return int(c.n.Load()) }

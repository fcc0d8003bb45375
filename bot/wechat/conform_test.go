package wechat_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// TestConformance is what every transport promises.
func TestConformance(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Side {
		s := serve(t, wechattest.Options{AutoScan: true, AutoPush: true})
		ming := s.Person("小明", wechattest.Attr{Friend: true})
		group := s.Group("大群", ming)
		out := &lockedBuffer{}
		tr, err := wechat.New(wechat.Options{Dir: t.TempDir(), Out: out, Log: slog.New(slog.NewTextHandler(out, nil)), Base: s.Transport(), Timing: quick()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if t.Failed() {
				t.Log(out)
			}
		})
		return bottest.Side{
			Transport: tr,
			Begin: func() {
				for limit := time.Now().Add(10 * time.Second); tr.Status().State != wechat.Up; time.Sleep(time.Millisecond) {
					if time.Now().After(limit) {
						t.Fatal("not logged in")
					}
				}
			},
			Say: func(text string) { group.Say(ming, text) },
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

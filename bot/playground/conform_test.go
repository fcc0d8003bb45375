package playground_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/playground"
)

// TestConformance is what every transport promises. Nothing lies between the page and the playground that could be cut;
// what can't be stored is said again by whoever said it.
func TestConformance(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Side {
		s := &stage{t: t, clock: &toyClock{now: time.Date(2026, 11, 2, 1, 30, 0, 0, time.UTC)}}
		s.p = playground.New(options(s.clock))
		s.srv = httptest.NewServer(s.p.Handler())
		t.Cleanup(s.srv.Close)
		says := func(message map[string]any) {
			for limit := time.Now().Add(10 * time.Second); ; {
				status, answer := s.post("say", message)
				if status == http.StatusOK {
					return
				} else if time.Now().After(limit) {
					t.Fatalf("say: %d %v", status, answer)
				}
			}
		}
		return bottest.Side{
			Transport: s.p,
			Ready: func() bool {
				status, _ := s.post("join", map[string]any{"room": "g:none", "as": "u1"})
				return status == http.StatusNotFound
			},
			Say: func(text string) { says(say(text, nil)) },
			Address: func(text string) {
				says(say("@围炉 "+text+" @小红", map[string]any{"mentions": []string{"playground-bot", "u2"}}))
			},
			Answer: func(text string) { says(say(text, map[string]any{"quote": s.lines("g:main")[0]["id"]})) },
			Said: func() (list []bottest.Words) {
				for _, l := range s.lines("g:main") {
					if l["bot"] == true {
						text, _ := l["text"].(string)
						list = append(list, bottest.Words{Text: strings.TrimSpace(text), Picture: l["picture"] != nil && l["picture"] != ""})
					}
				}
				return list
			},
		}
	})
}

var _ bot.Capable = (*playground.Playground)(nil)

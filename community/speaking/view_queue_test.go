package speaking_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/speaking"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestTheQueueShowsWhatWaitsAndWhoPaused(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			at := time.Date(2026, 5, 4, 4, 0, 0, 0, time.UTC)
			var parts *communitytest.Parts
			world, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				parts = p
				return []bot.Feature{alarm(), speaking.New(p.Community, bot.NewPacing(p.DB, p.Community.Calendar.Zone()))}
			})(t.Context(), nil, at)
			if err != nil {
				t.Fatal(err)
			}
			boss := bot.Person{User: "u1", Name: "老王\u202e", Stable: true}
			if err := world.Appoint(t.Context(), boss, bot.Owner, at); err != nil {
				t.Fatal(err)
			}
			read := func() bot.Page {
				p, err := parts.Engine.View(t.Context(), "speaking.queue", bot.Query{At: at, Actor: bot.Actor{Role: bot.Manager, Language: "zh"}})
				if err != nil {
					t.Fatal(err)
				}
				return p
			}
			if text := read().Text("zh", 20); !strings.Contains(text, "在排队：0\n") || !strings.Contains(text, "暂停中：否") {
				t.Errorf("at first: %s", text)
			}
			for i, text := range []string{"暂停", "帮助"} {
				if err := parts.Engine.Deliver(t.Context(), []bot.Event{{ID: text, Kind: bot.Message, Form: bot.Text, Text: text, At: at.Add(time.Duration(i) * time.Second), SeenAt: at,
					Transport: "transcript", Chat: "c1", ChatName: "大群", From: boss}}); err != nil {
					t.Fatal(err)
				}
			}
			at = at.Add(time.Minute)
			p := read()
			text := p.Text("zh", 20)
			for _, want := range []string{"老王 在 12:00 按了暂停", "在排队：2", "暂停中：是", "· 大群 · 在排队 2 · 2026-05-04 12:00", "· 回答 · 在排队 1"} {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			if _, err := parts.Engine.View(t.Context(), "speaking.queue", bot.Query{At: at, Actor: bot.Actor{Role: bot.Moderator}}); !errors.Is(err, bot.ErrNoView) {
				t.Errorf("a moderator reads it: %v", err)
			}
		})
	}
}

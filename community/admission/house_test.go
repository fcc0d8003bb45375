package admission_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// nine is a morning.
var nine = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

// house is a community with a screening group, in which people can't be written to in private until they are friends.
type house struct {
	*communitytest.Parts
	transcript.World
	t   *testing.T
	now time.Time
	n   int
}

// onEach runs a test on each kind of database.
func onEach(t *testing.T, settings map[string]string, test func(t *testing.T, h *house)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			h := &house{t: t, now: nine}
			all := map[string]string{"admission.enabled": "true", "admission.screening": "预备群", "admission.core": "核心群", "admission.questions": "[你最喜欢什么？]"}
			for k, v := range settings {
				all[k] = v
			}
			build := communitytest.BuildIn(dbtest.Open(t, dialect, nil), func(p *communitytest.Parts) []bot.Feature {
				h.Parts = p
				return assemble(p)
			})
			var err error
			if h.World, err = build(t.Context(), all, nine); err != nil {
				t.Fatal(err)
			}
			h.hear(bot.Event{Kind: bot.SessionUp, From: bot.Person{User: "me", Name: "围炉", Self: true}})
			h.tells("王", "核心群", "大家好")
			h.do(h.Engine.Do(t.Context(), func(ctx context.Context) error { return h.Community.Appoint(ctx, h.id("王"), bot.Manager) }))
			test(t, h)
		})
	}
}

func (h *house) do(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// hear delivers an event a second after the last one.
func (h *house) hear(ev bot.Event) string {
	h.t.Helper()
	h.n++
	h.now = h.now.Add(time.Second)
	ev.Transport, ev.Session, ev.At, ev.SeenAt = "wx", "s1", h.now, h.now
	if ev.ID == "" {
		ev.ID = fmt.Sprintf("e%d", h.n)
	}
	h.do(h.World.Deliver(h.t.Context(), []bot.Event{ev}))
	return ev.ID
}

// person is the manager, whose id is the same for ever, or somebody whose id is of this login.
func (h *house) person(name string) bot.Person {
	return bot.Person{User: bot.UserID("u" + name), Name: name, Stable: name == "王", Attr: name}
}

func (h *house) id(name string) (id community.MemberID) {
	h.t.Helper()
	h.do(h.DB.Conn(h.t.Context()).Raw(`SELECT member_id FROM bindings WHERE user_id = ?`, "u"+name).Row().Scan(&id))
	return id
}

// in is an event of somebody in a group; an empty one is private.
func (h *house) in(kind bot.Kind, name, group string) bot.Event {
	ev := bot.Event{Kind: kind, From: h.person(name), Chat: bot.ChatID(group), ChatName: group, BotName: "围炉"}
	if group == "" {
		ev.Private, ev.From.Friend = true, true
	}
	return ev
}

func (h *house) tells(name, group, text string) string {
	h.t.Helper()
	ev := h.in(bot.Message, name, group)
	ev.Form, ev.Text = bot.Text, text
	return h.hear(ev)
}

func (h *house) joins(name, group string) { h.hear(h.in(bot.Joined, name, group)) }

func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.now = h.now.Add(d)
	h.do(h.World.Advance(h.t.Context(), h.now))
}

// words is all that was said to a group, or else in private, newest last.
func (h *house) words(group bool) []string {
	h.t.Helper()
	where := `group_id = ''`
	if group {
		where = `group_id <> ''`
	}
	var list []string
	h.do(h.DB.Conn(h.t.Context()).Raw(`SELECT text FROM outbox WHERE ` + where + ` AND state <> 'withheld' ORDER BY id`).Scan(&list).Error)
	return list
}

// lastly tells whether the last word to a group, or else in private, holds a text.
func (h *house) lastly(group bool, text string) {
	h.t.Helper()
	list := h.words(group)
	if len(list) == 0 || !strings.Contains(list[len(list)-1], text) {
		h.t.Errorf("nothing of %q in the last of %q", text, list)
	}
}

func (h *house) never(group bool, text string) {
	h.t.Helper()
	if i := slices.IndexFunc(h.words(group), func(s string) bool { return strings.Contains(s, text) }); i >= 0 {
		h.t.Errorf("said: %q", h.words(group)[i])
	}
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	h.do(h.DB.Conn(h.t.Context()).Raw(query, args...).Row().Scan(&n))
	return n
}

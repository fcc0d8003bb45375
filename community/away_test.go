package community_test

import (
	"errors"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

// self is the bot's own account.
func (w *chatApp) self() bot.Person { return bot.Person{User: "@self", Name: "小助手", Self: true} }

// inRoom is an event in a room.
func (w *chatApp) inRoom(kind bot.Kind, r *room, from bot.Person) bot.Event {
	ev := w.event(kind)
	ev.Chat, ev.ChatName, ev.BotName, ev.From = w.chat(r), r.name, r.bot, from
	return ev
}

func TestTheBotIsNoMember(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		h := people(5, "p")
		r := w.room("甲群", "小助手·G1", h...)
		w.login()
		before, messages := w.count(`SELECT COUNT(*) FROM members`), w.count(`SELECT COUNT(*) FROM messages`)
		self := w.self()
		tapped, joined, mention := w.inRoom(bot.Tapped, r, w.person(h[0], r)), w.inRoom(bot.Joined, r, w.person(h[1], r)), w.said(h[2], r, "@小助手·G1 待认领 @小助手·G1")
		tapped.Mentions, joined.By, mention.Mentions = []bot.Person{self}, &self, []bot.Person{self}
		typed := w.inRoom(bot.Message, r, self) // on the bot's phone
		typed.Form, typed.Text, typed.Len = bot.Text, "帮助", 2
		target := w.said(h[0], r, "任命 @小助手·G1 管理员")
		target.Mentions = []bot.Person{self}
		w.appoint(w.bond(h[0]).MemberID, bot.Owner)
		w.hear(tapped, joined, mention, typed, w.inRoom(bot.Recalled, r, self), w.inRoom(bot.Renamed, r, self), w.inRoom(bot.Tapped, r, self), target,
			w.inRoom(bot.Joined, r, self))
		if n := w.count(`SELECT COUNT(*) FROM members`); n != before {
			t.Errorf("%d members were made", n-before)
		}
		if n := w.count(`SELECT COUNT(*) FROM messages`) - messages; n != 2 {
			t.Errorf("%d messages counted, want those of two people", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE text LIKE '%我能帮你做%'`); n > 0 {
			t.Error("the bot answered itself")
		}
		if n := w.count(`SELECT COUNT(*) FROM passages WHERE by_member <> ''`); n > 0 {
			t.Error("somebody was brought by the bot")
		}
	})
}

func TestAGroupWaitsForTheBotToComeBack(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		h := people(6, "p")
		r := w.room("甲群", "小助手·G1", h...)
		w.login()
		id, members := w.group(r), w.count(`SELECT COUNT(*) FROM members`)
		resolve := func() error { return w.Community.Resolve(t.Context(), &bot.Outgoing{Group: id}) }
		removed := func() bot.Event {
			ev, by := w.inRoom(bot.Left, r, w.self()), w.person(h[0], r)
			ev.By = &by
			return ev
		}
		w.hear(removed())
		if err := resolve(); !errors.Is(err, bot.ErrUnbound) {
			t.Errorf("words do not wait: %v", err)
		}
		w.open(w.DB) // after a restart too
		if err := resolve(); !errors.Is(err, bot.ErrUnbound) {
			t.Errorf("words do not wait: %v", err)
		}
		if n := w.count(`SELECT COUNT(*) FROM groups WHERE adopted`); n != 1 {
			t.Error("the group is no longer enabled")
		}
		if n := w.count(`SELECT COUNT(*) FROM stays WHERE left_at = 0`); n != len(h) {
			t.Errorf("%d people are in the group, want all", n)
		}
		w.hear(w.list(r))
		if err := resolve(); err != nil || w.group(r) != id {
			t.Errorf("back: %v, in %s", err, w.group(r))
		}
		w.hear(removed(), w.said(h[1], r, "欢迎回来"))
		if err := resolve(); err != nil || w.group(r) != id {
			t.Errorf("back by a message: %v, in %s", err, w.group(r))
		}
		w.hear(removed())
		w.login() // a new login has it in another chat
		if err := resolve(); err != nil || w.group(r) != id {
			t.Errorf("after a login: %v, in %s", err, w.group(r))
		}
		unknown := w.inRoom(bot.Left, r, w.self())
		unknown.Chat = "@@never"
		w.hear(unknown)
		if g, m := w.count(`SELECT COUNT(*) FROM groups`), w.count(`SELECT COUNT(*) FROM members`); g != 1 || m != members {
			t.Errorf("%d groups and %d members, want 1 and %d", g, m, members)
		}
	})
}

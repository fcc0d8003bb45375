package community_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// chatApp is an app whose ids are new at each login, as the community hears of it, with who everybody really is.
type chatApp struct {
	*communitytest.Parts
	transcript.World
	t       testing.TB
	now     time.Time
	n       int
	logins  int
	account string
	rooms   []*room
	also    func(*communitytest.Parts) []bot.Feature // beside the community itself
}

// room is a chat with its name, what the bot is called in it, and who is in it.
type room struct {
	name, bot string
	people    []*human
	display   map[*human]string
	unsaved   bool // its list is not told at the login
}

// human is somebody real; user and chat ids are made of key and login.
type human struct {
	key, nick, remark, attr, avatar string

	friend bool
}

func newChatApp(t testing.TB, dialect string, adjust ...func(*community.Options)) *chatApp {
	t.Helper()
	w := &chatApp{t: t, now: noonUTC, account: "uin1"}
	w.open(dbtest.Open(t, dialect, nil), adjust...)
	return w
}

// open starts a process on the data.
func (w *chatApp) open(db *database.DB, adjust ...func(*community.Options)) {
	w.t.Helper()
	world, err := communitytest.BuildIn(db, func(p *communitytest.Parts) []bot.Feature {
		w.Parts = p
		if w.also != nil {
			return w.also(p)
		}
		return nil
	}, adjust...)(w.t.Context(), nil, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	w.World = world
}

func (w *chatApp) appoint(member string, role bot.Role) {
	w.t.Helper()
	if err := w.DB.Tx(w.t.Context(), func(ctx context.Context) error {
		return w.Community.Appoint(ctx, community.MemberID(member), role)
	}); err != nil {
		w.t.Fatal(err)
	}
}

// mayEnable tells whether a manager's command works for somebody.
func (w *chatApp) mayEnable(h *human, r *room) bool {
	w.t.Helper()
	adopted := func() int { return w.count(`SELECT COUNT(*) FROM groups WHERE id = ? AND adopted`, w.group(r)) }
	if adopted() != 1 {
		w.t.Fatal("the group is not enabled")
	}
	w.hear(w.said(h, r, "停用"))
	worked := adopted() == 0
	w.hear(w.said(h, r, "启用"))
	return worked
}

func (w *chatApp) room(name, bot string, people ...*human) *room {
	r := &room{name: name, bot: bot, people: people, display: map[*human]string{}}
	w.rooms = append(w.rooms, r)
	return r
}

func people(n int, prefix string) []*human {
	list := make([]*human, n)
	for i := range list {
		list[i] = &human{key: fmt.Sprintf("%s%d", prefix, i), nick: fmt.Sprintf("%s名%d", prefix, i), attr: "a"}
	}
	return list
}

func (w *chatApp) session() string { return fmt.Sprintf("login-%d", w.logins) }

func (w *chatApp) user(h *human) bot.UserID {
	return bot.UserID(fmt.Sprintf("@%d-%s", w.logins, h.key))
}

func (w *chatApp) chat(r *room) bot.ChatID {
	return bot.ChatID(fmt.Sprintf("@@%d-%d", w.logins, slices.Index(w.rooms, r)))
}

func (w *chatApp) event(kind bot.Kind) bot.Event {
	w.n++
	w.now = w.now.Add(time.Second)
	return bot.Event{ID: fmt.Sprintf("app/%d", w.n), Kind: kind, At: w.now, SeenAt: w.now, Transport: "app", Session: w.session()}
}

func (w *chatApp) person(h *human, r *room) bot.Person {
	p := bot.Person{User: w.user(h), Name: h.nick, Remark: h.remark, Attr: h.attr, Avatar: h.avatar, Friend: h.friend}
	if r != nil {
		p.Display = r.display[h]
	}
	return p
}

// list is the whole list of a room.
func (w *chatApp) list(r *room) bot.Event {
	ev := w.event(bot.MembersSeen)
	ev.Chat, ev.ChatName, ev.BotName = w.chat(r), r.name, r.bot
	ev.Members = []bot.Person{{User: "@self", Name: "小助手", Display: r.bot, Self: true}}
	for _, h := range r.people {
		ev.Members = append(ev.Members, w.person(h, r))
	}
	return ev
}

// said is a message.
func (w *chatApp) said(h *human, r *room, text string) bot.Event {
	ev := w.event(bot.Message)
	ev.Form, ev.Text, ev.From = bot.Text, text, w.person(h, r)
	if r == nil {
		ev.Private = true
		return ev
	}
	ev.Chat, ev.ChatName, ev.BotName = w.chat(r), r.name, r.bot
	return ev
}

// login begins a login with ids that are all new, and tells its lists; they are bound when the clock moves on.
func (w *chatApp) login() {
	w.t.Helper()
	w.announce()
	w.pass(time.Minute)
}

func (w *chatApp) announce() {
	w.t.Helper()
	w.logins++
	up := w.event(bot.SessionUp)
	up.From = bot.Person{User: "@self", Name: "小助手", Attr: w.account, Self: true}
	events := []bot.Event{up}
	for _, r := range w.rooms {
		if !r.unsaved {
			events = append(events, w.list(r))
		}
	}
	w.hear(events...)
}

func (w *chatApp) pass(d time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(d)
	if err := w.Advance(w.t.Context(), w.now); err != nil {
		w.t.Fatal(err)
	}
}

func (w *chatApp) hear(events ...bot.Event) {
	w.t.Helper()
	if err := w.Deliver(w.t.Context(), events); err != nil {
		w.t.Fatal(err)
	}
}

// bond is who somebody is in this login.
type bond struct {
	MemberID, Rule string
	Strong         bool
	Provisional    int64
}

func (w *chatApp) bond(h *human) (b bond) {
	w.t.Helper()
	if err := w.DB.Conn(context.Background()).Raw(`SELECT COALESCE(a.member_id, b.member_id) AS member_id, b.rule, b.strong, m.provisional FROM bindings b
		JOIN members m ON m.id = b.member_id LEFT JOIN aliases a ON a.alias = b.member_id
		WHERE b.transport = 'app' AND b.session = ? AND b.user_id = ?`, w.session(), string(w.user(h))).Scan(&b).Error; err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *chatApp) is(h *human, member string, rule community.Rule) {
	w.t.Helper()
	if b := w.bond(h); b.MemberID != member || b.Rule != string(rule) {
		w.t.Errorf("%s is %+v, want %s by %s", h.key, b, member, rule)
	}
}

// waits tells that somebody is a provisional member whom nobody was before.
func (w *chatApp) waits(h *human, not ...string) string {
	w.t.Helper()
	b := w.bond(h)
	if b.Rule != string(community.ByNothing) || b.Provisional == 0 || slices.Contains(not, b.MemberID) || b.Strong {
		w.t.Errorf("%s is %+v, want somebody provisional", h.key, b)
	}
	return b.MemberID
}

func (w *chatApp) group(r *room) (id string) {
	w.t.Helper()
	if err := w.DB.Conn(context.Background()).Raw(`SELECT group_id FROM chats WHERE transport = 'app' AND session = ? AND chat = ?`,
		w.session(), string(w.chat(r))).Scan(&id).Error; err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *chatApp) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.DB.Conn(context.Background()).Raw(query, args...).Scan(&n).Error; err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *chatApp) candidates(member string) (list []string) {
	w.t.Helper()
	if err := w.DB.Conn(context.Background()).Raw(`SELECT candidate_id FROM candidates WHERE member_id = ? ORDER BY candidate_id`, member).Scan(&list).Error; err != nil {
		w.t.Fatal(err)
	}
	return list
}

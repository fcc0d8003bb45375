package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// login is one login of a transport whose ids are new at each. Its lists wait for each other, because what is
// unique in one group may not be so in all of them; they are bound together when the first other event comes, or
// when no list has come for a while.
type login struct {
	transport, session string
	n                  int64
	account            string // of the bot, where the transport tells
	bound              bool   // from here on, who is new came while we watched
	past               bool   // another login has followed
	lists              []list // waiting
}

// list is who a chat's whole list of members shows, without the bot itself.
type list struct {
	chat    bot.ChatID
	name    string
	botName string
	at      time.Time
	people  []bot.Person
}

// listsSettle is how long after the last list of a login they are bound if nothing else happens.
const listsSettle = 20 * time.Second

// sessionOf is the session that a person's id belongs to; an id that stays the same for ever belongs to none.
func sessionOf(r *bot.Request, p bot.Person) string {
	if p.Stable {
		return ""
	}
	return r.Session
}

// chatSession is the session that the id of the event's chat belongs to.
func chatSession(r *bot.Request) string {
	if r.From.Stable || len(r.Members) > 0 && r.Members[0].Stable || len(r.Mentions) > 0 && r.Mentions[0].Stable {
		return ""
	}
	return r.Session
}

// follow keeps up with logins and lists. done tells that the event was about nothing else.
func (ro *Roster) follow(ctx context.Context, r *bot.Request) (done bool, err error) {
	if chatSession(r) == "" {
		return false, nil
	}
	lg, err := ro.login(ctx, r)
	if err != nil {
		return false, err
	}
	switch r.Kind {
	case bot.SessionUp, bot.SessionDown:
		return true, nil
	case bot.MembersSeen:
		return true, ro.listed(ctx, r, lg)
	}
	if len(lg.lists) > 0 {
		return false, ro.bindWaiting(ctx, r, lg)
	}
	return false, nil
}

// login is the login that the event was told in. One that was never heard of begins.
func (ro *Roster) login(ctx context.Context, r *bot.Request) (login, error) {
	lg, ok, err := ro.current(ctx, r.Transport)
	if err != nil || ok && lg.session == r.Session {
		return lg, err
	}
	var n int64
	err = ro.row(ctx, `SELECT n FROM sessions WHERE transport = ? AND session = ?`, r.Transport, r.Session).Scan(&n)
	if err == nil {
		return login{transport: r.Transport, session: r.Session, n: n, bound: true, past: true}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return login{}, fmt.Errorf("session: %w", err)
	}
	return ro.begin(ctx, r)
}

// current is the latest login of a transport; ok is false where it has none.
func (ro *Roster) current(ctx context.Context, transport string) (lg login, ok bool, err error) {
	if lg, ok := ro.logins[transport]; ok {
		return lg, true, nil
	}
	lg = login{transport: transport}
	var bound int64
	err = ro.row(ctx, `SELECT session, n, account, bound_at FROM sessions WHERE transport = ? ORDER BY n DESC LIMIT 1`, transport).
		Scan(&lg.session, &lg.n, &lg.account, &bound)
	if errors.Is(err, sql.ErrNoRows) {
		return login{}, false, nil
	}
	if err != nil {
		return login{}, false, fmt.Errorf("session: %w", err)
	}
	lg.bound = bound > 0
	remember(ctx, ro.db, ro.logins, transport, lg)
	return lg, true, ro.loadSession(ctx, lg)
}

func (ro *Roster) begin(ctx context.Context, r *bot.Request) (login, error) {
	n, err := ro.number(ctx, "session")
	if err != nil {
		return login{}, err
	}
	lg := login{transport: r.Transport, session: r.Session, n: n}
	if r.Kind == bot.SessionUp && r.From.Self {
		lg.account = r.From.Attr
	}
	if err := ro.exec(ctx, `INSERT INTO sessions (transport, session, n, account, up_at, bound_at) VALUES (?, ?, ?, ?, ?, 0)`,
		lg.transport, lg.session, lg.n, lg.account, r.At.UnixMilli()); err != nil {
		return login{}, fmt.Errorf("session: %w", err)
	}
	remember(ctx, ro.db, ro.logins, lg.transport, lg)
	ro.db.OnCommit(ctx, func() { ro.dropPast(lg) })
	return lg, nil
}

// dropPast forgets, in memory, the ids of the logins before.
func (ro *Roster) dropPast(lg login) {
	past := func(transport, session string) bool {
		return transport == lg.transport && session != "" && session != lg.session
	}
	for key := range ro.users {
		if past(key.transport, key.session) {
			delete(ro.users, key)
		}
	}
	for key := range ro.friends {
		if past(key.transport, key.session) {
			delete(ro.friends, key)
		}
	}
	for key := range ro.holders {
		if past(key.transport, key.session) {
			delete(ro.holders, key)
		}
	}
	for key := range ro.chats {
		if past(key.transport, key.session) {
			delete(ro.chats, key)
		}
	}
}

// loadSession reads all that is bound in a login, so that whoever is not in memory then is not bound.
func (ro *Roster) loadSession(ctx context.Context, lg login) error {
	var users []struct {
		UserID, MemberID, Rule string
		Strong                 bool
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT user_id, member_id, rule, strong FROM bindings WHERE transport = ? AND session = ?`,
		lg.transport, lg.session).Scan(&users).Error; err != nil {
		return fmt.Errorf("bindings of the session: %w", err)
	}
	for _, u := range users {
		ro.hold(ctx, userKey{lg.transport, lg.session, bot.UserID(u.UserID)}, binding{MemberID(u.MemberID), u.Strong, Rule(u.Rule)})
	}
	var chats []struct {
		Chat, GroupID string
		ListedAt      int64
		GoneAt        int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT chat, group_id, listed_at, gone_at FROM chats WHERE transport = ? AND session = ?`,
		lg.transport, lg.session).Scan(&chats).Error; err != nil {
		return fmt.Errorf("chats of the session: %w", err)
	}
	for _, c := range chats {
		remember(ctx, ro.db, ro.chats, chatKey{lg.transport, lg.session, bot.ChatID(c.Chat)}, tied{GroupID(c.GroupID), c.ListedAt > 0, c.GoneAt > 0})
	}
	return ro.loadFriends(ctx, lg)
}

// hold keeps in memory who a user is.
func (ro *Roster) hold(ctx context.Context, key userKey, b binding) {
	remember(ctx, ro.db, ro.users, key, b)
	if key.session != "" {
		remember(ctx, ro.db, ro.holders, holderKey{key.transport, key.session, b.member}, key.user)
	}
}

// listed hears a whole list of members.
func (ro *Roster) listed(ctx context.Context, r *bot.Request, lg login) error {
	l := list{chat: r.Chat, name: r.ChatName, botName: r.BotName, at: r.At}
	met := map[bot.UserID]bool{}
	for _, p := range r.Members {
		if p.Self && l.botName == "" {
			l.botName = p.Called()
		}
		if !p.Self && p.User != "" && !met[p.User] {
			met[p.User], l.people = true, append(l.people, p)
		}
	}
	if lg.past || r.Chat == "" || len(l.people) == 0 {
		ro.log.Warn("list of members left alone: it is empty, or of a login that is over", "transport", lg.transport, "chat", r.Chat)
		return nil
	}
	if !lg.bound {
		if !slices.ContainsFunc(lg.lists, func(w list) bool { return w.chat == l.chat }) {
			lg.lists = append(slices.Clip(lg.lists), l)
			remember(ctx, ro.db, ro.logins, lg.transport, lg)
			return r.In("community").Later(ctx, r.At.Add(listsSettle), "bind", lg.transport)
		}
		if err := ro.bindWaiting(ctx, r, lg); err != nil {
			return err
		}
		lg = ro.logins[lg.transport]
	}
	key := chatKey{lg.transport, lg.session, l.chat}
	if ro.chats[key].gone {
		if err := ro.away(ctx, r, key, false); err != nil {
			return err
		}
	}
	at, ok := ro.chats[key]
	if !ok || !at.listed {
		return ro.bindLists(ctx, r, lg, []list{l})
	}
	return ro.refresh(ctx, r, lg, at.group, l)
}

// bindWaiting binds the lists that wait, and ends the login's beginning.
func (ro *Roster) bindWaiting(ctx context.Context, r *bot.Request, lg login) error {
	lists := lg.lists
	lg.lists, lg.bound = nil, true
	remember(ctx, ro.db, ro.logins, lg.transport, lg)
	if err := ro.exec(ctx, `UPDATE sessions SET bound_at = ? WHERE transport = ? AND session = ?`,
		r.At.UnixMilli(), lg.transport, lg.session); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return ro.bindLists(ctx, r, lg, lists)
}

// bindJob binds a login's lists when nothing else has happened for a while.
func (c *Community) bindJob(ctx context.Context, r *bot.Request) error {
	lg, ok := c.logins[r.Key]
	if !ok || len(lg.lists) == 0 {
		return nil
	}
	if due := lg.lists[len(lg.lists)-1].at.Add(listsSettle); due.After(r.At) {
		return r.Later(ctx, due, "bind", r.Key)
	}
	return c.bindWaiting(ctx, r, lg)
}

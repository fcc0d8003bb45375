package onebot

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/weilu-im/weilu/bot"
)

// greet reads who the account is, its groups and its friends. Where the bot is no longer in a group, that is told.
func (a *account) greet(ctx context.Context) error {
	var me sender
	if err := a.ask(ctx, a.t.timing.Answer, "get_login_info", map[string]any{}, &me); err != nil {
		return err
	}
	a.book.setNick(me.Nickname)
	var groups []struct {
		GroupID id     `json:"group_id"`
		Name    string `json:"group_name"`
	}
	if err := a.ask(ctx, a.t.timing.Answer, "get_group_list", map[string]any{}, &groups); err != nil {
		return err
	}
	names := make(map[id]string, len(groups))
	for _, g := range groups {
		if !g.GroupID.none() {
			names[g.GroupID] = g.Name
		}
	}
	gone, ok := a.book.setGroups(names)
	if !ok {
		return fmt.Errorf("the list of groups is not believed: %d groups, where %d are missing", len(names), len(gone))
	}
	a.readFriends(ctx)
	a.greeted.Store(true)
	now := a.t.now().UTC()
	events := make([]bot.Event, 0, len(gone))
	for _, g := range gone {
		if a.t.stays(g) {
			continue // another of our accounts goes on there
		}
		f := frame{GroupID: g, UserID: a.self}
		ev := a.place(bot.Left, f, a.eventID(f, "left/"+string(a.self), now))
		ev.At, ev.SeenAt, ev.Transport, ev.From = now, now, Name, sender{UserID: a.self}.person(true)
		events = append(events, ev)
		a.book.forget(g, a.self) // it was only named again
	}
	return a.deliver(ctx, events)
}

// stays tells whether any account is in a group.
func (t *Transport) stays(g id) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.accounts {
		if a.book.has(g) && a.connected() {
			return true
		}
	}
	return false
}

// lists reads the friends and who is in the groups, one after the other, and again after a while, for as long as a
// connection lasts.
func (a *account) lists(ctx context.Context) {
	for {
		for _, g := range a.book.groupIDs() {
			if a.t.ear(g, a.self) {
				a.readMembers(ctx, g)
			}
			if sleep(ctx, a.t.timing.ListGap) != nil {
				return
			}
		}
		a.listed.Store(true)
		if sleep(ctx, a.t.timing.Refresh) != nil {
			return
		}
		a.readFriends(ctx)
	}
}

// readFriends tells who can be written to in private.
func (a *account) readFriends(ctx context.Context) {
	var list []sender
	if err := a.ask(ctx, a.t.timing.Answer, "get_friend_list", map[string]any{}, &list); err != nil {
		a.t.log.Warn("onebot: the list of friends could not be read", "account", string(a.self), "err", says(err))
		return
	}
	now := a.t.now().UTC()
	var events []bot.Event
	for _, f := range a.book.setFriends(list) {
		if f.UserID.none() || a.t.own(f.UserID) {
			continue
		}
		ev := a.friendly(sender{UserID: f.UserID, Nickname: f.Nickname}, now)
		ev.SeenAt, ev.Transport = now, Name
		events = append(events, ev)
	}
	if err := a.deliver(ctx, events); err != nil {
		a.book.setFriends(nil) // told again with the next reading
	}
}

// readMembers tells who is in a group.
func (a *account) readMembers(ctx context.Context, g id) {
	now := a.t.now().UTC() // who comes or goes while we read is told after this
	var list []sender
	err := a.ask(ctx, a.t.timing.Answer, "get_group_member_list", map[string]any{"group_id": g}, &list)
	if err != nil {
		if !errors.Is(err, errNoConnection) {
			a.t.log.Warn("onebot: a list of members could not be read", "group", string(g), "err", says(err))
		}
		return
	}
	if len(list) == 0 {
		return
	}
	a.book.setMembers(g, list)
	f := frame{GroupID: g}
	ev := a.place(bot.MembersSeen, f, a.eventID(f, "members/"+strconv.FormatInt(now.UnixNano(), 10), now))
	ev.At, ev.SeenAt, ev.Transport = now, now, Name
	for _, m := range list {
		if m.UserID.none() {
			continue
		}
		p := m.person(a.t.own(m.UserID))
		_, p.Friend = a.book.friend(m.UserID)
		ev.Members = append(ev.Members, p)
	}
	_ = a.deliver(ctx, []bot.Event{ev}) // read again with the next connection
}

// arrive reads a group that the bot came into.
func (a *account) arrive(ctx context.Context, g id) {
	var info struct {
		Name string `json:"group_name"`
	}
	if err := a.ask(ctx, a.t.timing.Answer, "get_group_info", map[string]any{"group_id": g}, &info); err == nil {
		a.book.named(g, info.Name)
	}
	a.readMembers(ctx, g)
}

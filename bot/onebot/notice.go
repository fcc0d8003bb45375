package onebot

import (
	"context"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// notice makes the events of something that happened.
func (a *account) notice(ctx context.Context, f frame, seen time.Time) []bot.Event {
	at := f.at(seen)
	if f.GroupID.none() && strings.HasPrefix(f.Notice, "group_") || f.UserID.none() && !strings.HasSuffix(f.Notice, "_recall") {
		return nil // it happened to nobody, or nowhere
	}
	switch f.Notice {
	case "group_increase":
		return a.increased(ctx, f, at)
	case "group_decrease":
		return a.decreased(f, at)
	case "group_recall", "friend_recall":
		return a.recalled(ctx, f, at)
	case "group_card":
		who, _ := a.book.member(f.GroupID, f.UserID)
		who.UserID, who.Card = f.UserID, f.Card
		return a.renamed(f, who, at)
	case "friend_add":
		name, _ := a.book.friend(f.UserID)
		if name == "" {
			name = a.stranger(ctx, f.UserID)
		}
		a.book.befriend(f.UserID, name)
		return []bot.Event{a.friendly(sender{UserID: f.UserID, Nickname: name}, at)}
	case "notify":
		if f.Sub == "poke" {
			return a.poked(f, at)
		}
	}
	return nil
}

// increased is that somebody entered a group, or the bot did.
func (a *account) increased(ctx context.Context, f frame, at time.Time) []bot.Event {
	if a.t.own(f.UserID) {
		if f.UserID == a.self {
			a.book.named(f.GroupID, f.GroupName)
			a.t.running.Go(func() { a.arrive(ctx, f.GroupID) })
		}
		return nil
	}
	who := a.newcomer(ctx, f.GroupID, f.UserID)
	ev := a.place(bot.Joined, f, a.eventID(f, "joined/"+string(f.UserID), at))
	ev.At, ev.From = at, who.person(false)
	if f.Sub == "invite" && !f.OperatorID.none() && f.OperatorID != f.UserID { // otherwise it is who let them in
		by := a.somebody(f.GroupID, f.OperatorID)
		ev.By = &by
	}
	return []bot.Event{ev}
}

// newcomer asks for the names of somebody who just came, so that they can be welcomed by name.
func (a *account) newcomer(ctx context.Context, g, user id) sender {
	who := sender{UserID: user}
	if a.tries.may() {
		var got sender
		err := a.ask(ctx, a.t.timing.Look, "get_group_member_info", map[string]any{"group_id": g, "user_id": user, "no_cache": true}, &got)
		if a.tries.result(err); err == nil && got.UserID == user {
			who = got
		}
	}
	if who.Nickname == "" {
		who.Nickname = a.stranger(ctx, user)
	}
	a.book.met(g, who)
	return who
}

// stranger asks for the nickname of somebody; empty where it can't be had.
func (a *account) stranger(ctx context.Context, user id) string {
	if !a.tries.may() {
		return ""
	}
	var got sender
	err := a.ask(ctx, a.t.timing.Look, "get_stranger_info", map[string]any{"user_id": user}, &got)
	a.tries.result(err)
	return got.Nickname
}

// somebody is a person of a group of whom only the id was told.
func (a *account) somebody(g, user id) bot.Person {
	who, _ := a.book.member(g, user)
	who.UserID = user
	return who.person(a.t.own(user))
}

// decreased is that somebody left a group or was removed, or the bot was.
func (a *account) decreased(f frame, at time.Time) []bot.Event {
	ev := a.place(bot.Left, f, a.eventID(f, "left/"+string(f.UserID), at))
	ev.At, ev.From = at, a.somebody(f.GroupID, f.UserID)
	if f.Sub != "leave" && !f.OperatorID.none() && f.OperatorID != f.UserID {
		by := a.somebody(f.GroupID, f.OperatorID)
		ev.By = &by
	}
	a.book.forget(f.GroupID, f.UserID)
	if ev.From.Self && f.UserID != a.self {
		return nil // another of our accounts, which tells it itself
	}
	if f.UserID == a.self && a.t.stays(f.GroupID) {
		return nil // another of our accounts goes on there
	}
	return []bot.Event{ev}
}

// recalled is that a message was taken back, by whoever said it or by an admin.
func (a *account) recalled(ctx context.Context, f frame, at time.Time) (events []bot.Event) {
	s, known := a.heard.get(f.MessageID)
	if !known {
		s, known = a.fetch(ctx, f.GroupID, f.MessageID)
	}
	if !known || a.t.own(s.from.UserID) {
		return nil
	}
	ev := a.place(bot.Recalled, f, a.eventID(f, "recalled/"+string(f.MessageID), at))
	ev.At, ev.From, ev.Ref = at, s.from.person(false), s.event
	if !f.OperatorID.none() && f.OperatorID != f.UserID {
		by := a.somebody(f.GroupID, f.OperatorID)
		ev.By = &by
	}
	events = append(events, ev)
	if s.parts > 1 {
		ev.ID, ev.Ref = ev.ID+"/2", s.event+"/2"
		events = append(events, ev)
	}
	return events
}

// renamed is that somebody has another name in a group.
func (a *account) renamed(f frame, who sender, at time.Time) []bot.Event {
	a.book.met(f.GroupID, who)
	if a.t.own(who.UserID) {
		return nil
	}
	ev := a.place(bot.Renamed, f, a.eventID(f, "card/"+string(who.UserID)+"/"+digest(who.Card), at))
	ev.At, ev.From = at, who.person(false)
	return []bot.Event{ev}
}

// friendly is the news that somebody can be written to in private.
func (a *account) friendly(who sender, at time.Time) bot.Event {
	f := frame{UserID: who.UserID}
	ev := a.place(bot.Renamed, f, a.eventID(f, "friend", at))
	ev.At, ev.From = at, who.person(false)
	ev.From.Friend = true
	return ev
}

// poked is that somebody nudged somebody.
func (a *account) poked(f frame, at time.Time) []bot.Event {
	from := f.UserID
	if !f.SenderID.none() { // in private, implementations differ in who is the user
		from = f.SenderID
	}
	if from.none() || a.t.own(from) || f.TargetID.none() {
		return nil
	}
	ev := a.place(bot.Tapped, f, a.eventID(f, "poke/"+string(from)+"/"+string(f.TargetID), at))
	ev.At, ev.From = at, a.somebody(f.GroupID, from)
	if a.t.own(f.TargetID) {
		ev.ToBot = true
	} else {
		ev.Mentions = []bot.Person{a.somebody(f.GroupID, f.TargetID)}
	}
	return []bot.Event{ev}
}

// request is that somebody asks for something: to be a friend, or that the bot comes into a group.
func (a *account) request(ctx context.Context, f frame, seen time.Time) []bot.Event {
	switch {
	case f.Request == "friend" && a.t.o.AcceptFriends && f.Flag != "":
		at := f.at(seen)
		who := frame{UserID: f.UserID}
		ev := a.place(bot.FriendAsked, who, a.eventID(who, "asked/"+digest(f.Flag), at))
		ev.At, ev.Text, ev.Ref = at, f.Comment, string(a.self)+"/"+f.Flag
		ev.From = sender{UserID: f.UserID, Nickname: a.stranger(ctx, f.UserID)}.person(false)
		return []bot.Event{ev}
	case f.Request == "group" && f.Sub == "invite":
		if !a.t.o.AcceptGroups {
			a.t.log.Info("onebot: an invitation into a group waits on the platform; onebot.accept_groups accepts them", "group", string(f.GroupID), "by", string(f.UserID))
			return nil
		}
		a.t.running.Go(func() {
			params := map[string]any{"flag": f.Flag, "sub_type": "invite", "type": "invite", "approve": true}
			if err := a.ask(ctx, a.t.timing.Answer, "set_group_add_request", params, nil); err != nil {
				a.t.log.Warn("onebot: an invitation into a group could not be accepted", "group", string(f.GroupID), "err", says(err))
			}
		})
	}
	return nil
}

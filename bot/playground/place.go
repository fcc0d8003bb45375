package playground

import (
	"github.com/weilu-im/weilu/bot"
)

// place is who acts where.
type place struct {
	who   *person
	group *group // nil: in private with the bot
}

// placeOf checks that a person may act in a room: a member in a group, everybody in their own private chat.
// The lock is held.
func (p *Playground) placeOf(room string, as bot.UserID) (place, error) {
	at, err := p.standing(room, as)
	if err == nil && at.group != nil && !at.group.has(as) {
		return place{}, errNotMember
	}
	return at, err
}

// standing is placeOf for somebody who need not be a member.
func (p *Playground) standing(room string, as bot.UserID) (place, error) {
	who := p.world.people[as]
	if who == nil {
		return place{}, errNobody
	}
	if room == privateRoom(as) {
		return place{who: who}, nil
	}
	g := p.world.group(room)
	if g == nil {
		return place{}, errNoRoom
	}
	return place{who: who, group: g}, nil
}

// event is a new event of somebody somewhere, later than all before. The lock is held.
func (p *Playground) event(at place, kind bot.Kind) bot.Event {
	now := p.now()
	ev := bot.Event{
		ID: p.newID(), Kind: kind, At: now, SeenAt: now, Transport: name, Session: name,
		BotName: p.opts.BotName, From: at.who.bot(), Private: at.group == nil,
	}
	if at.group != nil {
		ev.Chat, ev.ChatName = at.group.chat, at.group.Name
	}
	return ev
}

func (w *person) bot() bot.Person { return bot.Person{User: w.ID, Name: w.Name, Stable: true} }

package playground

import (
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// Record shows an event that the caller delivered itself, such as the history of a demonstration. It works
// before, during and after Run, learns people and groups it did not know, and ignores kinds that nobody
// sees. Recording an event that is still shown changes nothing.
func (p *Playground) Record(ev bot.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ev.At.After(p.last) {
		p.last = ev.At
	}
	if r := p.world.rooms[roomOf(ev)]; r == nil || ev.ID == "" || r.find(ev.ID) == nil {
		p.apply(ev, "")
	}
}

// roomOf is the room that an event happened in.
func roomOf(ev bot.Event) string {
	if ev.Private {
		return privateRoom(ev.From.User)
	}
	return groupRoom(ev.Chat)
}

// remember shows a line of the options.
func (p *Playground) remember(l Line) {
	p.mu.Lock()
	id := p.newID()
	p.mu.Unlock()
	if l.Bot || l.User == "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		r := p.world.room(privateRoom(l.User))
		if l.Chat != "" {
			r = p.world.room(p.known(l.Chat, "").ID)
		}
		p.put(r, &entry{ID: id, Kind: "text", at: l.At, Bot: true, From: botUser, Name: p.opts.BotName, Text: bot.Clean(l.Text)})
		return
	}
	p.Record(bot.Event{ID: id, Kind: bot.Message, At: l.At, Chat: l.Chat, Private: l.Chat == "", From: bot.Person{User: l.User}, Text: l.Text})
}

// known gives the group of a chat and tells the pages where it is new. The lock is held.
func (p *Playground) known(chat bot.ChatID, name string) *group {
	n := len(p.world.groups)
	g := p.world.groupOf(chat, name)
	if len(p.world.groups) > n {
		p.feed.publish(update{Type: "group", Group: g})
	}
	return g
}

// apply shows what an event changed; state is that of a message. The lock is held.
func (p *Playground) apply(ev bot.Event, state string) {
	if ev.Private {
		if ev.Kind == bot.Message || ev.Kind == bot.Recalled || ev.Kind == bot.Tapped {
			p.person(ev.From)
			p.note(p.world.room(privateRoom(ev.From.User)), ev, state)
		}
		return
	}
	if ev.Chat == "" {
		return
	}
	g := p.known(ev.Chat, ev.ChatName)
	switch ev.Kind {
	case bot.MembersSeen:
		for _, m := range ev.Members {
			p.enter(g, m)
		}
		return
	case bot.Joined, bot.Message, bot.Tapped:
		p.enter(g, ev.From)
	case bot.Left:
		p.leave(g, ev.From.User)
	case bot.Renamed, bot.Recalled:
	default:
		return
	}
	p.note(p.world.room(g.ID), ev, state)
	if ev.Kind == bot.Renamed {
		who := p.person(ev.From)
		who.Name = tidyName(ev.From.Called())
		p.feed.publish(update{Type: "person", Person: who})
	}
}

// person gives somebody and tells the pages where they are new. The lock is held.
func (p *Playground) person(b bot.Person) *person {
	n := len(p.world.order)
	who := p.world.meet(b)
	if len(p.world.order) > n {
		p.feed.publish(update{Type: "person", Person: who})
	}
	return who
}

func (p *Playground) enter(g *group, b bot.Person) {
	if b.Self || b.User == botUser {
		return
	}
	p.person(b)
	if !g.has(b.User) {
		g.Members = append(g.Members, b.User)
		p.feed.publish(update{Type: "member", Room: g.ID, User: b.User, In: true})
	}
}

func (p *Playground) leave(g *group, u bot.UserID) {
	if i := slices.Index(g.Members, u); i >= 0 {
		g.Members = slices.Delete(g.Members, i, i+1)
		p.feed.publish(update{Type: "member", Room: g.ID, User: u})
	}
}

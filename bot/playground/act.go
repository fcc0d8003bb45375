package playground

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// deed is something that somebody does besides talking.
type deed struct {
	Room string     `json:"room"`
	As   bot.UserID `json:"as"`
	Name string     `json:"name"` // rename: the new name
	Line string     `json:"line"` // recall: which
	Whom bot.UserID `json:"whom"` // tap: whom
}

// doer fills in the event of a deed, or tells why it can't be done. The lock is held.
type doer func(p *Playground, d deed) (bot.Event, error)

// act delivers a deed and shows it once it is delivered. One that failed and is tried again is the same event.
func (p *Playground) act(kind bot.Kind, d deed, plan doer) error {
	key := strings.Join([]string{string(kind), d.Room, string(d.As), d.Name, d.Line, string(d.Whom)}, "\x00")
	return p.perform(func(ctx context.Context, sink bot.Sink) error {
		ev, err := p.deed(key, d, plan)
		if err != nil {
			return err
		}
		if err := p.undelivered(ev, sink.Deliver(ctx, []bot.Event{ev})); err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.attempts.forget(key)
		p.apply(ev, "")
		return nil
	})
}

func (p *Playground) deed(key string, d deed, plan doer) (bot.Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.attempts.find(key); a != nil {
		return a.event, nil
	}
	ev, err := plan(p, d)
	if err == nil {
		p.attempts.keep(key, &attempt{event: ev})
	}
	return ev, err
}

// undelivered logs why an event was not taken and gives what people are told.
func (p *Playground) undelivered(ev bot.Event, err error) error {
	if err == nil {
		return nil
	}
	p.log.Error("playground: an event was not delivered", "event", ev.ID, "kind", ev.Kind, "err", err)
	return errUndelivered
}

func join(p *Playground, d deed) (bot.Event, error) {
	at, err := p.standing(d.Room, d.As)
	switch {
	case err != nil:
		return bot.Event{}, err
	case at.group == nil:
		return bot.Event{}, errNoRoom
	case at.group.has(d.As):
		return bot.Event{}, errMember
	}
	return p.event(at, bot.Joined), nil
}

func leave(p *Playground, d deed) (bot.Event, error) {
	at, err := p.placeOf(d.Room, d.As)
	if err == nil && at.group == nil {
		err = errNoRoom
	}
	if err != nil {
		return bot.Event{}, err
	}
	return p.event(at, bot.Left), nil
}

func rename(p *Playground, d deed) (bot.Event, error) {
	at, err := p.placeOf(d.Room, d.As)
	if err == nil && at.group == nil {
		err = errNoRoom
	}
	if err != nil {
		return bot.Event{}, err
	}
	called := tidyName(d.Name)
	if called == "" {
		return bot.Event{}, errNoName
	}
	ev := p.event(at, bot.Renamed)
	ev.From.Name = called
	return ev, nil
}

func recall(p *Playground, d deed) (bot.Event, error) {
	at, err := p.placeOf(d.Room, d.As)
	if err != nil {
		return bot.Event{}, err
	}
	e := p.world.room(d.Room).find(d.Line)
	if e == nil || e.From != d.As || e.Bot || e.State != "" || e.Kind != "text" && e.Kind != "image" {
		return bot.Event{}, errNotYours
	}
	ev := p.event(at, bot.Recalled)
	ev.Ref = d.Line
	return ev, nil
}

func tap(p *Playground, d deed) (bot.Event, error) {
	at, err := p.placeOf(d.Room, d.As)
	if err != nil {
		return bot.Event{}, err
	}
	whom := bot.Person{User: botUser, Name: p.opts.BotName, Stable: true, Self: true}
	if d.Whom != botUser {
		who := p.world.people[d.Whom]
		if who == nil {
			return bot.Event{}, errNobody
		}
		whom = who.bot()
	}
	ev := p.event(at, bot.Tapped)
	ev.Mentions = []bot.Person{whom}
	return ev, nil
}

// born makes a new person by name.
func (p *Playground) born(called string) (person, error) {
	if called = tidyName(called); called == "" {
		return person{}, errNoName
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return *p.person(bot.Person{User: bot.UserID("guest-" + strings.TrimPrefix(p.newID(), name+"/")), Name: called}), nil
}

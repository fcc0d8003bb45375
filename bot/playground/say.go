package playground

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// maxText is how many characters a message may have.
const maxText = 10_000

// maxMentions is how many people one message may address.
const maxMentions = 100

// message is what somebody wants to say. One with the Nonce of a message that failed is that message again.
type message struct {
	Room     string       `json:"room"`
	As       bot.UserID   `json:"as"`
	Nonce    string       `json:"nonce"`
	Text     string       `json:"text"`
	Quote    string       `json:"quote"`
	Mentions []bot.UserID `json:"mentions"`

	picture string // its digest
}

// say delivers a message and shows it; one that could not be delivered stays, marked as failed.
func (p *Playground) say(m message) error {
	if len(m.Nonce) > 64 {
		return errBad
	}
	return p.perform(func(ctx context.Context, sink bot.Sink) error {
		a, err := p.attempt(m)
		if err != nil || a.done {
			return err
		}
		err = sink.Deliver(ctx, []bot.Event{a.event})
		p.settle(m.Nonce, a, err)
		return p.undelivered(a.event, err)
	})
}

// attempt is the event of a message: the one that failed before, or a new one, which is shown at once.
func (p *Playground) attempt(m message) (*attempt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.attempts.find(m.Nonce)
	if a == nil {
		ev, room, err := p.message(m)
		if err != nil {
			return nil, err
		}
		a = &attempt{event: ev, room: room}
		p.attempts.keep(m.Nonce, a)
		p.apply(ev, "sending")
	} else if !a.done {
		p.mark(a, "sending", "")
	}
	return a, nil
}

func (p *Playground) settle(nonce string, a *attempt, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.mark(a, "failed", nonce)
		return
	}
	a.done = true
	p.mark(a, "", "")
}

func (p *Playground) mark(a *attempt, state, nonce string) {
	r := p.world.room(a.room)
	if e := r.find(a.event.ID); e != nil && e.Kind != "recalled" {
		e.State, e.Nonce = state, nonce
		p.feed.publish(update{Type: "line", Room: r.id, Line: e})
	}
}

// message makes the event of a message, or tells what is wrong with it. The lock is held.
func (p *Playground) message(m message) (bot.Event, string, error) {
	if err := m.check(); err != nil {
		return bot.Event{}, "", err
	}
	at, err := p.placeOf(m.Room, m.As)
	if err != nil {
		return bot.Event{}, "", err
	}
	mentions, toBot, err := p.mentioned(m.Mentions)
	if err != nil {
		return bot.Event{}, "", err
	}
	var quoted *bot.Quote
	if m.Quote != "" {
		e := p.world.room(m.Room).find(m.Quote)
		if e == nil || e.Kind != "text" && e.Kind != "image" {
			return bot.Event{}, "", errQuoteGone
		}
		quoted = &bot.Quote{ID: e.ID, From: bot.Person{User: e.From, Name: e.Name, Stable: true, Self: e.Bot}, Text: e.Text}
	}
	ev := p.event(at, bot.Message)
	ev.Form, ev.Text, ev.Len = bot.Text, m.Text, utf8.RuneCountInString(m.Text)
	if m.picture != "" {
		ev.Form, ev.Media = bot.Image, m.picture
	}
	ev.Quote, ev.Mentions, ev.ToBot = quoted, mentions, toBot || strings.Contains(m.Text, "@"+p.opts.BotName)
	return ev, m.Room, nil
}

func (m message) check() error {
	switch {
	case m.picture != "":
		return nil
	case strings.TrimSpace(bot.Clean(m.Text)) == "":
		return errEmpty
	case utf8.RuneCountInString(m.Text) > maxText:
		return errTooLong
	case len(m.Mentions) > maxMentions:
		return errBad
	}
	return nil
}

// mentioned are the people of some ids, without the bot, which is told apart.
func (p *Playground) mentioned(ids []bot.UserID) (people []bot.Person, toBot bool, err error) {
	for i, id := range ids {
		if id == botUser {
			toBot = true
			continue
		}
		if slices.Contains(ids[:i], id) {
			continue
		}
		who := p.world.people[id]
		if who == nil {
			return nil, false, errNobody
		}
		people = append(people, who.bot())
	}
	return people, toBot, nil
}

package playground

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Seed runs fn, during which Send takes words although Run is not active: how a caller shows the past. Words
// are shown at their Outgoing.SaidAt, events come through Record.
func (p *Playground) Seed(fn func() error) error {
	p.mu.Lock()
	p.seeding++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.seeding--
		p.mu.Unlock()
	}()
	return fn()
}

// Capabilities implements bot.Capable: everybody can be spoken to in private, and pictures are shown.
func (p *Playground) Capabilities() bot.Capabilities {
	return bot.Capabilities{Private: true, Pictures: true}
}

// Send shows something that the bot says, at the time it was said or was to be said. It answers bot.ErrDown
// while neither Run nor Seed is active, and bot.ErrRejected where there is nobody to hear it, and for all that is no speech.
func (p *Playground) Send(ctx context.Context, o bot.Outgoing) (bot.Receipt, error) {
	if o.Action != bot.Speak {
		return bot.Receipt{}, fmt.Errorf("%w: %s is nothing to show", bot.ErrRejected, o.Action)
	}
	if ctx.Err() != nil {
		return bot.Receipt{}, fmt.Errorf("%w: %w", bot.ErrDown, ctx.Err())
	}
	var shown *picture
	if len(o.Picture) > 0 {
		var ok bool
		if shown, _, ok = p.album.add(o.Picture); !ok {
			return bot.Receipt{}, fmt.Errorf("%w: the picture is no picture", bot.ErrRejected)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.running && p.seeding == 0 {
		return bot.Receipt{}, bot.ErrDown
	}
	r, err := p.hearers(o.Route)
	if err != nil {
		return bot.Receipt{}, err
	}
	at := p.saidAt(o)
	receipt := bot.Receipt{At: at}
	said := func(e entry) {
		e.ID, e.Bot, e.From, e.Name, e.at = p.newID(), true, botUser, p.opts.BotName, at
		receipt.ID = e.ID
		p.put(r, &e)
	}
	if shown != nil {
		said(entry{Kind: "image", Picture: shown})
	}
	if o.Text != "" || shown == nil {
		said(p.addressed(o))
	}
	if p.moving {
		p.feed.publish(p.clockUpdate())
	}
	return receipt, nil
}

// hearers is the room of a route.
func (p *Playground) hearers(route bot.Route) (*room, error) {
	if id := groupRoom(route.Chat); route.Chat != "" {
		if p.world.group(id) == nil {
			return nil, fmt.Errorf("%w: no group %q", bot.ErrRejected, route.Chat)
		}
		return p.world.room(id), nil
	}
	if p.world.people[route.User] == nil {
		return nil, fmt.Errorf("%w: no person %q", bot.ErrRejected, route.User)
	}
	return p.world.room(privateRoom(route.User)), nil
}

func (p *Playground) saidAt(o bot.Outgoing) time.Time {
	at := o.SaidAt
	if o.NotBefore.After(at) {
		at = o.NotBefore
	}
	if at.IsZero() {
		at = p.opts.Clock.Now()
	}
	return at.UTC()
}

// addressed is the line of a text: people it mentions but does not name are named in front.
func (p *Playground) addressed(o bot.Outgoing) entry {
	e := entry{Kind: "text", Text: bot.Clean(o.Text)}
	var front strings.Builder
	for _, m := range o.Mentions {
		called := p.called(m)
		e.Mentions = append(e.Mentions, person{ID: m.User, Name: called})
		if !strings.Contains(e.Text, "@"+called) {
			front.WriteString("@" + called + "\u2005")
		}
	}
	e.Text = front.String() + e.Text
	return e
}

package playground

import (
	"github.com/weilu-im/weilu/bot"
)

// note writes an event into a room. The lock is held.
func (p *Playground) note(r *room, ev bot.Event, state string) {
	if ev.Kind == bot.Recalled {
		p.recall(r, ev.Ref)
		return
	}
	e := &entry{ID: ev.ID, Kind: string(ev.Kind), at: ev.At, State: state, From: ev.From.User, Name: p.called(ev.From)}
	if e.ID == "" {
		e.ID = p.newID()
	}
	if ev.From.Self || ev.From.User == botUser {
		e.Bot, e.From, e.Name = true, botUser, p.opts.BotName
	}
	for _, m := range ev.Mentions {
		e.Mentions = append(e.Mentions, person{ID: m.User, Name: p.called(m)})
	}
	switch ev.Kind {
	case bot.Message:
		p.words(e, ev)
	case bot.Renamed:
		e.Text = tidyName(ev.From.Called())
		e.Name = p.person(ev.From).Name
	case bot.Joined:
		if ev.By != nil {
			e.Mentions = []person{{ID: ev.By.User, Name: p.called(*ev.By)}}
		}
	}
	p.put(r, e)
}

func (p *Playground) words(e *entry, ev bot.Event) {
	e.Kind, e.Text = "text", bot.Clean(ev.Text)
	if ev.Form == bot.Image {
		e.Kind, e.Picture = "image", p.album.find(ev.Media)
	}
	if ev.ToBot {
		e.Mentions = append(e.Mentions, person{ID: botUser, Name: p.opts.BotName})
	}
	if q := ev.Quote; q != nil {
		e.Quote = &quote{ID: q.ID, Name: p.called(q.From), Text: bot.Clean(q.Text)}
	}
}

// recall takes a line back: its words go, its place stays.
func (p *Playground) recall(r *room, id string) {
	e := r.find(id)
	if e == nil {
		return
	}
	p.put(r, &entry{ID: e.ID, Kind: "recalled", at: e.at, From: e.From, Name: e.Name, Bot: e.Bot})
}

// called is what somebody is shown as.
func (p *Playground) called(b bot.Person) string {
	if b.Self || b.User == botUser {
		return p.opts.BotName
	}
	if n := tidyName(b.Called()); n != "" {
		return n
	}
	if known := p.world.people[b.User]; known != nil {
		return known.Name
	}
	return tidyName(string(b.User))
}

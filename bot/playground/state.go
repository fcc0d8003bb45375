package playground

import (
	"encoding/json"
	"net/http"

	"github.com/weilu-im/weilu/bot"
)

// state is what a page needs to begin; lines of a room are asked for when it is opened.
type state struct {
	Mark     string            `json:"mark"` // where its stream begins
	Bot      person            `json:"bot"`
	Clock    *clockFace        `json:"clock"`
	Groups   []*group          `json:"groups"`
	People   []*person         `json:"people"`
	Personas []personaFace     `json:"personas"`
	Commands []commandFace     `json:"commands"`
	Newest   map[string]*entry `json:"newest"` // of each room, the clock left out
}

type personaFace struct {
	User bot.UserID `json:"user"`
	Role string     `json:"role"`
}

type commandFace struct {
	Name  string `json:"name"`
	Usage string `json:"usage,omitempty"`
	Help  string `json:"help,omitempty"`
}

func (p *Playground) serveState(w http.ResponseWriter, r *http.Request) {
	s := state{
		Bot:    person{ID: botUser, Name: p.opts.BotName},
		Groups: []*group{}, People: []*person{}, Personas: []personaFace{}, Commands: []commandFace{},
		Newest: map[string]*entry{},
	}
	for _, c := range p.opts.Commands(r.Context()) {
		s.Commands = append(s.Commands, commandFace(c))
	}
	for _, o := range p.opts.Personas {
		s.Personas = append(s.Personas, personaFace(o))
	}
	answer(w, http.StatusOK, p.frozen(func() any { return p.fill(s) }))
}

// frozen writes down what nobody may change meanwhile, so that no slow reader holds the lock.
func (p *Playground) frozen(show func() any) json.RawMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	data, err := json.Marshal(show())
	if err != nil {
		panic(err) // plain structs of strings always marshal
	}
	return data
}

// fill completes a state with what changes. The lock is held.
func (p *Playground) fill(s state) state {
	s.Mark = p.feed.mark(p.feed.at())
	s.Clock = p.clockUpdate().Clock
	s.Groups = append(s.Groups, p.world.groups...)
	for _, u := range p.world.order {
		s.People = append(s.People, p.world.people[u])
	}
	for id, room := range p.world.rooms {
		if e := room.newest(); e != nil {
			s.Newest[id] = e
		}
	}
	return s
}

// newest is the last line that a list of rooms shows.
func (r *room) newest() *entry {
	for i := len(r.lines) - 1; i >= 0; i-- {
		if r.lines[i].Kind != "clock" {
			return r.lines[i]
		}
	}
	return nil
}

func (p *Playground) serveLines(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, p.frozen(func() any {
		lines := []*entry{}
		if room := p.world.rooms[r.URL.Query().Get("room")]; room != nil {
			lines = room.lines
		}
		return map[string]any{"lines": lines, "full": len(lines) >= keep}
	}))
}

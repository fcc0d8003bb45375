package playground

import (
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// world is who is there, in which group, and what was said.
type world struct {
	people map[bot.UserID]*person
	order  []bot.UserID
	groups []*group
	rooms  map[string]*room
}

type person struct {
	ID   bot.UserID `json:"id"`
	Name string     `json:"name"`
}

type group struct {
	ID      string       `json:"id"` // of its room
	Name    string       `json:"name"`
	Members []bot.UserID `json:"members"` // in the order they came

	chat bot.ChatID
}

func (g *group) has(u bot.UserID) bool { return slices.Contains(g.Members, u) }

func newWorld(opts Options) world {
	w := world{people: map[bot.UserID]*person{}, rooms: map[string]*room{}}
	for _, p := range opts.People {
		w.meet(p)
	}
	for _, g := range opts.Groups {
		known := w.groupOf(g.ID, g.Name)
		for _, u := range g.Members {
			w.meet(bot.Person{User: u})
			if !known.has(u) {
				known.Members = append(known.Members, u)
			}
		}
	}
	for _, p := range opts.Personas {
		w.meet(bot.Person{User: p.User})
	}
	return w
}

// meet gives the person with an id, known from now on.
func (w *world) meet(p bot.Person) *person {
	known := w.people[p.User]
	if known == nil {
		known = &person{ID: p.User, Name: tidyName(p.Called())}
		if known.Name == "" {
			known.Name = tidyName(string(p.User))
		}
		w.people[p.User] = known
		w.order = append(w.order, p.User)
	}
	return known
}

// groupOf gives the group of a chat, made where there is none.
func (w *world) groupOf(chat bot.ChatID, name string) *group {
	id := groupRoom(chat)
	if g := w.group(id); g != nil {
		return g
	}
	if name = tidyName(name); name == "" {
		name = tidyName(string(chat))
	}
	g := &group{ID: id, Name: name, Members: []bot.UserID{}, chat: chat}
	w.groups = append(w.groups, g)
	return g
}

// group gives the group of a room, or nil.
func (w *world) group(id string) *group {
	for _, g := range w.groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

func (w *world) room(id string) *room {
	r := w.rooms[id]
	if r == nil {
		r = &room{id: id}
		w.rooms[id] = r
	}
	return r
}

// groupRoom and privateRoom are the ids of rooms, in the page and in its API.
func groupRoom(chat bot.ChatID) string   { return "g:" + string(chat) }
func privateRoom(user bot.UserID) string { return "p:" + string(user) }

// maxName is how many characters of a name are kept.
const maxName = 60

// tidyName makes a name one short line without characters that deceive.
func tidyName(s string) string {
	r := []rune(strings.Join(strings.Fields(bot.Clean(s)), " "))
	return string(r[:min(len(r), maxName)])
}

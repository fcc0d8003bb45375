package onebottest

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Options say how the implementation behaves. The zero value is a well-behaved one.
type Options struct {
	Self        int64            // the bot's account; 0: 10000
	Token       string           // the access token, both ways; empty: none
	CQ          bool             // messages are strings with CQ codes, not arrays
	StringIDs   bool             // ids are strings, as in bridges
	Split       bool             // Connect makes one connection for events and one for calls
	NoHistory   bool             // there is no get_group_msg_history, and none of friends
	NoForward   bool             // there are no forwarded messages
	Beat        time.Duration    // between heartbeats; 0: none
	Redial      time.Duration    // before dialling again; 0: 20 ms
	MaxText     int              // characters of a message; 0: 4500
	NoStrangers bool             // temporary sessions are refused
	Cap         int              // messages of a history that are given at once; 0: as many as are asked for
	GroupOnTop  bool             // the group of a temporary session stands in the event, not with the sender
	NoGroups    bool             // it does not say of which group a temporary session is
	Sparse      bool             // get_msg tells what the specification has, without the group
	BigIDs      bool             // ids of messages are beyond 2^53
	Now         func() time.Time // nil: time.Now
}

// World is one account in its groups. It is safe for concurrent use.
type World struct {
	o    Options
	self *Person

	mu       sync.Mutex
	people   map[int64]*Person
	groups   map[int64]*Group
	messages map[int64]*Message
	private  []*Message
	friends  map[int64]bool
	next     int64
	sent     []Sent
	changed  chan struct{}
	links    map[*link]bool
	requests map[string]bool // flags that were answered, and how
	faults   []Fault
	offline  bool // the account is not logged in
	down     bool // nobody is let in, and nobody is dialled
	stop     chan struct{}
	closed   bool
	running  sync.WaitGroup
	server   *httptest.Server
	refused  int
	asked    map[string]int
}

// New makes a world without groups. Close ends it.
func New(o Options) *World {
	if o.Self == 0 {
		o.Self = 10_000
	}
	if o.Redial == 0 {
		o.Redial = 20 * time.Millisecond
	}
	if o.MaxText == 0 {
		o.MaxText = 4500
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &World{
		o: o, people: map[int64]*Person{}, groups: map[int64]*Group{}, messages: map[int64]*Message{}, friends: map[int64]bool{},
		changed: make(chan struct{}), links: map[*link]bool{}, requests: map[string]bool{}, stop: make(chan struct{}), asked: map[string]int{},
	}
	w.self = &Person{w: w, id: o.Self, nick: "小助手"}
	w.people[o.Self] = w.self
	return w
}

// Close cuts everything and waits for what runs.
func (w *World) Close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.stop)
	}
	w.mu.Unlock()
	w.Kill()
	if w.server != nil {
		w.server.CloseClientConnections()
		w.server.Close()
	}
	w.running.Wait()
}

// Person is somebody, or the bot's account.
type Person struct {
	w    *World
	id   int64
	nick string
}

// Person makes somebody.
func (w *World) Person(nick string) *Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &Person{w: w, id: 200_000 + int64(len(w.people)), nick: nick}
	w.people[p.id] = p
	return p
}

// Bot is the bot's account.
func (w *World) Bot() *Person { return w.self }

// ID is the number of an account.
func (p *Person) ID() string { return strconv.FormatInt(p.id, 10) }

// Nick is the name of an account.
func (p *Person) Nick() string { return p.nick }

// Befriend makes somebody a friend of the bot, without telling.
func (w *World) Befriend(list ...*Person) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range list {
		w.friends[p.id] = true
	}
}

// Group is a group chat.
type Group struct {
	w       *World
	id      int64
	name    string
	members []*member
	history []*Message
	muted   bool // the bot may not speak
}

type member struct {
	*Person
	card, role string
}

// Group makes a group of the bot and these people.
func (w *World) Group(name string, people ...*Person) *Group {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := &Group{w: w, id: 500_000 + int64(len(w.groups)), name: name}
	w.groups[g.id] = g
	for i, p := range append([]*Person{w.self}, people...) {
		role := "member"
		if i == 1 {
			role = "owner"
		}
		g.members = append(g.members, &member{Person: p, role: role})
	}
	return g
}

// ID is the number of a group.
func (g *Group) ID() string { return strconv.FormatInt(g.id, 10) }

func (g *Group) member(id int64) *member {
	for _, m := range g.members {
		if m.id == id {
			return m
		}
	}
	return nil
}

func (g *Group) drop(id int64) {
	g.members = slices.DeleteFunc(g.members, func(m *member) bool { return m.id == id })
}

// Mute takes the bot's voice in a group, or gives it back.
func (g *Group) Mute(on bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.muted = on
}

// Message is something that was said.
type Message struct {
	id    int64
	at    time.Time
	group *Group // nil in private
	from  *Person
	to    *Person // in private
	parts []Part
	gone  bool
	sub   string
	anon  string
}

// ID is the id of a message.
func (m *Message) ID() string { return strconv.FormatInt(m.id, 10) }

// Part is a segment of a message.
type Part struct {
	Type string            `json:"type"`
	Data map[string]string `json:"data"`
}

// Text is words.
func Text(s string) Part { return Part{"text", map[string]string{"text": s}} }

// At is a mention.
func At(p *Person) Part { return Part{"at", map[string]string{"qq": p.ID()}} }

// AtAll is a mention of everybody.
func AtAll() Part { return Part{"at", map[string]string{"qq": "all"}} }

// Reply quotes a message.
func Reply(m *Message) Part { return Part{"reply", map[string]string{"id": m.ID()}} }

// Image is a picture.
func Image(name string) Part {
	return Part{"image", map[string]string{"file": name, "url": "https://example.com/" + name}}
}

// Face is one of the platform's own faces.
func Face(n int) Part { return Part{"face", map[string]string{"id": strconv.Itoa(n)}} }

// remember gives a message its number; the lock is held.
func (w *World) remember(m *Message) {
	w.next++
	m.id = w.next * 7919 % (1 << 31) // short numbers that jump, as implementations have
	if w.next%5 == 0 {
		m.id = -m.id
	}
	if w.o.BigIDs {
		m.id = 1<<60 + w.next
	}
	if m.at.IsZero() {
		m.at = w.o.Now()
	}
	w.messages[m.id] = m
	if m.group == nil {
		w.private = append(w.private, m)
	} else {
		m.group.history = append(m.group.history, m)
	}
}

func (m *Message) String() string { return fmt.Sprintf("%s: %v", m.from.nick, m.parts) }

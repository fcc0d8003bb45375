package bottest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Side is a transport with what stands on its other side: one group in which 小明 talks, and 小红 is.
type Side struct {
	Transport bot.Transport
	Ready     func() bool       // tells, of a run that has begun, whether the group is heard; nil: it is at once
	Say       func(text string) // 小明 says something in the group
	Address   func(text string) // 小明 says something to the bot, and mentions 小红
	Answer    func(text string) // 小明 says something in answer to their own first words
	Said      func() []Words    // what the group heard from the bot

	Cut   func()               // breaks whatever connects the two, which comes back by itself; nil: nothing does
	Line  *Line                // nil: nothing can be away
	Again func() bot.Transport // another process on the same data, after the first was killed; nil: there is nothing to come back to
	Deaf  bool                 // what is said while no process runs is lost: there is nobody to say it to
}

// Line is what connects the two, where it can be gone for longer.
type Line struct {
	Down, Up func()
	Tried    func() int // how often the transport has tried to come back; nil: the other side does
}

// Words are one message of the bot.
type Words struct {
	Text     string
	Picture  bool
	Mentions []bot.UserID // real ones
	Quotes   string       // the words that it answers, where it quotes them
}

// patience is how long anything may take.
const patience = 30 * time.Second

// Conform tests what every transport promises: what is said is heard in order and once, however often it can't be stored,
// whatever is cut, however long it is away and whenever its process dies; it comes back without hammering; hostile words are passed on as they are; whom words are for and what they
// answer is told, both ways; what is sent arrives once and whole; what is declared as a
// capability works, and what is not is rejected; and the end is clean. open is called for each part.
func Conform(t *testing.T, open func(t *testing.T) Side) {
	t.Helper()
	for name, part := range map[string]func(t *testing.T, c *conformer){
		"heard in order": heardInOrder, "cuts": nothingIsLostByCuts, "back-off": comesBackGently, "kills": nothingIsLostByKills,
		"hostile words": hostileWords, "whom words are for": whomWordsAreFor,
		"said once": saidOnce, "mentions and quotes": mentionsAndQuotes, "long texts": longTexts, "capabilities": capabilities, "the end": cleanEnd,
	} {
		t.Run(name, func(t *testing.T) {
			c := &conformer{t: t, Side: open(t), changed: make(chan struct{}), seen: map[string]bool{}}
			c.run()
			part(t, c)
			c.stop()
		})
	}
}

// conformer runs a side, and takes its events as the engine does: each once.
type conformer struct {
	Side
	t    *testing.T
	stop func()

	mu      sync.Mutex // guards what follows
	events  []bot.Event
	seen    map[string]bool
	changed chan struct{}
	refuse  int
	dead    bool // whoever stores is gone
	ended   bool
}

// Deliver implements bot.Sink.
func (c *conformer) Deliver(_ context.Context, batch []bot.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		c.t.Error("something is delivered after the end of the run")
	}
	if c.refuse > 0 || c.dead {
		c.refuse--
		return errors.New("the disk is full")
	}
	for _, ev := range batch {
		if ev.ID == "" || ev.Transport != c.Transport.Name() || ev.At.IsZero() || ev.At.Location() != time.UTC || ev.SeenAt.IsZero() {
			c.t.Errorf("an event without what it needs: %+v", ev)
		}
		if !c.seen[ev.ID] {
			c.seen[ev.ID] = true
			c.events = append(c.events, ev)
		}
	}
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

func (c *conformer) run() {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	done := make(chan error, 1)
	go func() {
		err := c.Transport.Run(ctx, c)
		c.mu.Lock()
		c.ended = true
		c.mu.Unlock()
		done <- err
	}()
	c.stop = sync.OnceFunc(func() {
		began := time.Now()
		cancel()
		select {
		case err := <-done:
			if err != nil && !errors.Is(err, context.Canceled) {
				c.t.Errorf("the run ends with %v", err)
			}
		case <-time.After(patience):
			c.t.Error("the run does not end")
		}
		if took := time.Since(began); took > 10*time.Second {
			c.t.Errorf("the end takes %s", took)
		}
	})
	c.t.Cleanup(c.stop)
	for limit := time.Now().Add(patience); c.Ready != nil && !c.Ready(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			c.t.Fatal("the group is not heard")
		}
	}
}

// heard are the messages so far.
func (c *conformer) heard() (list []bot.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range c.events {
		if ev.Kind == bot.Message && !ev.From.Self {
			list = append(list, ev)
		}
	}
	return list
}

// hears waits for the n-th message.
func (c *conformer) hears(n int) bot.Event {
	c.t.Helper()
	timeout := time.After(patience)
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		if list := c.heard(); len(list) >= n {
			return list[n-1]
		}
		select {
		case <-changed:
		case <-timeout:
			c.t.Fatalf("%d of %d messages were heard", len(c.heard()), n)
		}
	}
}

// route is where words to the group go: where the first message came from.
func (c *conformer) route() (bot.Route, bot.Person) {
	c.t.Helper()
	c.Say("开始")
	ev := c.hears(1)
	if ev.Private || ev.Chat == "" || ev.From.User == "" || ev.Form != bot.Text {
		c.t.Fatalf("a message in a group: %+v", ev)
	}
	return bot.Route{Transport: c.Transport.Name(), Chat: ev.Chat}, ev.From
}

// says waits until the group has heard something of which ok holds.
func (c *conformer) says(what string, ok func([]Words) bool) []Words {
	c.t.Helper()
	for limit := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if list := c.Said(); ok(list) {
			return list
		} else if time.Now().After(limit) {
			c.t.Fatalf("not %s: %+v", what, list)
		}
	}
}

package onebot_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// hasty are waits for tests.
func hasty() onebot.Timing {
	return onebot.Timing{
		Answer: 5 * time.Second, Say: time.Second, Look: 300 * time.Millisecond, BackOff: 10 * time.Millisecond, BackOffMax: 100 * time.Millisecond,
		Silence: 30 * time.Second, Away: 200 * time.Millisecond, ListGap: time.Millisecond, Refresh: time.Hour, Shutdown: 2 * time.Second,
	}
}

// deadline is how long anything that a test waits for may take.
const deadline = 20 * time.Second

// notebook is a sink that takes each event once, as the engine does.
type notebook struct {
	mu      sync.Mutex
	seen    map[string]bool
	events  []bot.Event
	again   int // deliveries of what was there
	refuse  int // how many batches are refused first
	changed chan struct{}
}

func newNotebook() *notebook {
	return &notebook{seen: map[string]bool{}, changed: make(chan struct{})}
}

func (n *notebook) Deliver(_ context.Context, batch []bot.Event) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.refuse > 0 {
		n.refuse--
		return errors.New("the disk is full")
	}
	for _, ev := range batch {
		if n.seen[ev.ID] {
			n.again++
			continue
		}
		n.seen[ev.ID] = true
		n.events = append(n.events, ev)
	}
	close(n.changed)
	n.changed = make(chan struct{})
	return nil
}

// all are the events of a kind; empty: all of them.
func (n *notebook) all(kind bot.Kind) (list []bot.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, ev := range n.events {
		if kind == "" || ev.Kind == kind {
			list = append(list, ev)
		}
	}
	return list
}

// wait waits for the n-th event of a kind and gives the last of those.
func (n *notebook) wait(t *testing.T, kind bot.Kind, count int) bot.Event {
	t.Helper()
	timeout := time.After(deadline)
	for {
		n.mu.Lock()
		changed := n.changed
		n.mu.Unlock()
		if list := n.all(kind); len(list) >= count {
			return list[count-1]
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("%d of %d events %s", len(n.all(kind)), count, kind)
		}
	}
}

// bench is a transport that runs, in front of a world.
type bench struct {
	t     *testing.T
	w     *onebottest.World
	tr    *onebot.Transport
	notes *notebook
	log   *lockedLog
	stop  func()
}

type lockedLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// setUp runs a transport in front of worlds that dial it.
func setUp(t *testing.T, o onebot.Options, worlds ...*onebottest.World) *bench {
	t.Helper()
	b := &bench{t: t, notes: newNotebook(), log: &lockedLog{}}
	if len(worlds) > 0 {
		b.w = worlds[0]
	}
	b.start(o, worlds...)
	t.Cleanup(func() {
		b.stop()
		for _, w := range worlds {
			w.Close()
		}
		if t.Failed() {
			t.Log(b.log.String())
		}
	})
	return b
}

func (b *bench) start(o onebot.Options, worlds ...*onebottest.World) {
	b.t.Helper()
	if o.Listen == "" && len(o.Dial) == 0 {
		o.Listen = "127.0.0.1:0"
	}
	if o.Timing == (onebot.Timing{}) {
		o.Timing = hasty()
	}
	if o.Pace == nil {
		o.Pace = &bot.Pace{}
	}
	o.Log = slog.New(slog.NewTextHandler(b.log, nil))
	listening := make(chan string, 1)
	o.Listening = func(url string) { listening <- url }
	tr, err := onebot.New(o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.tr = tr
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- tr.Run(ctx, b.notes) }()
	var once sync.Once
	b.stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-ended:
				if err != nil {
					b.t.Errorf("the run ended with %v", err)
				}
			case <-time.After(deadline):
				b.t.Error("the run does not end")
			}
		})
	}
	if len(o.Dial) == 0 {
		url := <-listening
		for _, w := range worlds {
			w.Connect(url)
		}
	}
	for _, w := range worlds {
		b.until("connected", func() bool { return w.Connected() && len(tr.Status().Accounts) == len(worlds) })
	}
}

func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	for limit := time.Now().Add(deadline); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(limit) {
			b.t.Fatalf("not %s", what)
		}
	}
}

func (b *bench) send(o bot.Outgoing) (bot.Receipt, error) {
	b.t.Helper()
	return b.tr.Send(b.t.Context(), o)
}

// inGroup is something said in a group.
func inGroup(g *onebottest.Group, text string) bot.Outgoing {
	return bot.Outgoing{Text: text, Route: bot.Route{Transport: onebot.Name, Chat: bot.ChatID(g.ID())}}
}

// toPerson is something said in private.
func toPerson(p *onebottest.Person, text string) bot.Outgoing {
	return bot.Outgoing{Text: text, Route: bot.Route{Transport: onebot.Name, User: bot.UserID(p.ID())}}
}

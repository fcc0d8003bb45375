package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// quick is how a test waits: in the proportions of the real thing, a hundred times faster.
func quick() wechat.Timing {
	return wechat.Timing{
		PollGap: 10 * time.Millisecond, FailGap: 6 * time.Millisecond, BackOff: 10 * time.Millisecond, BackOffMax: 200 * time.Millisecond,
		Answer: 3 * time.Second, Watchdog: 5 * time.Second, BanWindow: 500 * time.Millisecond,
		PushWait: time.Second, QRLife: 10 * time.Second, QRPause: 300 * time.Millisecond,
		Rounds: []time.Duration{10 * time.Millisecond, 50 * time.Millisecond}, Lasting: time.Second,
		FetchGap: 10 * time.Millisecond, FetchFor: time.Second, PieceGap: 5 * time.Millisecond, Shutdown: 2 * time.Second,
	}
}

// sink is a store that takes each event once, in memory, and can be told to refuse.
type sink struct {
	mu     sync.Mutex
	change chan struct{}
	ids    map[string]bool
	events []bot.Event
	twice  int
	refuse error
}

func newSink() *sink { return &sink{change: make(chan struct{}), ids: map[string]bool{}} }

func (s *sink) Deliver(_ context.Context, batch []bot.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	for _, e := range batch {
		if s.ids[e.ID] {
			s.twice++
			continue
		}
		s.ids[e.ID] = true
		s.events = append(s.events, e)
	}
	close(s.change)
	s.change = make(chan struct{})
	return nil
}

func (s *sink) setRefuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = err
}

// again is how many events were delivered that were there before.
func (s *sink) again() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.twice
}

func (s *sink) all() []bot.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// texts is what was said in groups and in private, in order.
func (s *sink) texts() (texts []string) {
	for _, e := range s.all() {
		if e.Kind == bot.Message && e.Form != bot.Other {
			texts = append(texts, e.Text)
		}
	}
	return texts
}

// until waits for events that fulfil a condition. A minute is longer than somebody new to a member list waits for the
// line that says who brought them.
func (s *sink) until(t *testing.T, what string, enough func([]bot.Event) bool) []bot.Event {
	t.Helper()
	limit := time.After(60 * time.Second)
	for {
		s.mu.Lock()
		events, change := slices.Clone(s.events), s.change
		s.mu.Unlock()
		if enough(events) {
			return events
		}
		select {
		case <-change:
		case <-limit:
			t.Fatalf("not within a minute: %s; there is %v", what, summary(events))
		}
	}
}

func (s *sink) hears(t *testing.T, text string) bot.Event {
	t.Helper()
	var heard bot.Event
	s.until(t, "hearing "+text, func(events []bot.Event) bool {
		for _, e := range events {
			if e.Kind == bot.Message && strings.HasSuffix(e.Text, text) {
				heard = e
				return true
			}
		}
		return false
	})
	return heard
}

func summary(events []bot.Event) (list []string) {
	for _, e := range events {
		list = append(list, string(e.Kind)+" "+e.Text)
	}
	return list
}

func count(events []bot.Event, kind bot.Kind) (n int) {
	for _, e := range events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// play is a transport that runs against a server.
type play struct {
	*wechat.Transport
	t      *testing.T
	dir    string
	sink   *sink
	out    *lockedBuffer
	cancel context.CancelFunc
	done   chan error

	mu     sync.Mutex
	alarms []wechat.Alarm
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func serve(t *testing.T, o wechattest.Options) *wechattest.Server {
	t.Helper()
	if o.Hold == 0 {
		o.Hold, o.LoginHold = 300*time.Millisecond, 300*time.Millisecond
	}
	s := wechattest.New(o)
	t.Cleanup(s.Close)
	return s
}

// inItsOwnTime runs a test against a service without a network, where hours pass in a moment and every wait is as
// long as it is live.
func inItsOwnTime(t *testing.T, o wechattest.Options, fn func(t *testing.T, s *wechattest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Offline, o.Hold = true, 25*time.Second
		fn(t, serve(t, o))
	})
}

func live(o *wechat.Options) { o.Timing = wechat.LiveTiming() }

// run starts a transport on a directory. It is stopped when the test ends, if not before.
func run(t *testing.T, s *wechattest.Server, dir string, into *sink, change ...func(*wechat.Options)) *play {
	t.Helper()
	p := &play{t: t, dir: dir, sink: into, out: &lockedBuffer{}, done: make(chan error, 1)}
	o := wechat.Options{Dir: dir, Out: p.out, Log: slog.New(slog.NewTextHandler(p.out, nil)), Base: s.Transport(), Timing: quick(), Alarm: p.alarm}
	for _, c := range change {
		c(&o)
	}
	var err error
	if p.Transport, err = wechat.New(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.cancel = cancel
	go func() { p.done <- p.Run(ctx, into) }()
	t.Cleanup(func() {
		p.cancel()
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			t.Error("the transport does not stop")
		}
		if t.Failed() {
			t.Log(p.out.String())
		}
	})
	return p
}

func (p *play) alarm(a wechat.Alarm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alarms = append(p.alarms, a)
}

// rang tells how often an alarm began and ended.
func (p *play) rang(code string) (began, over int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.alarms {
		switch {
		case a.Code == code && a.Over:
			over++
		case a.Code == code:
			began++
		}
	}
	return began, over
}

// stop ends the run and gives its error.
func (p *play) stop() error {
	p.t.Helper()
	p.cancel()
	return p.ended()
}

// ended waits for the end of the run.
func (p *play) ended() error {
	p.t.Helper()
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(15 * time.Second):
		p.t.Fatalf("the transport does not end\n%s", p.out)
		return errors.New("never")
	}
}

// long is a text that is said in so many parts.
func long(parts int) string {
	return strings.TrimSpace(strings.Repeat(strings.Repeat("一", 1500)+"\n", parts))
}

// soon waits for a condition that nothing signals.
func soon(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(15 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within 15 s: %s", what)
		}
	}
}

func (p *play) up() *play {
	p.t.Helper()
	soon(p.t, "logged in", func() bool { return p.Status().State == wechat.Up })
	return p
}

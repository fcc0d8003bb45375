package onebot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Transport is the bot's accounts on platforms that speak OneBot v11.
type Transport struct {
	o      Options
	pace   bot.Pace
	log    *slog.Logger
	now    func() time.Time
	timing Timing

	mu       sync.Mutex
	root     context.Context //nolint:containedctx // that of Run
	closed   bool            // Run ends
	sink     bot.Sink
	accounts map[id]*account
	ears     map[id]id   // by group: the account that hears it
	shared   atomic.Bool // there are several accounts: what groups hear has ids that are the same for all
	since    time.Time   // of up
	up       bool        // an account is connected, or was a moment ago
	limits   int         // how often in a row we were told to be slower
	limited  time.Time   // nothing may be said before
	running  sync.WaitGroup
}

// New makes a transport. Nothing is listened to or dialled before Run.
func New(o Options) (*Transport, error) {
	if o.Listen == "" && len(o.Dial) == 0 {
		return nil, errors.New("onebot: neither an address to listen at nor one to dial")
	}
	t := &Transport{
		o: o, pace: DefaultPace(), log: o.Log, now: o.Now, timing: o.Timing.or(LiveTiming()),
		accounts: map[id]*account{}, ears: map[id]id{},
	}
	if o.Pace != nil {
		t.pace = *o.Pace
	}
	if t.log == nil {
		t.log = slog.Default()
	}
	if t.now == nil {
		t.now = time.Now
	}
	for _, url := range o.Dial {
		if err := CheckDial(url); err != nil {
			return nil, fmt.Errorf("onebot: %w", err)
		}
	}
	t.shared.Store(accountFiles(o.Dir) > 1)
	t.since = t.now()
	return t, nil
}

// Name implements bot.Transport.
func (t *Transport) Name() string { return Name }

// Capabilities implements bot.Capable.
func (t *Transport) Capabilities() bot.Capabilities {
	pace := t.pace
	return bot.Capabilities{Private: t.o.Strangers, Mentions: true, Quotes: true, Pictures: true, TakeBack: true, Pace: &pace}
}

// Run implements bot.Transport. It serves and dials until ctx ends, and returns an error only where it can't listen.
func (t *Transport) Run(ctx context.Context, sink bot.Sink) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	t.mu.Lock()
	t.sink, t.root, t.closed = sink, ctx, false
	t.mu.Unlock()
	if t.o.Listen != "" {
		serve, err := t.listen(ctx)
		if err != nil {
			return fmt.Errorf("onebot: %w", err)
		}
		t.running.Go(func() {
			if err := serve(); err != nil {
				stop(fmt.Errorf("onebot: %w", err))
			}
		})
	}
	for _, url := range t.o.Dial {
		t.running.Go(func() { t.dial(ctx, url) })
	}
	t.running.Go(func() { t.watch(ctx) })
	<-ctx.Done()
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.running.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// enter lets somebody from outside take part in the run: t.running.Done is theirs then. Not when it ends.
func (t *Transport) enter() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.running.Add(1)
	}
	return !t.closed
}

// account gives the account of an id, made where it is new.
func (t *Transport) account(ctx context.Context, self id) *account {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.accounts[self]
	if a == nil {
		a = newAccount(t, self)
		t.accounts[self] = a
		if len(t.accounts) > 1 {
			t.shared.Store(true)
		}
		t.running.Go(func() { a.hear(ctx) })
	}
	return a
}

// own tells whether a user is one of the bot's accounts.
func (t *Transport) own(user id) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.accounts[user] != nil
}

// ear tells whether an account is the one that hears a group: of several that are in it the first, for as long as it is
// connected and in it.
func (t *Transport) ear(group, self id) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, known := t.ears[group]
	if holder := t.accounts[now]; known && now != self && holder.connected() && holder.book.has(group) {
		return false
	}
	t.ears[group] = self
	if me := t.accounts[self]; known && now != self && me != nil {
		if since := t.accounts[now].mark.until(); !since.IsZero() {
			root := t.root
			t.running.Go(func() { me.takeOver(root, group, since) })
		}
	}
	return true
}

// watch tells when the bot as a whole has no account any more, and when it has one again.
func (t *Transport) watch(ctx context.Context) {
	tick := time.NewTicker(min(t.timing.Away/4, time.Second))
	defer tick.Stop()
	var lost time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		t.mu.Lock()
		up, now := false, t.now()
		var self id
		for _, a := range t.accounts {
			if a.connected() {
				up, self = true, a.self
			}
		}
		was := t.up
		t.mu.Unlock()
		switch {
		case up && !was:
			lost = time.Time{}
			t.turn(ctx, true, now, self)
		case up:
			lost = time.Time{}
		case was && lost.IsZero():
			lost = now
		case was && now.Sub(lost) >= t.timing.Away:
			t.turn(ctx, false, lost, self)
		}
	}
}

// turn tells that the transport is up or down since a time.
func (t *Transport) turn(ctx context.Context, up bool, at time.Time, self id) {
	kind, word := bot.SessionDown, "down"
	if up {
		kind, word = bot.SessionUp, "up"
	}
	ev := bot.Event{ID: fmt.Sprintf("%s/%s/%d", Name, word, at.UnixMilli()), Kind: kind, At: at.UTC(), SeenAt: t.now().UTC(), Transport: Name,
		From: bot.Person{User: bot.UserID(self), Stable: true, Self: true}}
	if err := t.sink.Deliver(ctx, []bot.Event{ev}); err != nil {
		return // tried again with the next tick
	}
	t.mu.Lock()
	t.up, t.since = up, at
	t.mu.Unlock()
	t.log.Info("onebot: "+word, "account", string(self))
}

// State is where the transport stands.
type State string

// The states.
const (
	Down State = "down" // no implementation is connected
	Up   State = "up"
)

// Status is how the transport fares.
type Status struct {
	State    State
	Since    time.Time
	Accounts []string // that are connected
	Limited  time.Time
}

// Status tells how the transport fares now.
func (t *Transport) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Status{State: Down, Since: t.since, Limited: t.limited}
	for self, a := range t.accounts {
		if a.connected() {
			s.State = Up
			s.Accounts = append(s.Accounts, string(self))
		}
	}
	return s
}

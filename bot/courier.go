package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Courier carries what was said to the transports. One courier serves one engine. Where all transports take
// words as fast as they come, it carries everything in order. Otherwise it sorts what is due by transport, and
// each transport has a speaker of its own that keeps to its pace, so that none waits for another.
type Courier struct {
	engine     *Engine
	transports map[string]Transport
	now        func() time.Time
	log        *slog.Logger

	sorts    bool
	speakers []*speaker
	rounds   sync.Mutex // one round at a time
}

// Courier makes the courier that sends through the given transports. now is the clock that decides what is due.
func (e *Engine) Courier(now func() time.Time, transports ...Transport) *Courier {
	c := &Courier{engine: e, transports: map[string]Transport{}, now: now, log: e.log}
	paces := map[string]*Pace{}
	for _, t := range transports {
		c.transports[t.Name()] = t
		if capable, ok := t.(Capable); ok && capable.Capabilities().Pace != nil {
			paces[t.Name()], c.sorts = capable.Capabilities().Pace, true
		}
	}
	e.opts.Pacing.begin(paces)
	if !c.sorts {
		c.speakers = []*speaker{newSpeaker(c, unsorted, nil)}
		return c
	}
	for _, t := range transports {
		c.speakers = append(c.speakers, newSpeaker(c, t.Name(), paces[t.Name()]))
	}
	return c
}

// How much is claimed at once, how often the outbox is looked at without being told to, and how long a
// transport that is down and has no pace is left alone.
const (
	claimAtOnce = 64
	lookEvery   = time.Second
	downFor     = 2 * time.Second
)

// Run sends until ctx ends. What it was sending when a process died has an unknown outcome and is not sent again.
func (c *Courier) Run(ctx context.Context) error {
	if !c.sorts {
		c.loop(ctx, c.engine.wake, c.speakers[0].turn)
		return nil
	}
	var wg sync.WaitGroup
	for _, s := range c.speakers {
		wg.Go(func() { c.loop(ctx, s.wake, s.turn) })
	}
	c.loop(ctx, c.engine.wake, func(ctx context.Context) (int, time.Time, error) {
		n, err := c.sort(ctx, c.now())
		return n, time.Time{}, err
	})
	wg.Wait()
	return nil
}

// loop takes turns as long as they do something, and then waits: to be woken, for a while, or until what the
// turn said comes next.
func (c *Courier) loop(ctx context.Context, wake <-chan struct{}, turn func(ctx context.Context) (did int, next time.Time, err error)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-timer.C:
		}
		wait := lookEvery
		for {
			n, next, err := turn(ctx)
			if err != nil {
				if ctx.Err() != nil {
					return
				}
				c.log.Error("courier", "err", err)
			}
			if n == 0 || err != nil {
				if !next.IsZero() {
					wait = min(max(next.Sub(c.now()), time.Millisecond), lookEvery)
				}
				break
			}
		}
		timer.Reset(wait)
	}
}

// Drain sends everything that is due now and that the paces allow, and returns when nothing is left that could
// be sent. What is put back meanwhile is not tried again.
func (c *Courier) Drain(ctx context.Context) error {
	for due := c.now(); ; {
		n, _, err := c.round(ctx, due)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Round claims once for each transport, sends what it got, and tells how much that was. Of rounds that are
// asked for at once each waits for the one before.
func (c *Courier) Round(ctx context.Context) (tried int, err error) {
	tried, _, err = c.round(ctx, c.now())
	return tried, err
}

// round also tells when there may be something to send that has to wait now; zero: not known.
func (c *Courier) round(ctx context.Context, due time.Time) (tried int, next time.Time, err error) {
	c.rounds.Lock()
	defer c.rounds.Unlock()
	for n := 1; c.sorts && n > 0; {
		if n, err = c.sort(ctx, due); err != nil {
			return 0, next, err
		}
	}
	var problems []error
	for _, s := range c.speakers {
		n, at, err := s.speak(ctx, due)
		tried, next = tried+n, earlier(next, at)
		problems = append(problems, err)
	}
	return tried, next, errors.Join(problems...)
}

// sort gives what is due to the speakers, and tells them.
func (c *Courier) sort(ctx context.Context, due time.Time) (looked int, err error) {
	looked, err = c.engine.sort(ctx, due, func(transport string) bool { return c.transports[transport] != nil })
	if err != nil {
		return looked, fmt.Errorf("sort: %w", err)
	}
	if looked > 0 {
		for _, s := range c.speakers {
			s.poke()
		}
	}
	return looked, nil
}

// resort asks for another look at what is not sorted.
func (c *Courier) resort() {
	if c.sorts {
		c.engine.wakeCourier()
	}
}

// sendSafely makes a panic of a transport an unknown outcome.
func sendSafely(ctx context.Context, t Transport, o Outgoing) (receipt Receipt, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %w", ErrUnknown, &panicError{v, debug.Stack()})
		}
	}()
	return t.Send(ctx, o)
}

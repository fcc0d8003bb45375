package onebot

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// together is how many frames that have arrived are delivered at once at the most.
const together = 512

// hear translates and delivers what an account hears, in order, until ctx ends and everything that was heard is stored.
func (a *account) hear(ctx context.Context) {
	defer a.mark.close()
	for {
		var it item
		select {
		case it = <-a.queue:
		case <-ctx.Done():
			a.finish(ctx)
			return
		}
		a.hearAll(ctx, it)
	}
}

// hearAll handles an item with all that arrived behind it.
func (a *account) hearAll(ctx context.Context, it item) {
	var events []bot.Event
	var newest time.Time
	for n := 1; ; n++ {
		if it.began != nil {
			a.store(ctx, events, newest)
			events = nil
			a.begin(it.began)
		} else {
			events = append(events, a.translate(ctx, it.frame, it.seen)...)
			if at := it.frame.at(it.seen); at.After(newest) {
				newest = at
			}
		}
		if n >= together {
			break
		}
		select {
		case it = <-a.queue:
			continue
		default:
		}
		break
	}
	a.store(ctx, events, newest)
}

// store delivers events, and keeps until when everything is stored.
func (a *account) store(ctx context.Context, events []bot.Event, until time.Time) {
	if a.deliver(ctx, events) == nil && !until.IsZero() {
		a.mark.set(until, a.t.now())
	}
}

// finish stores what was heard before the end.
func (a *account) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.t.timing.Shutdown)
	defer cancel()
	for ctx.Err() == nil {
		select {
		case it := <-a.queue:
			if it.began != nil {
				a.mark.hold() // what was said before it is not known
				continue
			}
			a.hearAll(ctx, it)
		default:
			return
		}
	}
}

// begin is what happens when an account is connected: what was said while it was away comes before what it says next;
// its lists are read meanwhile. Until what was said is known the mark stays where it is, and it is tried again, also
// with the next connection.
func (a *account) begin(c *conn) {
	a.tries.n.Store(0)
	if !c.events && a.greeted.Load() {
		return // the connection that tells events was first
	}
	a.mark.hold()
	if !a.callable(c.ctx) {
		a.t.log.Warn("onebot: nothing can be asked: there is no connection for calls", "account", string(a.self))
		a.beginAgain(c)
		return
	}
	if err := a.greet(c.ctx); err != nil {
		a.t.log.Warn("onebot: the account's groups could not be read", "account", string(a.self), "err", says(err))
		a.beginAgain(c)
		return
	}
	const most = 5
	switch {
	case !c.events: // the connection that tells events comes, and then it is known what it did not tell
	case a.catchUp(c.ctx):
	case c.begun < most:
		a.beginAgain(c)
	default:
		a.t.log.Error("onebot: what was said while we were away is not told; it is lost", "account", string(a.self), "since", a.mark.until())
		a.mark.release(time.Time{}, a.t.now())
	}
	a.t.running.Go(func() { a.lists(c.ctx) })
}

// beginAgain lets begin happen once more, after a while that grows, for as long as the connection lasts.
func (a *account) beginAgain(c *conn) {
	c.begun++
	wait := a.t.timing.BackOffMax * time.Duration(c.begun)
	a.t.running.Go(func() {
		if sleep(c.ctx, wait) != nil {
			return
		}
		a.put(c, item{began: c})
	})
}

// callable waits a moment for a connection that takes calls: some implementations have one for events and another for
// calls.
func (a *account) callable(ctx context.Context) bool {
	for limit := time.Now().Add(a.t.timing.Look); ; {
		a.mu.Lock()
		ok := a.api != nil
		a.mu.Unlock()
		if ok {
			return true
		}
		const look = 20 * time.Millisecond
		if time.Now().After(limit) || sleep(ctx, look) != nil {
			return false
		}
	}
}

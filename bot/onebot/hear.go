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
			if it.began == nil {
				a.hearAll(ctx, it)
			}
		default:
			return
		}
	}
}

// begin is what happens when an account is connected: what was said while it was away comes before what it says next;
// its lists are read meanwhile.
func (a *account) begin(c *conn) {
	a.tries.n.Store(0)
	if !a.callable(c.ctx) {
		a.t.log.Warn("onebot: nothing can be asked: there is no connection for calls", "account", string(a.self))
		return
	}
	if err := a.greet(c.ctx); err != nil {
		a.t.log.Warn("onebot: the account's groups could not be read", "account", string(a.self), "err", says(err))
		return
	}
	a.catchUp(c.ctx)
	a.t.running.Go(func() { a.lists(c.ctx) })
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

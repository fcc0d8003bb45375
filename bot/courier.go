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

// Courier carries what was said to the transports. One courier serves one engine.
type Courier struct {
	engine     *Engine
	transports map[string]Transport
	now        func() time.Time
	log        *slog.Logger

	rounds    sync.Mutex // one round at a time; guards unsettled
	unsettled []Result   // what was sent and could not be written down yet
}

// Courier makes the courier that sends through the given transports. now is the clock that decides what is due.
func (e *Engine) Courier(now func() time.Time, transports ...Transport) *Courier {
	c := &Courier{engine: e, transports: map[string]Transport{}, now: now, log: e.log}
	for _, t := range transports {
		c.transports[t.Name()] = t
	}
	return c
}

// How much is claimed at once, how often the outbox is looked at without being told to, and how long a
// transport that is down is left alone.
const (
	claimAtOnce = 64
	lookEvery   = time.Second
	downFor     = 2 * time.Second
)

// Run sends until ctx ends. What it was sending when a process died has an unknown outcome and is not sent again.
func (c *Courier) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.engine.wake:
		case <-timer.C:
		}
		for {
			n, err := c.Round(ctx)
			if err != nil {
				if ctx.Err() != nil {
					return nil
				}
				c.log.Error("courier", "err", err)
			}
			if n == 0 || err != nil {
				break
			}
		}
		timer.Reset(lookEvery)
	}
}

// Drain sends everything that is due now, and returns when nothing is left that could be sent. What is put
// back meanwhile is not tried again.
func (c *Courier) Drain(ctx context.Context) error {
	for due := c.now(); ; {
		n, err := c.round(ctx, due)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Round claims once, sends what it got, and tells how much that was. Of rounds that are asked for at once each waits for the one before.
func (c *Courier) Round(ctx context.Context) (tried int, err error) { return c.round(ctx, c.now()) }

func (c *Courier) round(ctx context.Context, due time.Time) (tried int, err error) {
	c.rounds.Lock()
	defer c.rounds.Unlock()
	if err := errors.Join(ctx.Err(), c.settle(ctx)); err != nil {
		return 0, err
	}
	claimed, err := c.engine.Claim(ctx, due, claimAtOnce)
	if err != nil {
		return 0, fmt.Errorf("claim: %w", err)
	}
	for _, o := range claimed {
		c.unsettled = append(c.unsettled, c.send(ctx, o))
	}
	return len(claimed), c.settle(ctx)
}

// settle writes down what was sent, even when we are told to stop now. While it can't, the results are kept
// and nothing else is sent.
func (c *Courier) settle(ctx context.Context) error {
	if len(c.unsettled) == 0 {
		return nil
	}
	if err := c.engine.Settle(context.WithoutCancel(ctx), c.now(), c.unsettled...); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	c.unsettled = nil
	return nil
}

func (c *Courier) send(ctx context.Context, o Outgoing) Result {
	r := Result{Outgoing: o}
	t := c.transports[o.Route.Transport]
	if t == nil {
		r.Outcome, r.Reason, r.Until = Pending, "transport does not run: "+o.Route.Transport, c.now().Add(downFor)
		return r
	}
	if ctx.Err() != nil {
		r.Outcome, r.Reason = Pending, "stopping"
		return r
	}
	receipt, err := sendSafely(ctx, t, o)
	var limited *LimitedError
	switch {
	case err == nil:
		r.Outcome, r.Receipt = Sent, receipt.ID
		return r
	case errors.As(err, &limited):
		r.Outcome, r.Until = Pending, limited.Until
		if !r.Until.After(c.now()) {
			r.Until = c.now().Add(downFor)
		}
	case errors.Is(err, ErrDown):
		r.Outcome, r.Until = Pending, c.now().Add(downFor)
	case errors.Is(err, ErrRejected):
		r.Outcome = Failed
	default:
		r.Outcome = Unknown
	}
	r.Reason = err.Error()
	c.log.Warn("not sent", "feature", o.Feature, "outbox", o.ID, "outcome", string(r.Outcome), "err", err)
	return r
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

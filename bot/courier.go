package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Courier carries what was said to the transports. One courier serves one engine.
type Courier struct {
	engine     *Engine
	transports map[string]Transport
	now        func() time.Time
	log        *slog.Logger
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

// Drain sends everything that is due now, and returns when nothing is left that could be sent.
func (c *Courier) Drain(ctx context.Context) error {
	for {
		n, err := c.Round(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Round claims once, sends what it got, and tells how much left for good.
func (c *Courier) Round(ctx context.Context) (settled int, err error) {
	claimed, err := c.engine.Claim(ctx, c.now(), claimAtOnce)
	if err != nil {
		return 0, fmt.Errorf("claim: %w", err)
	}
	if len(claimed) == 0 {
		return 0, nil
	}
	results := make([]Result, 0, len(claimed))
	for _, o := range claimed {
		r := c.send(ctx, o)
		if r.Outcome != Pending {
			settled++
		}
		results = append(results, r)
	}
	// What was sent must be written down even when we are told to stop now.
	if err := c.engine.Settle(context.WithoutCancel(ctx), c.now(), results...); err != nil {
		return 0, fmt.Errorf("settle: %w", err)
	}
	return settled, nil
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
	receipt, err := t.Send(ctx, o)
	var limited *LimitedError
	switch {
	case err == nil:
		r.Outcome, r.Receipt = Sent, receipt.ID
		return r
	case errors.As(err, &limited):
		r.Outcome, r.Until = Pending, limited.Until
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

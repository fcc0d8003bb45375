package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// speaker sends for one transport, or, as the only one, for all.
type speaker struct {
	c    *Courier
	from string // the transport that it sends for; unsorted: all
	pace *Pace  // nil: as fast as it takes
	log  *slog.Logger
	wake chan struct{}

	mu        sync.Mutex // one turn at a time; guards what follows
	pacer     *pacer     // nil until the first turn, and without a pace
	unsettled []Result   // what was sent and could not be written down yet
	held      *hold      // a limit that could not be written down yet
}

func newSpeaker(c *Courier, from string, pace *Pace) *speaker {
	return &speaker{c: c, from: from, pace: pace, log: c.log, wake: make(chan struct{}, 1)}
}

func (s *speaker) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *speaker) turn(ctx context.Context) (did int, next time.Time, err error) {
	return s.speak(ctx, s.c.now())
}

// speak claims once and sends what it got. did is how much that was; next is when something may be sent that has to
// wait now.
func (s *speaker) speak(ctx context.Context, due time.Time) (did int, next time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.settle(ctx)); err != nil {
		return 0, next, err
	}
	if s.pace != nil {
		return s.speakPaced(ctx, due)
	}
	claimed, err := s.c.engine.claimFor(ctx, s.from, due, claimAtOnce)
	if err != nil {
		return 0, next, fmt.Errorf("claim: %w", err)
	}
	for _, o := range claimed {
		s.unsettled = append(s.unsettled, s.send(ctx, o))
	}
	err = s.settle(ctx)
	s.c.resort() // what was put back is to be sorted
	return len(claimed), next, err
}

// settle writes down what was sent, even when we are told to stop now. While it can't, the results are kept
// and nothing else is sent.
func (s *speaker) settle(ctx context.Context) error {
	if len(s.unsettled) == 0 && s.held == nil {
		return nil
	}
	if err := s.c.engine.settleAll(context.WithoutCancel(ctx), s.c.now(), s.held, s.unsettled); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	s.unsettled, s.held = nil, nil
	return nil
}

func (s *speaker) send(ctx context.Context, o Outgoing) Result {
	c, r := s.c, Result{Outgoing: o}
	t := c.transports[o.Route.Transport]
	if t == nil || s.from != unsorted && s.from != o.Route.Transport {
		r.Outcome, r.Reason, r.Until = Pending, notRunning+o.Route.Transport, c.now().Add(downFor)
		return r
	}
	if ctx.Err() != nil {
		r.Outcome, r.Reason = Pending, "stopping"
		return r
	}
	receipt, err := sendSafely(ctx, t, o)
	r.outcome(receipt, err)
	var limited *LimitedError
	if r.Outcome == Pending {
		r.Until = c.now().Add(downFor)
		if errors.As(err, &limited) && limited.Until.After(c.now()) {
			r.Until = limited.Until
		}
	}
	s.tell(r, err)
	return r
}

// notRunning begins the reason for what waits for a transport that is not there.
const notRunning = "transport does not run: "

// outcome is what a transport's answer means.
func (r *Result) outcome(receipt Receipt, err error) {
	var limited *LimitedError
	switch {
	case err == nil:
		r.Outcome, r.Receipt = Sent, receipt.ID
		return
	case errors.As(err, &limited), errors.Is(err, ErrDown):
		r.Outcome = Pending
	case errors.Is(err, ErrRejected):
		r.Outcome = Failed
	default:
		r.Outcome = Unknown
	}
	r.Reason = err.Error()
}

func (s *speaker) tell(r Result, err error) {
	if err != nil {
		s.log.Warn("not sent", "feature", r.Outgoing.Feature, "outbox", r.Outgoing.ID, "outcome", string(r.Outcome), "err", err)
	}
}

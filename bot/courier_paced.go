package bot

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// What is being sent when the courier has to stop may be finished within this time. After it the transport is
// told to give up, and after the second it is left alone: the outcome is unknown then.
const (
	finishWithin = 600 * time.Millisecond
	giveUpWithin = 200 * time.Millisecond
)

// errLeft is the answer of a transport that did not answer.
var errLeft = fmt.Errorf("%w: we had to stop and it did not answer", ErrUnknown)

// speakPaced says the one thing that the pace allows now, if there is one.
func (s *speaker) speakPaced(ctx context.Context, due time.Time) (did int, next time.Time, err error) {
	if s.pacer == nil {
		if err := s.remember(ctx, due); err != nil {
			return 0, next, err
		}
	}
	bundle, next, err := s.c.engine.claimPaced(ctx, s.pacer, due)
	if err != nil {
		return 0, next, fmt.Errorf("claim: %w", err)
	}
	s.c.resort() // what has moved is to be sorted
	if len(bundle) == 0 {
		return 0, next, nil
	}
	o := merged(bundle)
	var answer Result
	if ctx.Err() != nil {
		answer = Result{Outcome: Pending, Reason: "stopping"}
	} else {
		answer = s.deliver(ctx, o)
	}
	for _, o := range bundle {
		r := answer
		r.Outgoing, r.inPlace = o, true
		s.unsettled = append(s.unsettled, r)
	}
	return 1, next, s.settle(ctx)
}

// remember reads what the transport has said in its last day, and shows it to those who ask about the queue.
func (s *speaker) remember(ctx context.Context, now time.Time) (err error) {
	e := s.c.engine
	sum := sha256.Sum256(append([]byte(s.from), *e.opts.Secret...))
	chance := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), uint64(now.UnixNano())))
	s.pacer, err = recall(ctx, e.db, s.from, *s.pace, e.opts.Pacing.zone, now, chance)
	if err == nil {
		e.opts.Pacing.watch(s.pacer)
	}
	return err
}

// deliver sends one message and takes note of what that means for the pace.
func (s *speaker) deliver(ctx context.Context, o Outgoing) Result {
	receipt, err := sendPatiently(ctx, s.c.transports[s.from], o)
	r := Result{Outgoing: o}
	r.outcome(receipt, err)
	s.tell(r, err)
	now := s.c.now()
	var limited *LimitedError
	switch {
	case r.Outcome != Pending:
		// What was refused counts too: the other side has seen it.
		picture := len(o.Picture) > 0
		s.pacer.said(spoken{at: now, group: o.Group, weight: weigh(picture, o.Text != ""), picture: picture, merged: o.mergeable()})
	case errors.As(err, &limited):
		h := s.pacer.limited(now, limited.Until)
		s.held = &h
		s.log.Error("the other side wants us to be slower; nothing is sent until then, and nothing is lost",
			"transport", s.from, "until", h.until, "times", h.strikes,
			"do", "leave it alone, and look at the account on the phone; where this comes again, lower the limits of the pace")
	default:
		wait := s.pacer.fell(now)
		s.log.Warn("the transport is down; what waits keeps its order", "transport", s.from, "again in", wait)
	}
	return r
}

// sendPatiently lets what is being sent be finished when ctx ends, but not for long.
func sendPatiently(ctx context.Context, t Transport, o Outgoing) (Receipt, error) {
	type answer struct {
		receipt Receipt
		err     error
	}
	sending, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	answered := make(chan answer, 1)
	go func() {
		receipt, err := sendSafely(sending, t, o)
		answered <- answer{receipt, err}
	}()
	select {
	case a := <-answered:
		return a.receipt, a.err
	case <-ctx.Done():
	}
	for _, patience := range []time.Duration{finishWithin, giveUpWithin} {
		timer := time.NewTimer(patience)
		select {
		case a := <-answered:
			timer.Stop()
			return a.receipt, a.err
		case <-timer.C:
			giveUp()
		}
	}
	return Receipt{}, errLeft
}

package bot

import (
	"context"
	"errors"
	"fmt"
)

// attempt runs one handler in a savepoint and enqueues what it said. Its failures stay its own; an error
// is only returned where the whole transaction is lost.
func (e *Engine) attempt(ctx context.Context, r *Request, feature string, run Handler) error {
	_, err := e.attempted(ctx, r, feature, run)
	return err
}

// attempted is attempt, and tells the handler's own failure.
func (e *Engine) attempted(ctx context.Context, r *Request, feature string, run Handler) (failure, err error) {
	r.feature, r.said = feature, nil
	failure = e.db.Tx(ctx, func(ctx context.Context) error { return safely(ctx, r, run) })
	if failure != nil {
		r.said = nil
		// Without this, what is written from here on would be kept although the event is lost.
		if dead := e.db.Alive(ctx); dead != nil {
			return failure, fmt.Errorf("%s: %w", r.feature, errors.Join(failure, dead))
		}
		if e.opts.Passing(failure) {
			return failure, fmt.Errorf("%s: %w", r.feature, failure)
		}
		var refusal *Refusal
		if errors.As(failure, &refusal) {
			r.Reply(refusal.Text)
		} else {
			e.failed(r, failure)
		}
	}
	if err := e.aside(ctx, r); err != nil {
		return failure, fmt.Errorf("%s: %w", r.feature, err)
	}
	for i := range r.said {
		keep := e.enqueue
		if r.answers(&r.said[i]) {
			keep = e.answer
		}
		if err := keep(ctx, &r.said[i]); err != nil {
			return failure, fmt.Errorf("enqueue: %w", err)
		}
	}
	r.said = nil
	return failure, nil
}

// failed logs a handler's error and, where somebody waits for an answer, says sorry.
func (e *Engine) failed(r *Request, err error) {
	var p *panicError
	if errors.As(err, &p) {
		e.log.Error("handler panicked; its work is undone", "feature", r.feature, "event", r.ID, "err", err, "stack", string(p.stack))
	} else {
		e.log.Error("handler failed; its work is undone", "feature", r.feature, "event", r.ID, "err", err)
	}
	if r.Kind == Message && r.Args != noCommand {
		r.Reply(e.speech.text(r.Actor.Language, helpFeature, "failed", nil))
	}
}

// noCommand marks a request that is no command; no message can hold it, because tidy removes controls.
const noCommand = "\x00"

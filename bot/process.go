package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// process commits works: together where that succeeds, and otherwise event by event, so that one that
// can't be stored keeps no other from being stored.
func (e *Engine) process(ctx context.Context, works []*work) {
	if works[0].alone != nil {
		works[0].err = e.db.Tx(ctx, works[0].alone)
		return
	}
	err := e.together(ctx, works)
	if err == nil {
		return
	}
	if len(works) > 1 || len(works[0].events) > 1 {
		e.log.Warn("group commit failed, running its events one by one", "batches", len(works), "err", err)
	}
	for _, w := range works {
		e.oneByOne(ctx, w)
	}
}

func (e *Engine) together(ctx context.Context, works []*work) error {
	accepted := make([]int, len(works))
	err := e.db.Tx(ctx, func(ctx context.Context) error {
		for i, w := range works {
			for j := range w.events {
				isNew, err := e.one(ctx, w.events[j], w.history)
				if err != nil {
					return err
				}
				if isNew {
					accepted[i]++
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, w := range works {
		w.accepted = accepted[i]
	}
	return nil
}

// oneByOne stops at the first event that can't be stored: those after it must not overtake it.
func (e *Engine) oneByOne(ctx context.Context, w *work) {
	for _, ev := range w.events {
		isNew := false
		err := e.db.Tx(ctx, func(ctx context.Context) (err error) {
			isNew, err = e.one(ctx, ev, w.history)
			return err
		})
		var poison *panicError
		if errors.As(err, &poison) {
			e.log.Error("event can't be handled and is set aside", "event", ev.ID, "err", err, "stack", string(poison.stack))
			err = e.db.Tx(ctx, func(ctx context.Context) error { return e.setAside(ctx, ev, poison) })
			isNew = false
		}
		if err != nil {
			w.err = fmt.Errorf("event %s: %w", ev.ID, err)
			return
		}
		if isNew {
			w.accepted++
		}
	}
}

// one runs one event in the transaction of ctx. An error means that nothing of the transaction may be kept.
func (e *Engine) one(ctx context.Context, ev Event, history bool) (isNew bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v, debug.Stack()}
		}
	}()
	tidy(&ev, e.opts.Names)
	r := &Request{Event: ev, engine: e}
	r.Actor.Language = e.opts.Language
	r.Seq, isNew, err = e.accept(ctx, &r.Event)
	if err != nil || !isNew {
		return false, err
	}
	if err := safely(ctx, r, e.opts.Observe); err != nil {
		return false, fmt.Errorf("observe: %w", err)
	}
	if ev.Kind == SessionUp || ev.Kind == SessionDown {
		if err := e.login(ctx, r); err != nil {
			return false, err
		}
	}
	if ev.From.Self && ev.Kind != SessionUp && ev.Kind != SessionDown {
		return true, nil // what the bot's own account does is nobody's doing
	}
	for _, o := range e.observers {
		r.feature = o.feature
		if err := safely(ctx, r, o.run); err != nil {
			return false, fmt.Errorf("observe by %s: %w", o.feature, err)
		}
	}
	if history {
		return true, nil
	}
	return true, e.route(ctx, r)
}

// panicError is a panic of somebody's code.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func safely(ctx context.Context, r *Request, run Handler) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v, debug.Stack()}
		}
	}()
	return run(ctx, r)
}

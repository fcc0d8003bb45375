package bot

import (
	"context"
	"fmt"
	"time"
)

// pickTries is how many things that turn out not to be sent one claim may look at.
const pickTries = 64

// claimPaced takes the most urgent thing that the pace of a transport allows to be said now, with those that
// are merged with it, and marks them as being sent. Without one, next is when that may change; zero is not known.
func (e *Engine) claimPaced(ctx context.Context, p *pacer, now time.Time) (bundle []Outgoing, next time.Time, err error) {
	if at, _ := p.ready(now, 1); at.After(now) {
		return nil, at, nil
	}
	err = e.Do(ctx, func(ctx context.Context) error {
		bundle, next = nil, time.Time{}
		least, until, err := e.leastUrgent(ctx, now)
		if err != nil {
			return err
		}
		w := newWalk(e, p, now, least, until)
		for range pickTries {
			picked, err := w.pick(ctx)
			if err != nil {
				return err
			}
			if len(picked) == 0 {
				next = w.next
				return nil
			}
			if bundle, err = e.takeBundle(ctx, p.name, picked, now); err != nil || len(bundle) > 0 {
				return err
			}
		}
		next = now // there is more to look at
		return nil
	})
	return bundle, next, err
}

// takeBundle marks what may really be sent of what was picked.
func (e *Engine) takeBundle(ctx context.Context, transport string, picked []Outgoing, now time.Time) (bundle []Outgoing, err error) {
	for _, o := range picked {
		ok, err := e.checked(ctx, &o, now)
		if err != nil {
			return nil, err
		}
		switch {
		case !ok:
		case o.Route.Transport != transport: // its receiver has moved
			if _, err := exec(ctx, e.db, `UPDATE outbox SET transport = '' WHERE id = ?`, o.ID); err != nil {
				return nil, fmt.Errorf("sort %d anew: %w", o.ID, err)
			}
		default:
			bundle = append(bundle, o)
		}
	}
	if len(bundle) > 1 {
		if _, bad := e.opts.Screen(merged(bundle).Text); bad { // only together they say something bad
			bundle = bundle[:1]
		}
	}
	for _, o := range bundle {
		if err := e.take(ctx, o, bundle[0].ID, now); err != nil {
			return nil, err
		}
	}
	return bundle, nil
}

package bot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// Claim takes up to limit things that are due, most urgent first, marks them as being sent, and gives them
// with their routes. What is too late, guarded or without a receiver is withheld instead, and its feature
// told. Nothing claimed means that nothing is due. Paces don't matter here; a manager's pause does.
func (e *Engine) Claim(ctx context.Context, now time.Time, limit int) (claimed []Outgoing, err error) {
	return e.claimFor(ctx, unsorted, now, limit)
}

// unsorted stands for what the courier has not given to a transport.
const unsorted = ""

// waitingFor chooses from the outbox what waits for a transport, or was not sorted. Both conditions are those
// of an index.
func waitingFor(transport string) string {
	if transport == unsorted {
		return `state = 'pending' AND transport = '' AND transport = ? AND not_before <= ?`
	}
	return `state = 'pending' AND transport <> '' AND transport = ? AND not_before <= ?`
}

func (e *Engine) claimFor(ctx context.Context, transport string, now time.Time, limit int) (claimed []Outgoing, err error) {
	for looked := 1; err == nil && looked > 0 && len(claimed) == 0; {
		claimed, looked, err = e.claim(ctx, transport, now, limit)
	}
	return claimed, err
}

func (e *Engine) claim(ctx context.Context, transport string, now time.Time, limit int) (claimed []Outgoing, looked int, err error) {
	err = e.Do(ctx, func(ctx context.Context) error {
		claimed = nil
		least, _, err := e.leastUrgent(ctx, now)
		if err != nil {
			return err
		}
		due, err := e.outgoings(ctx, waitingFor(transport)+` AND priority <= ? ORDER BY priority, id LIMIT ?`,
			transport, now.UnixMilli(), int(least), limit)
		if err != nil {
			return err
		}
		looked = len(due)
		for _, o := range due {
			ok, err := e.checked(ctx, &o, now)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := e.take(ctx, o, o.ID, now); err != nil {
				return err
			}
			claimed = append(claimed, o)
		}
		return nil
	})
	return claimed, looked, err
}

// leastUrgent is the last priority that may be said: alerts only while a manager's pause holds. until is when it
// ends; zero: not known, or there is none.
func (e *Engine) leastUrgent(ctx context.Context, now time.Time) (least Priority, until time.Time, err error) {
	h, on, err := paused(ctx, e.db, now)
	if on {
		return Alert, h.until, err
	}
	return math.MaxInt32, until, err
}

// take marks something as being sent, in the message that head leads.
func (e *Engine) take(ctx context.Context, o Outgoing, head int64, now time.Time) error {
	_, err := exec(ctx, e.db, `UPDATE outbox SET state = ?, attempts = attempts + 1, transport = ?, sent_at = ?, head = ? WHERE id = ?`,
		string(Sending), o.Route.Transport, now.UnixMilli(), head, o.ID)
	if err != nil {
		return fmt.Errorf("claim %d: %w", o.ID, err)
	}
	return nil
}

// checked is check, and withholds what may not be sent, or lets it wait where nobody is found yet.
func (e *Engine) checked(ctx context.Context, o *Outgoing, now time.Time) (ok bool, err error) {
	reason, err := e.check(ctx, o, now)
	switch {
	case errors.Is(err, ErrUnbound):
		return false, e.unbound(ctx, *o, err, now)
	case err != nil || reason == "":
		return err == nil, err
	}
	return false, e.settle(ctx, *o, Withheld, reason, now)
}

// How long words wait for somebody who is not found after a new login, and how often they are looked for.
const (
	unboundFor   = 24 * time.Hour
	unboundAgain = 10 * time.Second
)

// unbound puts back what goes to somebody who is not found in the present login yet. It waits for them, but not
// for ever: after a day nobody remembers what it answered.
func (e *Engine) unbound(ctx context.Context, o Outgoing, why error, now time.Time) error {
	if late := !o.NotAfter.IsZero() && now.After(o.NotAfter); late || now.Sub(o.SaidAt) > unboundFor {
		return e.settle(ctx, o, Withheld, tooLate+": "+why.Error(), now)
	}
	_, err := exec(ctx, e.db, `UPDATE outbox SET transport = '', not_before = ?, reason = ? WHERE id = ?`,
		Millis(now.Add(unboundAgain)), Clean(why.Error()), o.ID)
	if err != nil {
		return fmt.Errorf("put back %d: %w", o.ID, err)
	}
	return nil
}

// tooLate is the reason for what waited beyond its NotAfter.
const tooLate = "too late"

// check decides whether something due may be sent, and resolves where to.
func (e *Engine) check(ctx context.Context, o *Outgoing, now time.Time) (reason string, err error) {
	if !o.NotAfter.IsZero() && now.After(o.NotAfter) {
		return tooLate, nil
	}
	if o.Guard != "" {
		guard := e.guards[o.Feature+"."+o.Guard]
		if guard == nil {
			return "its guard no longer exists: " + o.Guard, nil
		}
		err := e.shielded(ctx, func(ctx context.Context) (err error) {
			reason, err = guard(ctx, *o, now)
			return err
		})
		if err != nil {
			if dead := e.db.Alive(ctx); dead != nil {
				return "", errors.Join(err, dead)
			}
			e.log.Error("guard failed; its words are withheld", "feature", o.Feature, "guard", o.Guard, "err", err)
			return "its guard failed", nil
		}
		if reason != "" {
			return reason, nil
		}
	}
	return e.resolve(ctx, o)
}

// resolve finds where something goes; the reason tells why it can't be found. The error is ErrUnbound where that
// may change.
func (e *Engine) resolve(ctx context.Context, o *Outgoing) (reason string, err error) {
	if err := e.shielded(ctx, func(ctx context.Context) error { return e.opts.Resolve(ctx, o) }); err != nil {
		if dead := e.db.Alive(ctx); dead != nil {
			return "", errors.Join(err, dead)
		}
		if errors.Is(err, ErrUnbound) {
			return "", err
		}
		return err.Error(), nil
	}
	return "", nil
}

// shielded runs somebody's code in a savepoint, so that neither its error nor its panic spoils what is around it.
func (e *Engine) shielded(ctx context.Context, fn func(ctx context.Context) error) error {
	return e.db.Tx(ctx, func(ctx context.Context) error {
		return safely(ctx, nil, func(ctx context.Context, _ *Request) error { return fn(ctx) })
	})
}

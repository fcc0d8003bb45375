package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// sortAtOnce is how much is sorted in one transaction.
const sortAtOnce = 64

// sort gives what is newly due to the transport that will say it, so that each transport finds what waits for
// it without looking at the rest. It tells how much it looked at; 0 means that all is sorted. What goes
// to a transport that does not run is looked at again later; what goes nowhere is withheld.
func (e *Engine) sort(ctx context.Context, now time.Time, runs func(transport string) bool) (looked int, err error) {
	err = e.Do(ctx, func(ctx context.Context) error {
		due, err := e.outgoings(ctx, waitingFor(unsorted)+` ORDER BY priority, id LIMIT ?`, unsorted, now.UnixMilli(), sortAtOnce)
		if err != nil {
			return err
		}
		looked = len(due)
		for _, o := range due {
			if err := e.sortOne(ctx, o, now, runs); err != nil {
				return fmt.Errorf("sort %d: %w", o.ID, err)
			}
		}
		return nil
	})
	return looked, err
}

func (e *Engine) sortOne(ctx context.Context, o Outgoing, now time.Time, runs func(transport string) bool) error {
	reason, err := e.resolve(ctx, &o)
	if errors.Is(err, ErrUnbound) {
		return e.unbound(ctx, o, err, now)
	}
	if err != nil {
		return err
	}
	if reason != "" {
		return e.settle(ctx, o, Withheld, reason, now)
	}
	if !runs(o.Route.Transport) {
		if !o.NotAfter.IsZero() && now.After(o.NotAfter) {
			return e.settle(ctx, o, Withheld, tooLate, now)
		}
		_, err = exec(ctx, e.db, `UPDATE outbox SET not_before = ?, reason = ? WHERE id = ?`,
			Millis(now.Add(downFor)), Clean(notRunning+o.Route.Transport), o.ID)
		return err
	}
	// A merged answer waits for others since it was first sorted.
	_, err = exec(ctx, e.db, `UPDATE outbox SET transport = ?, sorted_at = CASE WHEN sorted_at > 0 THEN sorted_at ELSE ? END WHERE id = ?`,
		o.Route.Transport, now.UnixMilli(), o.ID)
	return err
}

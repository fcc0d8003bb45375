package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// enqueue stores something said, to be sent after the commit.
func (e *Engine) enqueue(ctx context.Context, o *Outgoing) error {
	state, reason := Pending, ""
	o.Text = Clean(o.Text)
	if word, bad := e.opts.Screen(o.Text); bad {
		state, reason = Withheld, "own speech holds a forbidden word: "+word
		e.log.Warn("own speech withheld", "feature", o.Feature, "event", o.Event, "word", word)
	}
	mention := ""
	if len(o.Mention) > 0 {
		b, err := json.Marshal(o.Mention)
		if err != nil {
			return err
		}
		mention = string(b)
	}
	_, err := exec(ctx, e.db, `INSERT INTO outbox (feature, ref, event, group_id, member_id, text, mention, picture, priority,
		said_at, not_before, not_after, guard, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.Feature, o.Ref, o.Event, o.Group, o.Member, o.Text, mention, o.Picture, int(o.Priority),
		o.SaidAt.UnixMilli(), Millis(o.NotBefore), Millis(o.NotAfter), o.Guard, string(state), reason)
	if err != nil {
		return err
	}
	if state == Pending {
		said := *o
		e.db.OnCommit(ctx, func() {
			e.opts.OnSaid(said)
			e.wakeCourier()
		})
	}
	return nil
}

// Claim takes up to limit things that are due, most urgent first, marks them as being sent, and gives them
// with their routes. What is too late, guarded or without a receiver is withheld instead, and its feature
// told. Nothing claimed means that nothing is due.
func (e *Engine) Claim(ctx context.Context, now time.Time, limit int) (claimed []Outgoing, err error) {
	for looked := 1; err == nil && looked > 0 && len(claimed) == 0; {
		claimed, looked, err = e.claim(ctx, now, limit)
	}
	return claimed, err
}

func (e *Engine) claim(ctx context.Context, now time.Time, limit int) (claimed []Outgoing, looked int, err error) {
	err = e.Do(ctx, func(ctx context.Context) error {
		claimed = nil
		due, err := e.outgoings(ctx, `state = 'pending' AND not_before <= ? ORDER BY priority, id LIMIT ?`, now.UnixMilli(), limit)
		if err != nil {
			return err
		}
		looked = len(due)
		for _, o := range due {
			reason, err := e.check(ctx, &o, now)
			if err != nil {
				return err
			}
			if reason != "" {
				if err := e.settle(ctx, o, Withheld, reason, now); err != nil {
					return err
				}
				continue
			}
			if _, err := exec(ctx, e.db, `UPDATE outbox SET state = ?, attempts = attempts + 1 WHERE id = ?`, string(Sending), o.ID); err != nil {
				return err
			}
			claimed = append(claimed, o)
		}
		return nil
	})
	return claimed, looked, err
}

// outgoings reads what a condition chooses from the outbox.
func (e *Engine) outgoings(ctx context.Context, where string, args ...any) ([]Outgoing, error) {
	rows, err := e.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT id, feature, ref, event, group_id, member_id, text, mention, picture,
		priority, said_at, not_before, not_after, guard FROM outbox
		WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer rows.Close()
	var due []Outgoing
	for rows.Next() {
		var o Outgoing
		var mention string
		var said, before, after int64
		if err := rows.Scan(&o.ID, &o.Feature, &o.Ref, &o.Event, &o.Group, &o.Member, &o.Text, &mention, &o.Picture,
			&o.Priority, &said, &before, &after, &o.Guard); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		if mention != "" {
			if err := json.Unmarshal([]byte(mention), &o.Mention); err != nil {
				return nil, fmt.Errorf("outbox %d: mention: %w", o.ID, err)
			}
		}
		o.SaidAt, o.NotBefore, o.NotAfter = FromMillis(said), FromMillis(before), FromMillis(after)
		due = append(due, o)
	}
	return due, rows.Err()
}

// check decides whether something due may be sent, and resolves where to.
func (e *Engine) check(ctx context.Context, o *Outgoing, now time.Time) (reason string, err error) {
	if !o.NotAfter.IsZero() && now.After(o.NotAfter) {
		return "too late", nil
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
	if err := e.shielded(ctx, func(ctx context.Context) error { return e.opts.Resolve(ctx, o) }); err != nil {
		if dead := e.db.Alive(ctx); dead != nil {
			return "", errors.Join(err, dead)
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

// settle writes the final state of something said and tells its feature, once.
func (e *Engine) settle(ctx context.Context, o Outgoing, outcome Outcome, reason string, now time.Time) error {
	res, err := exec(ctx, e.db, `UPDATE outbox SET state = ?, reason = ?, settled_at = ? WHERE id = ? AND state IN ('pending', 'sending')`,
		string(outcome), Clean(reason), now.UnixMilli(), o.ID)
	if err != nil {
		return fmt.Errorf("settle %d: %w", o.ID, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return nil // it has its final state already
	}
	r := &Request{engine: e, Args: noCommand, Event: Event{
		ID: fmt.Sprintf("delivered/%d", o.ID), Kind: Delivered, At: now, SeenAt: now, Ref: o.Ref, Outcome: outcome,
	}}
	r.Actor = Actor{Group: o.Group, Member: o.Member, Language: e.opts.Language, Active: true}
	for _, l := range e.listeners[Delivered] {
		if l.feature == o.Feature {
			if err := e.attempt(ctx, r, l.feature, l.run); err != nil {
				return err
			}
		}
	}
	return nil
}

// Settle records what became of claimed things, in one transaction. An outcome of Pending puts a thing back
// until the given time.
func (e *Engine) Settle(ctx context.Context, now time.Time, results ...Result) error {
	return e.Do(ctx, func(ctx context.Context) error {
		for _, r := range results {
			if r.Outcome == Pending {
				if _, err := exec(ctx, e.db, `UPDATE outbox SET state = 'pending', not_before = ?, reason = ? WHERE id = ? AND state = 'sending'`,
					Millis(r.Until), Clean(r.Reason), r.Outgoing.ID); err != nil {
					return err
				}
				continue
			}
			if r.Receipt != "" {
				if _, err := exec(ctx, e.db, `UPDATE outbox SET receipt = ? WHERE id = ?`, Clean(r.Receipt), r.Outgoing.ID); err != nil {
					return err
				}
			}
			if err := e.settle(ctx, r.Outgoing, r.Outcome, r.Reason, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// Result is what became of one claimed thing.
type Result struct {
	Outgoing Outgoing
	Outcome  Outcome
	Reason   string
	Receipt  string
	Until    time.Time // Pending: when to try again
}

// ForgetSaid removes what was said before an instant and has a final outcome.
func ForgetSaid(ctx context.Context, s Storage, before time.Time) error {
	if _, err := exec(ctx, s, `DELETE FROM outbox WHERE settled_at > 0 AND settled_at < ?`, before.UnixMilli()); err != nil {
		return fmt.Errorf("forget what was said: %w", err)
	}
	return nil
}

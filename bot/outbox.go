package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// enqueue stores something said, to be sent after the commit.
func (e *Engine) enqueue(ctx context.Context, o *Outgoing) error {
	state, reason := Pending, o.withheld
	if reason != "" {
		state = Withheld
	}
	o.Text, o.MergeHead, o.MergeItem = Clean(o.Text), Clean(o.MergeHead), Clean(o.MergeItem)
	if word, bad := e.opts.Screen(o.Text); bad {
		state, reason = Withheld, ownWord+word
		e.log.Warn("own speech withheld", "feature", o.Feature, "event", o.Event, "word", word)
	}
	if _, bad := e.opts.Screen(o.MergeHead + o.MergeItem); bad || o.Merge != "" && !o.mergeable() {
		o.Merge = ""
	}
	mention := ""
	if len(o.Mention) > 0 {
		b, err := json.Marshal(o.Mention)
		if err != nil {
			return err
		}
		mention = string(b)
	}
	settled := int64(0)
	if state == Withheld {
		settled = o.SaidAt.UnixMilli()
		if o.Secret {
			o.Text, o.Picture = hidden, nil
		}
	}
	_, err := exec(ctx, e.db, `INSERT INTO outbox (feature, ref, event, group_id, member_id, text, mention, picture, priority,
		said_at, not_before, not_after, guard, state, reason, action, token, merge_key, merge_head, merge_item, dated, settled_at, secret, ritual, via)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.Feature, o.Ref, o.Event, o.Group, o.Member, o.Text, mention, o.Picture, int(o.Priority),
		o.SaidAt.UnixMilli(), Millis(o.NotBefore), Millis(o.NotAfter), o.Guard, string(state), reason,
		string(o.Action), o.Token, o.Merge, o.MergeHead, o.MergeItem, bit(o.Dated), settled, bit(o.Secret), bit(o.ritual), o.Via)
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

// hidden stands for what was secret.
const hidden = "(secret)"

// outgoings reads what a condition chooses from the outbox.
func (e *Engine) outgoings(ctx context.Context, where string, args ...any) ([]Outgoing, error) {
	rows, err := e.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT id, feature, ref, event, group_id, member_id, text, mention, picture,
		priority, said_at, not_before, not_after, guard, action, token, merge_key, merge_head, merge_item, dated, secret, via FROM outbox
		WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer rows.Close()
	var due []Outgoing
	for rows.Next() {
		var o Outgoing
		var mention string
		var said, before, after, dated, secret int64
		if err := rows.Scan(&o.ID, &o.Feature, &o.Ref, &o.Event, &o.Group, &o.Member, &o.Text, &mention, &o.Picture,
			&o.Priority, &said, &before, &after, &o.Guard, &o.Action, &o.Token, &o.Merge, &o.MergeHead, &o.MergeItem, &dated, &secret, &o.Via); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		if mention != "" {
			if err := json.Unmarshal([]byte(mention), &o.Mention); err != nil {
				return nil, fmt.Errorf("outbox %d: mention: %w", o.ID, err)
			}
		}
		o.SaidAt, o.NotBefore, o.NotAfter = FromMillis(said), FromMillis(before), FromMillis(after)
		o.Dated, o.Secret = dated == 1, secret == 1
		due = append(due, o)
	}
	return due, rows.Err()
}

// settle writes the final state of something said and tells its feature, once.
func (e *Engine) settle(ctx context.Context, o Outgoing, outcome Outcome, reason string, now time.Time) error {
	sent := now.UnixMilli()
	if outcome == Withheld {
		sent = 0
	}
	res, err := exec(ctx, e.db, `UPDATE outbox SET state = ?, reason = ?, settled_at = ?, sent_at = ?,
		text = CASE WHEN secret = 1 THEN ? ELSE text END, picture = CASE WHEN secret = 1 THEN NULL ELSE picture END
		WHERE id = ? AND state IN ('pending', 'sending')`, string(outcome), Clean(reason), now.UnixMilli(), sent, hidden, o.ID)
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
	return e.settleAll(ctx, now, nil, results)
}

// settleAll is Settle, and remembers together with it that a transport was limited.
func (e *Engine) settleAll(ctx context.Context, now time.Time, h *hold, results []Result) error {
	return e.Do(ctx, func(ctx context.Context) error {
		if h != nil {
			if err := writeHold(ctx, e.db, *h); err != nil {
				return err
			}
		}
		for _, r := range results {
			if r.Outcome == Pending {
				if err := e.putBack(ctx, r); err != nil {
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

// putBack makes something wait again: what is paced for its transport and in its old place, the rest to be sorted anew.
func (e *Engine) putBack(ctx context.Context, r Result) error {
	until, transport := Millis(r.Until), unsorted
	if r.inPlace {
		until, transport = Millis(r.Outgoing.NotBefore), r.Outgoing.Route.Transport
	}
	_, err := exec(ctx, e.db, `UPDATE outbox SET state = 'pending', not_before = ?, reason = ?, transport = ?, sent_at = 0, head = 0
		WHERE id = ? AND state = 'sending'`, until, Clean(r.Reason), transport, r.Outgoing.ID)
	if err != nil {
		return fmt.Errorf("put back %d: %w", r.Outgoing.ID, err)
	}
	return nil
}

// Result is what became of one claimed thing.
type Result struct {
	Outgoing Outgoing
	Outcome  Outcome
	Reason   string
	Receipt  string
	Until    time.Time // Pending: when to try again

	inPlace bool // Pending: the transport as a whole waits, and this keeps its place
}

// ForgetSaid removes what was said before an instant and has a final outcome.
func ForgetSaid(ctx context.Context, s Storage, before time.Time) error {
	if _, err := exec(ctx, s, `DELETE FROM outbox WHERE settled_at > 0 AND settled_at < ?`, before.UnixMilli()); err != nil {
		return fmt.Errorf("forget what was said: %w", err)
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

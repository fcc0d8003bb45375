package bot

import (
	"context"
	"fmt"
)

// Console is the Transport of events whose sender waits for the answer in a page of ours; see Ask.
const Console = "console"

// Ask delivers a command that its sender, ev.Member, gave in a page, and gives back what is said to them in
// private, in order: that is not sent. Everything else, as what is said to groups, goes its usual way. The same
// event again changes nothing and has the same answers, but for secret ones.
func (e *Engine) Ask(ctx context.Context, ev Event) ([]Outgoing, error) {
	if ev.Member == "" || ev.ID == "" {
		return nil, fmt.Errorf("ask %s: who asks must be known", ev.ID)
	}
	ev.Transport, ev.Private, ev.Chat, ev.Kind, ev.Form = Console, true, "", Message, Text
	id := shorten(ev.ID)
	var heard []Outgoing
	e.mu.Lock()
	e.asking[id] = &heard
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.asking, id)
		e.mu.Unlock()
	}()
	accepted, err := e.submit(ctx, []Event{ev}, false)
	if err != nil {
		return nil, err
	}
	if accepted > 0 {
		e.mu.Lock()
		defer e.mu.Unlock()
		return heard, nil
	}
	return e.outgoings(ctx, `transport = ? AND event = ? ORDER BY id`, Console, id)
}

// answers tells whether something said is the answer to who asked in a page.
func (r *Request) answers(o *Outgoing) bool {
	return r.Transport == Console && r.toActor(o) && o.Action == Speak && o.NotBefore.IsZero()
}

// answer keeps what was answered in a page: nobody sends it.
func (e *Engine) answer(ctx context.Context, o *Outgoing) error {
	o.Text = Clean(o.Text)
	text, picture := o.Text, o.Picture
	if o.Secret {
		text, picture = hidden, nil
	}
	_, err := exec(ctx, e.db, `INSERT INTO outbox (feature, ref, event, group_id, member_id, text, mention, picture, priority,
		said_at, not_before, not_after, guard, state, reason, transport, settled_at, secret)
		VALUES (?, ?, ?, '', ?, ?, '', ?, ?, ?, 0, 0, '', ?, '', ?, ?, ?)`,
		o.Feature, o.Ref, o.Event, o.Member, text, picture, int(o.Priority), o.SaidAt.UnixMilli(), string(Sent), Console, o.SaidAt.UnixMilli(), bit(o.Secret))
	if err != nil {
		return err
	}
	said := *o
	e.db.OnCommit(ctx, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if heard := e.asking[said.Event]; heard != nil {
			*heard = append(*heard, said)
		}
	})
	return nil
}

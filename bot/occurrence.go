package bot

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Ending is how an occurrence ended.
type Ending string

// The endings. Every occurrence that came due has exactly one; To come is none.
const (
	ToCome       Ending = ""
	InTime       Ending = "sent"      // decided and enqueued within the grace
	TooLate      Ending = "late"      // decided and enqueued after it
	Collapsed    Ending = "collapsed" // a newer one of the same ritual was due as well, and stands for it
	Skipped      Ending = "skipped"   // nothing was said: see Occurrence.Reason
	defaultGrace        = time.Minute
)

// The reasons that the engine gives for what was skipped; features have their own.
const (
	SkippedMissed  = "missed"  // too late by the job's policy
	SkippedFailed  = "failed"  // the handler failed
	SkippedRefused = "refused" // the handler refused
	SkippedChanged = "changed" // the plan was changed or taken back before the slot could be run
)

// Occurrence is one slot of a ritual: something that was to be said at a time.
type Occurrence struct {
	Job   string // "feature.job"
	Key   string // of its plan, or of what was asked for by Later; empty: a slot of the job's own spec
	Title string // of its plan; empty: the job's
	Group string // where its plan speaks; may be empty
	Slot  time.Time

	Backstage bool     // see Job
	Heard     []string // the groups that its words were for

	Ending  Ending
	Reason  string    // why it was skipped: one of the reasons above, or a feature's own word
	Decided time.Time // when it ended

	// Words is how many things it said, by what became of them.
	Words map[Outcome]int
	// Withheld is why those of the outcome Withheld were not said.
	Withheld []Unsaid
}

// Late tells whether a tick happens later than the grace of its job or plan allows.
func (r *Request) Late() bool { return r.Kind == Tick && r.At.Sub(r.Slot) > r.grace }

// Skip ends the occurrence that is being handled as skipped, for a reason: a word of the feature, whose
// text, if there is one, has the key "skipped." + reason. What the handler writes and says is kept.
func (r *Request) Skip(reason string) { r.skipped = reason }

// begin takes an occurrence for this tick. It is not free where it has ended already.
func (e *Engine) begin(ctx context.Context, o Occurrence, at time.Time) (free bool, err error) {
	return e.end(ctx, o, InTime, "", at)
}

// end records how an occurrence ended, unless it has ended already.
func (e *Engine) end(ctx context.Context, o Occurrence, how Ending, reason string, at time.Time) (fresh bool, err error) {
	res, err := exec(ctx, e.db, `INSERT INTO occurrences (job, key, slot, title, group_id, ending, reason, decided_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		o.Job, o.Key, o.Slot.UnixMilli(), o.Title, o.Group, string(how), Clean(reason), at.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("occurrence %s: %w", o.Job, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// amend corrects the ending of an occurrence that was begun in this transaction.
func (e *Engine) amend(ctx context.Context, o Occurrence, how Ending, reason string) error {
	_, err := exec(ctx, e.db, `UPDATE occurrences SET ending = ?, reason = ? WHERE job = ? AND key = ? AND slot = ?`,
		string(how), Clean(reason), o.Job, o.Key, o.Slot.UnixMilli())
	if err != nil {
		return fmt.Errorf("occurrence %s: %w", o.Job, err)
	}
	return nil
}

// perform runs the job of a tick whose slots are on record.
func (e *Engine) perform(ctx context.Context, r *Request, j *job, o Occurrence) error {
	free, err := e.begin(ctx, o, r.At)
	if err != nil || !free {
		return err
	}
	r.skipped = ""
	r.ritual = true
	failure, err := e.attempted(ctx, r, j.feature(), j.Run)
	if err != nil {
		return err
	}
	var refusal *Refusal
	switch {
	case errors.As(failure, &refusal):
		return e.amend(ctx, o, Skipped, SkippedRefused)
	case failure != nil:
		return e.amend(ctx, o, Skipped, SkippedFailed)
	case r.skipped != "":
		return e.amend(ctx, o, Skipped, r.skipped)
	case r.Late():
		return e.amend(ctx, o, TooLate, "")
	}
	return nil
}

// Occurrences are those of all rituals whose slots lie in from <= slot < to, in their order: how they ended
// and what became of their words, and those that are still to come by what is planned now.
func (r *Request) Occurrences(ctx context.Context, from, to time.Time) ([]Occurrence, error) {
	return r.engine.Occurrences(ctx, from, to)
}

// Occurrences is Request.Occurrences for a view.
func (q *Query) Occurrences(ctx context.Context, from, to time.Time) ([]Occurrence, error) {
	return q.engine.Occurrences(ctx, from, to)
}

// JobTitle is what a ritual is called in the language spoken here.
func (r *Request) JobTitle(job string) string { return r.engine.jobTitle(r.Actor.Language, job) }

// JobTitle is Request.JobTitle for a view.
func (q *Query) JobTitle(job string) string { return q.engine.jobTitle(q.Actor.Language, job) }

func (e *Engine) jobTitle(language, name string) string {
	j := e.jobs[name]
	if j == nil || j.Title == "" {
		return name
	}
	return e.speech.text(language, j.feature(), j.Title, nil)
}

// manyToCome is how many slots of one plan are foreseen at the most.
const manyToCome = 200

// Occurrences are those of all rituals whose slots lie in from <= slot < to; see Request.Occurrences.
func (e *Engine) Occurrences(ctx context.Context, from, to time.Time) ([]Occurrence, error) {
	list, err := e.ended(ctx, from, to)
	if err != nil {
		return nil, err
	}
	ended := map[slotKey]bool{}
	for _, o := range list {
		ended[o.key()] = true
	}
	coming, err := e.coming(ctx, from, to)
	if err != nil {
		return nil, err
	}
	for _, o := range coming {
		if !ended[o.key()] {
			list = append(list, o)
		}
	}
	for i := range list {
		j := e.jobs[list[i].Job]
		list[i].Backstage = j != nil && j.Backstage
	}
	slices.SortStableFunc(list, func(a, b Occurrence) int {
		return cmp.Or(a.Slot.Compare(b.Slot), strings.Compare(a.Job, b.Job), byNumber(a.Key, b.Key))
	})
	return list, nil
}

type slotKey struct {
	job, key string
	slot     int64
}

func (o Occurrence) key() slotKey { return slotKey{o.Job, o.Key, o.Slot.UnixMilli()} }

func (e *Engine) ended(ctx context.Context, from, to time.Time) ([]Occurrence, error) {
	pool := e.db.Conn(ctx).Statement.ConnPool
	rows, err := pool.QueryContext(ctx, `SELECT job, key, title, group_id, slot, ending, reason, decided_at FROM occurrences
		WHERE slot >= ? AND slot < ? ORDER BY slot, job, key`, from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("occurrences: %w", err)
	}
	defer rows.Close()
	var list []Occurrence
	at := map[string]int{}
	for rows.Next() {
		var o Occurrence
		var slot, decided int64
		if err := rows.Scan(&o.Job, &o.Key, &o.Title, &o.Group, &slot, &o.Ending, &o.Reason, &decided); err != nil {
			return nil, fmt.Errorf("occurrences: %w", err)
		}
		o.Slot, o.Decided = FromMillis(slot), FromMillis(decided)
		at[o.event()] = len(list)
		list = append(list, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("occurrences: %w", err)
	}
	return list, e.delivered(ctx, list, at)
}

// event is the ID of the tick that an occurrence is run by.
func (o Occurrence) event() string {
	if o.Key == "" {
		return slotID(o.Job, o.Slot)
	}
	return laterID(o.Job, o.Key, o.Slot.UnixMilli())
}

// delivered fills in what became of the words of occurrences. at is their places, by event.
func (e *Engine) delivered(ctx context.Context, list []Occurrence, at map[string]int) error {
	if len(list) == 0 {
		return nil
	}
	first, last := list[0].Decided, list[0].Decided
	for _, o := range list {
		if o.Decided.Before(first) {
			first = o.Decided
		}
		if o.Decided.After(last) {
			last = o.Decided
		}
	}
	rows, err := e.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT event, state, group_id,
		CASE WHEN state = 'withheld' THEN reason ELSE '' END AS why, COUNT(*), MAX(not_after) FROM outbox
		WHERE ritual = 1 AND said_at >= ? AND said_at <= ? GROUP BY event, state, group_id, why ORDER BY event, state, why, group_id`, first.UnixMilli(), last.UnixMilli())
	if err != nil {
		return fmt.Errorf("words of occurrences: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var event, group, why string
		var state Outcome
		var n int
		var notAfter int64
		if err := rows.Scan(&event, &state, &group, &why, &n, &notAfter); err != nil {
			return fmt.Errorf("words of occurrences: %w", err)
		}
		if i, ok := at[event]; ok {
			if list[i].Words == nil {
				list[i].Words = map[Outcome]int{}
			}
			list[i].Words[state] += n
			if group != "" && !slices.Contains(list[i].Heard, group) {
				list[i].Heard = append(list[i].Heard, group)
			}
			if state == Withheld {
				list[i].withhold(why, n, FromMillis(notAfter))
			}
		}
	}
	return rows.Err()
}

// coming foresees the slots that have not ended.
func (e *Engine) coming(ctx context.Context, from, to time.Time) (list []Occurrence, err error) {
	add := func(o Occurrence) { list = append(list, o) }
	for _, j := range e.jobOrder {
		if !j.Ritual || j.Spec == "" {
			continue
		}
		var last int64
		err := e.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT last FROM jobs WHERE name = ?`, j.name).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("occurrences: %w", err)
		}
		err = e.slots(j.Spec, FromMillis(last), from, to, func(slot time.Time) { add(Occurrence{Job: j.name, Slot: slot}) })
		if err != nil {
			return nil, err
		}
	}
	plans, err := e.plansBefore(ctx, to)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		each := func(slot time.Time) {
			if p.within(slot) {
				add(Occurrence{Job: p.Job, Key: p.Key, Title: p.Title, Group: p.Group, Slot: slot})
			}
		}
		if !p.next.Before(from) {
			each(p.next)
		}
		if p.Spec == "" {
			continue
		}
		if err := e.slots(p.Spec, p.next, from, to, each); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// slots gives the slots of a spec after an instant that lie in from <= slot < to, as far as can be foreseen.
func (e *Engine) slots(spec string, after, from, to time.Time, each func(slot time.Time)) error {
	if begin := from.Add(-time.Nanosecond); begin.After(after) {
		after = begin
	}
	for range manyToCome {
		next, err := e.opts.Next(spec, after)
		if err != nil {
			return fmt.Errorf("occurrences: %w", err)
		}
		if next.IsZero() || !next.Before(to) {
			return nil
		}
		each(next)
		after = next
	}
	return nil
}

package community

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/tiers"
)

// Classified is what a night came to.
type Classified struct {
	Day     Day           // the last Day that was classified
	First   bool          // nothing had been classified before: nobody is told what they hold since long
	Changes []tiers.Entry // of the morning after Day, of people who were there; the mornings before are on record
	Next    tiers.Era     // a ladder that was not known yet and will be in force; From is 0 where there is none
}

// Night classifies all Days that are over and were not classified yet, and again what came late. ok is false where
// there was nothing to do.
func (t *Tiers) Night(ctx context.Context, at time.Time) (c Classified, ok bool, err error) {
	c.Day = t.calendar.Day(at) - 1
	last, began, err := t.classified(ctx)
	if err != nil || began && last >= c.Day {
		return c, false, err
	}
	if c.Next, err = t.turn(ctx, at); err != nil {
		return c, false, err
	}
	from := last + 1
	if c.First = !began; c.First {
		if from, ok, err = t.Began(ctx); err != nil || !ok || from > c.Day {
			return c, false, err
		}
		last = from - 1
		if err := t.book.Clear(ctx); err != nil { // what managers said before is said again on its Day
			return c, false, err
		}
	}
	doubts, err := t.book.Doubts(ctx)
	if err != nil {
		return c, false, err
	}
	for _, day := range doubts {
		from = min(from, Day(day))
	}
	w, err := t.walk(ctx)
	if err != nil {
		return c, false, err
	}
	w.last, w.all = last, c.First
	if err := w.load(ctx, doubts); err != nil {
		return c, false, err
	}
	w.emit = func(e tiers.Entry) error {
		if Day(e.Day) == c.Day+1 {
			c.Changes = append(c.Changes, e)
		}
		return t.book.Write(ctx, e)
	}
	w.ended = func(day Day, people, changes int) error {
		return t.book.Worked(ctx, tiers.Night{Day: tiers.Day(day), At: at.UnixMilli(), People: people, Changes: changes})
	}
	if err := w.run(ctx, from, c.Day); err != nil {
		return c, false, err
	}
	if err := w.store(ctx); err != nil {
		return c, false, err
	}
	if err := t.book.Settle(ctx); err != nil {
		return c, false, err
	}
	t.keepLast(ctx, c.Day, true)
	return c, true, nil
}

// turn notes a ladder that was configured anew: the first is in force from the beginning, another one only after
// notice of some Days.
func (t *Tiers) turn(ctx context.Context, at time.Time) (next tiers.Era, err error) {
	eras, err := t.book.Eras(ctx)
	if err != nil {
		return next, err
	}
	if len(eras) == 0 {
		return next, t.book.Keep(ctx, tiers.Era{Ladder: t.ladder}, at.UnixMilli())
	}
	latest := eras[len(eras)-1]
	if latest.Ladder.Equal(t.ladder) {
		return next, nil
	}
	today := tiers.Day(t.calendar.Day(at))
	if err := t.book.Drop(ctx, today+1); err != nil { // of what is not in force yet nothing remains
		return next, err
	}
	now, _, err := t.Ladder(ctx, Day(today))
	if err != nil || now.Equal(t.ladder) {
		return next, err
	}
	next = tiers.Era{From: today + tiers.Day(t.notice), Ladder: t.ladder}
	return next, t.book.Keep(ctx, next, at.UnixMilli())
}

// Began is the first Day with anything to classify; ok is false where nothing ever happened.
func (t *Tiers) Began(ctx context.Context) (first Day, ok bool, err error) {
	for _, query := range [...]string{`SELECT MIN(day) FROM activity`, `SELECT MIN(day) FROM contributions`, `SELECT MIN(day) FROM traces`} {
		var day sql.NullInt64
		if err := t.db.Row(ctx, query).Scan(&day); err != nil {
			return 0, false, fmt.Errorf("tiers: %w", err)
		}
		if day.Valid && (!ok || Day(day.Int64) < first) {
			first, ok = Day(day.Int64), true
		}
	}
	return first, ok, nil
}

// walk carries what everybody holds through Days.
type walk struct {
	t      *Tiers
	iv     *involvement
	course tiers.Course

	all       bool                   // everybody's past is walked, and not only that of those in doubt
	last      Day                    // the last Day that was classified before
	doubts    map[MemberID]tiers.Day // from which Day on somebody's past is walked again
	standings map[MemberID]tiers.Standing
	stored    map[MemberID]tiers.Standing

	emit  func(tiers.Entry) error
	ended func(day Day, people, changes int) error
}

func (t *Tiers) walk(ctx context.Context) (*walk, error) {
	iv, err := newInvolvement(ctx, t.db, t.calendar, t.bots)
	if err != nil {
		return nil, err
	}
	w := &walk{t: t, iv: iv, doubts: map[MemberID]tiers.Day{}, standings: map[MemberID]tiers.Standing{}, stored: map[MemberID]tiers.Standing{}}
	w.course, err = t.course(ctx, iv.aliases)
	return w, err
}

// load begins with what is on record; of those in doubt, with what is before it.
func (w *walk) load(ctx context.Context, doubts map[string]tiers.Day) error {
	if w.all {
		return nil
	}
	var err error
	if w.stored, err = w.t.All(ctx); err != nil {
		return err
	}
	for id, s := range w.stored {
		w.standings[id] = s
	}
	for member, day := range doubts {
		id := w.iv.aliases.Resolve(MemberID(member))
		if d, ok := w.doubts[id]; ok {
			day = min(d, day)
		}
		w.doubts[id] = day
	}
	for id, day := range w.doubts {
		if err := w.t.book.Strike(ctx, string(id), day+1); err != nil {
			return err
		}
		s, ok, err := w.t.book.Before(ctx, string(id), day+1)
		if err != nil {
			return err
		}
		if w.standings[id] = s; !ok {
			delete(w.standings, id)
		}
	}
	return nil
}

// run walks through the Days from the first to the last of them.
func (w *walk) run(ctx context.Context, from, to Day) error {
	prime := from
	if !w.all {
		prime -= FactDays
	}
	for day := prime; day <= to; day++ {
		if err := w.iv.step(ctx, day); err != nil {
			return err
		}
		if day < from {
			continue
		}
		people, changes, err := w.night(day)
		if err != nil {
			return err
		}
		if w.ended != nil && day > w.last {
			if err := w.ended(day, people, changes); err != nil {
				return err
			}
		}
	}
	return nil
}

// night carries everybody over to the morning after a Day.
func (w *walk) night(day Day) (people, changes int, err error) {
	for id := range w.standings { // who is known from before only
		w.iv.of(id)
	}
	for id := range w.doubts {
		w.iv.of(id)
	}
	for id := range w.course.Acts {
		w.iv.of(MemberID(id))
	}
	for i, id := range w.iv.ids {
		again := w.all
		if since, ok := w.doubts[id]; ok && Day(since) <= day {
			again = again || Day(since) < day
		} else if !w.all && day <= w.last {
			continue
		}
		people++
		n, err := w.carry(int32(i), id, day, again)
		if err != nil {
			return people, changes, err
		}
		changes += n
	}
	return people, changes, nil
}

// carry carries one person over. said tells that what managers said on the Day is not in what they hold yet.
func (w *walk) carry(i int32, id MemberID, day Day, said bool) (changes int, err error) {
	s, f, member := w.standings[id], w.iv.facts[i], string(id)
	if s.Tier == "" {
		s.Tier = tiers.Lurker
	}
	if !w.iv.touched[i] && w.course.Rests(member, s, tiers.Day(day)) && w.doubts[id] != tiers.Day(day) {
		return 0, nil
	}
	write := func(list []tiers.Change, on Day, facts tiers.Facts) error {
		for _, c := range list {
			changes++
			if err := w.emit(tiers.Entry{Member: member, Day: tiers.Day(on), Change: c, After: s, Facts: facts}); err != nil {
				return err
			}
		}
		return nil
	}
	var list []tiers.Change
	if said {
		if s, list = w.course.Said(member, s, tiers.Day(day)); len(list) > 0 {
			if err := write(list, day, tiers.Facts{}); err != nil {
				return changes, err
			}
		}
	}
	if s, list = w.course.Night(member, s, f, tiers.Day(day)); len(list) > 0 {
		if err := write(list, day+1, f); err != nil {
			return changes, err
		}
	}
	if s == (tiers.Standing{Tier: tiers.Lurker}) { // as if nothing were known
		delete(w.standings, id)
	} else {
		w.standings[id] = s
	}
	return changes, nil
}

// store writes what is held where it is another than before.
func (w *walk) store(ctx context.Context) error {
	for id, s := range w.standings {
		if w.stored[id] == s {
			continue
		}
		if err := w.t.book.Hold(ctx, string(id), s); err != nil {
			return err
		}
	}
	for id := range w.stored {
		if _, ok := w.standings[id]; !ok {
			if err := w.t.book.Forget(ctx, string(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

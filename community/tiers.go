package community

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/tiers"
)

// Tiers is how involved the members are: it gathers their facts, classifies them night by night, and keeps who held
// which tier when. A person has one tier under all of their ids; bots have none, and whom a board leaves out is left
// to who asks.
type Tiers struct {
	db       SQL
	ro       *Roster
	calendar *Calendar
	book     *tiers.Book
	ladder   tiers.Ladder
	notice   Day
	bots     []string

	known bool // last and began are read
	began bool // a Day was classified
	last  Day  // the last that was
}

func newTiers(opts Options, ro *Roster) *Tiers {
	t := &Tiers{db: SQL{opts.Storage}, ro: ro, calendar: opts.Calendar, ladder: tiers.Default(), notice: 1, bots: opts.Bots}
	if opts.Storage != nil {
		t.book = tiers.NewBook(opts.Storage.Conn)
	}
	return t
}

// Use says, while the program is put together, what the tiers ask for, and how many Days before it is in force a change of
// that is announced. Without it that is tiers.Default.
func (t *Tiers) Use(ladder tiers.Ladder, notice Day) { t.ladder, t.notice = ladder, max(notice, 1) }

// Of is what a person holds.
func (t *Tiers) Of(ctx context.Context, member MemberID) (tiers.Standing, error) {
	who, err := t.ro.Who(ctx, member)
	if err != nil {
		return tiers.Standing{}, err
	}
	s, ok, err := t.book.Standing(ctx, string(who))
	if !ok {
		s.Tier = tiers.Lurker
	}
	return s, err
}

// All is what everybody holds who holds more than the lowest tier, or did. It reads tables only.
func (t *Tiers) All(ctx context.Context) (map[MemberID]tiers.Standing, error) {
	rows, err := t.book.Standings(ctx)
	if err != nil {
		return nil, err
	}
	all := make(map[MemberID]tiers.Standing, len(rows))
	for member, s := range rows {
		all[MemberID(member)] = s
	}
	return all, nil
}

// Waiting are those who wait for a manager's word, in no order; see All.
func (t *Tiers) Waiting(ctx context.Context) ([]MemberID, error) {
	rows, err := t.book.Waiting(ctx)
	ids := make([]MemberID, len(rows))
	for i, id := range rows {
		ids[i] = MemberID(id)
	}
	return ids, err
}

// History are the changes of what a person held, oldest first.
func (t *Tiers) History(ctx context.Context, member MemberID) ([]tiers.Entry, error) {
	return t.book.Of(ctx, string(member))
}

// Between are the changes of the Days from <= Day < to.
func (t *Tiers) Between(ctx context.Context, from, to Day) ([]tiers.Entry, error) {
	return t.book.Between(ctx, tiers.Day(from), tiers.Day(to))
}

// Last is the last Day that was classified; ok is false where none was yet.
func (t *Tiers) Last(ctx context.Context) (day Day, ok bool, err error) {
	last, ok, err := t.book.Last(ctx)
	return Day(last), ok, err
}

// Ladder is the ladder that is in force on a Day, and the one that follows it, where it is known already; next.From is
// 0 where none is.
func (t *Tiers) Ladder(ctx context.Context, day Day) (now tiers.Ladder, next tiers.Era, err error) {
	eras, err := t.eras(ctx)
	if err != nil {
		return nil, next, err
	}
	for _, e := range eras {
		if Day(e.From) > day {
			return now, e, nil
		}
		now = e.Ladder
	}
	return now, next, nil
}

// eras are the ladders on record; before the first night that is the configured one.
func (t *Tiers) eras(ctx context.Context) ([]tiers.Era, error) {
	eras, err := t.book.Eras(ctx)
	if len(eras) == 0 {
		eras = []tiers.Era{{Ladder: t.ladder}}
	}
	return eras, err
}

// course is what standings follow from besides facts, under the ids that people have today.
func (t *Tiers) course(ctx context.Context, aliases AliasMap) (c tiers.Course, err error) {
	c = tiers.Course{Acts: map[string][]tiers.Act{}, Review: func(d tiers.Day) bool {
		_, _, date := Day(d).Date()
		return date == 1
	}}
	if c.Eras, err = t.eras(ctx); err != nil {
		return c, err
	}
	said, err := t.book.SaidOf(ctx)
	for _, s := range said {
		s.Member = string(aliases.Resolve(MemberID(s.Member)))
		c.Acts[s.Member] = append(c.Acts[s.Member], s.Act)
	}
	return c, err
}

// classified tells which Day was classified last, from memory.
func (t *Tiers) classified(ctx context.Context) (last Day, began bool, err error) {
	if !t.known {
		if t.last, t.began, err = t.Last(ctx); err != nil {
			return 0, false, err
		}
		t.known = true
	}
	return t.last, t.began, nil
}

// keepLast remembers the last Day that was classified, unless the work around it is undone.
func (t *Tiers) keepLast(ctx context.Context, last Day, began bool) {
	known, wasBegun, was := t.known, t.began, t.last
	t.known, t.began, t.last = true, began, last
	t.db.OnRollback(ctx, func() { t.known, t.began, t.last = known, wasBegun, was })
}

// late notes that something happened on a Day that was classified already; the next night does it again.
func (t *Tiers) late(ctx context.Context, day Day, members ...MemberID) error {
	if t == nil {
		return nil
	}
	if last, began, err := t.classified(ctx); err != nil || !began || day > last {
		return err
	}
	for _, m := range members {
		who, err := t.ro.Who(ctx, m)
		if err != nil {
			return err
		}
		if err := t.book.Doubt(ctx, string(who), tiers.Day(day)); err != nil {
			return err
		}
	}
	return nil
}

// clear takes all that was classified off the record.
func (t *Tiers) clear(ctx context.Context) error {
	t.keepLast(ctx, 0, false)
	return t.book.Clear(ctx)
}

// changed doubts what is on record of people who are others now, from the first Day on which the ids did anything that
// moved.
func (t *Tiers) changed(ctx context.Context, _ *bot.Request, change Change) error {
	moved, people := change.Before, change.After
	if len(change.Before) < len(change.After) {
		moved = change.After
	}
	if len(moved) < 2 {
		return nil
	}
	first, ok, err := t.firstOf(ctx, moved[1])
	if err != nil || !ok {
		return err
	}
	for _, id := range moved[1] {
		if err := t.book.Forget(ctx, string(id)); err != nil {
			return err
		}
		if err := t.book.Strike(ctx, string(id), 0); err != nil {
			return err
		}
	}
	for _, ids := range people {
		if err := t.book.Doubt(ctx, string(ids[0]), tiers.Day(first)); err != nil {
			return err
		}
	}
	return t.doubtPartners(ctx, moved[1], first)
}

// doubtPartners doubts those who had to do with ids since a Day: they have a partner more or less now.
func (t *Tiers) doubtPartners(ctx context.Context, moved []MemberID, since Day) error {
	in, args := In(moved)
	var partners []MemberID
	err := t.db.Each(ctx, func(scan func(...any) error) error {
		var id MemberID
		err := scan(&id)
		partners = append(partners, id)
		return err
	}, `SELECT to_id FROM edges WHERE day >= ? AND from_id IN `+in+` UNION SELECT from_id FROM edges WHERE day >= ? AND to_id IN `+in,
		slices.Concat([]any{int(since)}, args, []any{int(since)}, args)...)
	if err != nil {
		return fmt.Errorf("tiers: %w", err)
	}
	return t.late(ctx, since, partners...)
}

// firstOf is the first Day on which anything is known of ids.
func (t *Tiers) firstOf(ctx context.Context, ids []MemberID) (first Day, ok bool, err error) {
	in, args := In(ids)
	for _, query := range [...]string{
		`SELECT MIN(day) FROM activity WHERE member_id IN `, `SELECT MIN(day) FROM edges WHERE to_id IN `, `SELECT MIN(day) FROM traces WHERE member_id IN `,
		`SELECT MIN(day) FROM contributions WHERE member_id IN `, `SELECT MIN(day) FROM tier_acts WHERE member_id IN `,
	} {
		var day sql.NullInt64
		if err := t.db.Row(ctx, query+in, args...).Scan(&day); err != nil {
			return 0, false, fmt.Errorf("tiers: %w", err)
		}
		if day.Valid && (!ok || Day(day.Int64) < first) {
			first, ok = Day(day.Int64), true
		}
	}
	return first, ok, nil
}

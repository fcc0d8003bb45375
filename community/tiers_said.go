package community

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/tiers"
)

// Say puts on record what a manager says of a person's tier, and lets it hold at once. The Day and the person are filled in.
func (t *Tiers) Say(ctx context.Context, at time.Time, said tiers.Said) (id int64, err error) {
	who, err := t.ro.Who(ctx, MemberID(said.Member))
	if err != nil {
		return 0, err
	}
	said.Member, said.Day = string(who), tiers.Day(t.calendar.Day(at))
	if last, began, err := t.classified(ctx); err != nil {
		return 0, err
	} else if began {
		said.Day = tiers.Day(last) + 1 // the Day that the next night ends
	}
	if id, err = t.book.Say(ctx, said); err != nil {
		return 0, err
	}
	s, err := t.Of(ctx, who)
	if err != nil {
		return 0, err
	}
	after, change, ok := s.Do(said.Act)
	if !ok {
		return id, nil
	}
	if err := t.book.Hold(ctx, string(who), after); err != nil {
		return 0, err
	}
	return id, t.book.Write(ctx, tiers.Entry{Member: string(who), Day: said.Day, Change: change, After: after})
}

// Unsay takes an act back: what is held is again what it was before, and the next night decides anew since then. ok is
// false where it was taken back already.
func (t *Tiers) Unsay(ctx context.Context, id int64) (ok bool, err error) {
	act, ok, err := t.book.Unsay(ctx, id)
	if err != nil || !ok {
		return ok, err
	}
	who, err := t.ro.Who(ctx, MemberID(act.Member))
	if err != nil {
		return false, err
	}
	if err := t.book.Doubt(ctx, string(who), act.Day-1); err != nil {
		return false, err
	}
	s, found, err := t.book.Before(ctx, string(who), act.Day)
	if err != nil {
		return false, err
	}
	if !found {
		return true, t.book.Forget(ctx, string(who))
	}
	return true, t.book.Hold(ctx, string(who), s)
}

// Locked is the lock that holds for a person on a Day; nil where there is none.
func (t *Tiers) Locked(ctx context.Context, member MemberID, day Day) (*tiers.Said, error) {
	ids, err := t.ro.IDs(ctx, member)
	if err != nil {
		return nil, err
	}
	members := make([]string, len(ids))
	for i, id := range ids {
		members[i] = string(id)
	}
	all, err := t.book.SaidOf(ctx, members...)
	if err != nil {
		return nil, err
	}
	c := tiers.Course{Acts: map[string][]tiers.Act{}}
	for _, s := range all {
		c.Acts[""] = append(c.Acts[""], s.Act)
	}
	lock, ok := c.Locked("", tiers.Day(day), tiers.Day(day)+1)
	for i := range all {
		if ok && all[i].Act == lock {
			return &all[i], nil
		}
	}
	return nil, nil //nolint:nilnil // no lock is no error
}

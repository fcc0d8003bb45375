package community

import (
	"context"
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// What a merge or a split can be refused with.
var (
	ErrSamePerson  = errors.New("they are one person already")
	ErrProvisional = errors.New("nobody can be merged into somebody who waits to be recognised")
	ErrNoAlias     = errors.New("this id was merged into nobody")
	ErrRecognised  = errors.New("this member does not wait to be recognised")
)

// Change is a merge, a split, or the recognition of somebody as a member of their own.
type Change struct {
	N int64 // its number, for the keys of what it causes
	// Before and After are the ids of each person that it touches, as they were and as they are now. Of the
	// two people of a merge, and of a split, the one who keeps their place stands first.
	Before, After [][]MemberID
}

// ChangeFunc makes right again what a feature derived from who is one person, in the transaction of the change.
type ChangeFunc func(ctx context.Context, r *bot.Request, change Change) error

// changes is what the roster does with a change besides the aliases.
type changes struct {
	names []string
	fns   []ChangeFunc
	owned []string // beginnings of keys of the ledger that a feature makes right itself
	audit *Audit
	purse *Purse
}

// OnIdentity registers a feature that derives something from facts of all ids of a person, while the
// program is put together. keys are the beginnings of its keys in the ledger, which it makes right itself;
// of all others, the later of two that coincide in a merge is reversed, and posted again by a split.
func (ro *Roster) OnIdentity(name string, fn ChangeFunc, keys ...string) {
	ro.changes.names = append(ro.changes.names, name)
	ro.changes.fns = append(ro.changes.fns, fn)
	ro.changes.owned = append(ro.changes.owned, keys...)
}

// Merge says that from and into are one person, who is called into from now on. Facts and points stay with
// the id they happened to, so that Split gives back exactly what was. It is audited, and undone by Split.
func (ro *Roster) Merge(ctx context.Context, r *bot.Request, from, into MemberID, evidence string) error {
	from, into, err := ro.pair(ctx, from, into)
	if err != nil {
		return fmt.Errorf("merge %s into %s: %w", from, into, err)
	}
	change, err := ro.change(ctx, from, into)
	if err != nil {
		return err
	}
	if err := ro.recognised(ctx, from); err != nil {
		return err
	}
	if err := ro.join(ctx, r, from, into, evidence); err != nil {
		return fmt.Errorf("merge %s into %s: %w", from, into, err)
	}
	ids, err := ro.IDs(ctx, into)
	if err != nil {
		return err
	}
	change.After = [][]MemberID{ids}
	if err := ro.apply(ctx, r, change); err != nil {
		return fmt.Errorf("merge %s into %s: %w", from, into, err)
	}
	return ro.changes.audit.Record(ctx, r, "merge", string(from), map[string]any{"into": into, "evidence": evidence, "n": change.N})
}

// pair resolves two ids that shall be one person.
func (ro *Roster) pair(ctx context.Context, from, into MemberID) (MemberID, MemberID, error) {
	f, err := ro.Who(ctx, from)
	if err != nil {
		return from, into, err
	}
	t, err := ro.Who(ctx, into)
	if err != nil {
		return from, into, err
	}
	if f == t {
		return from, into, ErrSamePerson
	}
	waits, err := ro.Waits(ctx, t)
	if err == nil && waits {
		err = ErrProvisional
	}
	return f, t, err
}

// Split says that alias, which was merged, is somebody else after all: a person of its own with everything
// that happened to it, and with what was merged into it before. It is audited, and undone by Merge.
func (ro *Roster) Split(ctx context.Context, r *bot.Request, alias MemberID) error {
	person, err := ro.Who(ctx, alias)
	if err != nil {
		return err
	}
	if person == alias {
		return fmt.Errorf("split %s: %w", alias, ErrNoAlias)
	}
	change, err := ro.change(ctx, person)
	if err != nil {
		return err
	}
	if err := ro.part(ctx, alias); err != nil {
		return fmt.Errorf("split %s: %w", alias, err)
	}
	for _, id := range [...]MemberID{person, alias} {
		ids, err := ro.IDs(ctx, id)
		if err != nil {
			return err
		}
		change.After = append(change.After, ids)
	}
	if err := ro.apply(ctx, r, change); err != nil {
		return fmt.Errorf("split %s: %w", alias, err)
	}
	return ro.changes.audit.Record(ctx, r, "split", string(alias), map[string]any{"from": person, "n": change.N})
}

// Confirm says that somebody who waited to be recognised is a member of their own: their points are released.
// It is audited.
func (ro *Roster) Confirm(ctx context.Context, r *bot.Request, member MemberID) error {
	waits, err := ro.Waits(ctx, member)
	if err == nil && !waits {
		err = ErrRecognised
	}
	if err != nil {
		return fmt.Errorf("confirm %s: %w", member, err)
	}
	if err := ro.recognised(ctx, member); err != nil {
		return err
	}
	return ro.waiting(ctx, r, member, 0, "newcomer")
}

// waiting changes whether a member waits to be recognised, which moves their points.
func (ro *Roster) waiting(ctx context.Context, r *bot.Request, member MemberID, since int64, action string) error {
	change, err := ro.change(ctx, member)
	if err != nil {
		return err
	}
	before, err := ro.provisional(ctx, member)
	if err != nil {
		return err
	}
	if err := ro.provisionally(ctx, member, since); err != nil {
		return err
	}
	change.After = change.Before
	if err := ro.apply(ctx, r, change); err != nil {
		return fmt.Errorf("%s %s: %w", action, member, err)
	}
	return ro.changes.audit.Record(ctx, r, action, string(member), map[string]any{"since": before, "n": change.N})
}

// change begins a change of the given people, the one who keeps their place last in people and first in Before.
func (ro *Roster) change(ctx context.Context, people ...MemberID) (c Change, err error) {
	if c.N, err = ro.number(ctx, "identity"); err != nil {
		return c, err
	}
	for i := len(people) - 1; i >= 0; i-- {
		ids, err := ro.IDs(ctx, people[i])
		if err != nil {
			return c, err
		}
		c.Before = append(c.Before, ids)
	}
	return c, nil
}

// apply lets the features and then the accounts follow a change.
func (ro *Roster) apply(ctx context.Context, r *bot.Request, change Change) error {
	for i, fn := range ro.changes.fns {
		if err := fn(ctx, r, change); err != nil {
			return fmt.Errorf("%s: %w", ro.changes.names[i], err)
		}
	}
	return ro.changes.purse.follow(ctx, r, change)
}

// Hold makes a member wait to be recognised: their points go into suspense until somebody says who they are.
// It is what undoes Confirm, and is audited.
func (ro *Roster) Hold(ctx context.Context, r *bot.Request, member MemberID) error {
	return ro.waiting(ctx, r, member, r.At.UnixMilli(), "hold")
}

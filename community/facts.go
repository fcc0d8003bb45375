package community

import (
	"context"
	"fmt"
	"time"
)

// Fact tells how often something happened to or by one person, under any of their ids, in from <= at < to.
type Fact func(ctx context.Context, who []MemberID, from, to time.Time) (int, error)

// Telling is what a feature tells of one person, for words that are about them. What a fact does not have is zero.
type Telling struct {
	N    int64  // how much: Days of a streak, points
	What string // of what: the question of a topic, as it was asked
	On   Day    // when it was, or will be
	Open bool   // it waits for them: today's check-in is still to come
}

// Teller tells something of one person at a time, under any of their ids; ok is false where there is nothing to tell.
type Teller func(ctx context.Context, who []MemberID, at time.Time) (t Telling, ok bool, err error)

// Actions tells who did something of their own on which Day, from <= Day < to, also where it is no message in a group: what
// makes somebody active. A person may be told several times, under any of their ids. It reads tables only.
type Actions func(ctx context.Context, from, to Day, each func(Day, MemberID)) error

// Crowd tells for whom something was so in from <= Day < to, under any of their ids. It reads tables only.
type Crowd func(ctx context.Context, from, to Day) ([]MemberID, error)

// Facts are what features know of members, by name, for features that don't know them: a newcomer's path asks
// for check-ins without knowing who keeps them. They are registered while the program is put together.
type Facts struct {
	ro      *Roster
	named   map[string]Fact
	tellers map[string]Teller
	actions []Actions
	crowds  map[string]Crowd
}

// RegisterActions offers actions that make people active.
func (f *Facts) RegisterActions(actions Actions) { f.actions = append(f.actions, actions) }

// Actions calls each for every action that features know of.
func (f *Facts) Actions(ctx context.Context, from, to Day, each func(Day, MemberID)) error {
	for _, actions := range f.actions {
		if err := actions(ctx, from, to, each); err != nil {
			return fmt.Errorf("actions: %w", err)
		}
	}
	return nil
}

// RegisterCrowd offers a crowd under "feature.crowd".
func (f *Facts) RegisterCrowd(name string, crowd Crowd) { f.crowds[name] = crowd }

// Crowd is for whom something was so; ok is false where nobody can tell.
func (f *Facts) Crowd(ctx context.Context, name string, from, to Day) (ids []MemberID, ok bool, err error) {
	crowd := f.crowds[name]
	if crowd == nil {
		return nil, false, nil
	}
	if ids, err = crowd(ctx, from, to); err != nil {
		return nil, false, fmt.Errorf("crowd %s: %w", name, err)
	}
	return ids, true, nil
}

// Register offers a fact under "feature.fact". The first of a name stands.
func (f *Facts) Register(name string, fact Fact) {
	if _, taken := f.named[name]; !taken {
		f.named[name] = fact
	}
}

// RegisterTeller offers a telling under "feature.fact". The first of a name stands.
func (f *Facts) RegisterTeller(name string, tell Teller) {
	if _, taken := f.tellers[name]; !taken {
		f.tellers[name] = tell
	}
}

// Tell is what there is to tell of a person at a time; ok is false where there is nothing, or nobody offers it.
func (f *Facts) Tell(ctx context.Context, name string, member MemberID, at time.Time) (t Telling, ok bool, err error) {
	tell := f.tellers[name]
	if tell == nil {
		return t, false, nil
	}
	ids, err := f.ro.IDs(ctx, member)
	if err != nil {
		return t, false, err
	}
	if t, ok, err = tell(ctx, ids, at); err != nil {
		return t, false, fmt.Errorf("fact %s of %s: %w", name, member, err)
	}
	return t, ok, nil
}

// Known tells whether any feature offers a fact.
func (f *Facts) Known(name string) bool { return f.named[name] != nil }

// Count is how often a fact was so for a member, under all ids of the person, in from <= at < to. A fact that
// nobody offers is 0.
func (f *Facts) Count(ctx context.Context, name string, member MemberID, from, to time.Time) (int, error) {
	fact := f.named[name]
	if fact == nil {
		return 0, nil
	}
	ids, err := f.ro.IDs(ctx, member)
	if err != nil {
		return 0, err
	}
	n, err := fact(ctx, ids, from, to)
	if err != nil {
		return 0, fmt.Errorf("fact %s of %s: %w", name, member, err)
	}
	return n, nil
}

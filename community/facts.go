package community

import (
	"context"
	"fmt"
	"time"
)

// Fact tells how often something happened to or by one person, under any of their ids, in from <= at < to.
type Fact func(ctx context.Context, who []MemberID, from, to time.Time) (int, error)

// Facts are what features know of members, by name, for features that don't know them: a newcomer's path asks
// for check-ins without knowing who keeps them. They are registered while the program is put together.
type Facts struct {
	ro    *Roster
	named map[string]Fact
}

// Register offers a fact under "feature.fact". The first of a name stands.
func (f *Facts) Register(name string, fact Fact) {
	if _, taken := f.named[name]; !taken {
		f.named[name] = fact
	}
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

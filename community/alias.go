package community

import (
	"context"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// aliases is the roster's memory of which ids are one person. It is read once and holds few: only ids that
// were merged, so that people who never were cost two look-ups in a map.
//
// What happened stays under the id it happened to, the origin. An origin that was merged into another has an
// alias row; via is the id it was merged into, and of follows that to the person, so that there are no chains.
// Splitting an id takes along what was merged into it before, because that was said of it and not of the person.
type aliases struct {
	loaded bool
	of     map[MemberID]MemberID   // from an alias to the person
	via    map[MemberID]MemberID   // from an alias to the id that it was merged into
	ids    map[MemberID][]MemberID // all ids of a person who has several, their own first

	provisional map[MemberID]int64 // since when, Unix ms; 0: not
}

func newAliases() *aliases {
	return &aliases{of: map[MemberID]MemberID{}, via: map[MemberID]MemberID{}, ids: map[MemberID][]MemberID{}, provisional: map[MemberID]int64{}}
}

func (ro *Roster) loadAliases(ctx context.Context) error {
	if ro.aliases.loaded {
		return nil
	}
	var rows []struct{ Alias, MemberID, Via string }
	if err := ro.db.Conn(ctx).Raw(`SELECT alias, member_id, via FROM aliases ORDER BY LENGTH(alias), alias`).Scan(&rows).Error; err != nil {
		return fmt.Errorf("aliases: %w", err)
	}
	a := ro.aliases
	for _, row := range rows {
		alias, person := MemberID(row.Alias), MemberID(row.MemberID)
		a.of[alias], a.via[alias] = person, MemberID(row.Via)
		if a.ids[person] == nil {
			a.ids[person] = []MemberID{person}
		}
		a.ids[person] = append(a.ids[person], alias)
	}
	a.loaded = true
	return nil
}

// Who is the person that an id stands for today: the id itself, or whom it was merged into.
func (ro *Roster) Who(ctx context.Context, id MemberID) (MemberID, error) {
	if err := ro.loadAliases(ctx); err != nil {
		return "", err
	}
	if person, ok := ro.aliases.of[id]; ok {
		return person, nil
	}
	return id, nil
}

// IDs are all ids of the person that an id stands for, the person's own first. The caller does not change them.
func (ro *Roster) IDs(ctx context.Context, id MemberID) ([]MemberID, error) {
	person, err := ro.Who(ctx, id)
	if err != nil {
		return nil, err
	}
	if ids, ok := ro.aliases.ids[person]; ok {
		return ids, nil
	}
	return []MemberID{person}, nil
}

// provisional tells since when, in Unix milliseconds, an id waits to be recognised; 0 where it doesn't. It
// is of the id itself: one that was merged keeps it, so that a split gives it back.
func (ro *Roster) provisional(ctx context.Context, id MemberID) (since int64, err error) {
	if since, ok := ro.aliases.provisional[id]; ok {
		return since, nil
	}
	if err := ro.row(ctx, `SELECT provisional FROM members WHERE id = ?`, string(id)).Scan(&since); err != nil {
		return 0, fmt.Errorf("member %s: %w", id, err)
	}
	remember(ctx, ro.db, ro.aliases.provisional, id, since)
	return since, nil
}

// Waits tells whether an id waits to be recognised: it is provisional, and nobody said who it is.
func (ro *Roster) Waits(ctx context.Context, id MemberID) (bool, error) {
	who, err := ro.Who(ctx, id)
	if err != nil || who != id {
		return false, err
	}
	since, err := ro.provisional(ctx, id)
	return since > 0, err
}

// provisionally makes a member wait to be recognised since a time (Unix milliseconds), or no longer with 0.
func (ro *Roster) provisionally(ctx context.Context, id MemberID, since int64) error {
	remember(ctx, ro.db, ro.aliases.provisional, id, since)
	if err := ro.exec(ctx, `UPDATE members SET provisional = ? WHERE id = ?`, since, string(id)); err != nil {
		return fmt.Errorf("member %s is provisional: %w", id, err)
	}
	return nil
}

// below is an id with everything that was merged into it.
func (a *aliases) below(id MemberID) []MemberID {
	tree := []MemberID{id}
	for i := 0; i < len(tree); i++ {
		for alias, via := range a.via {
			if via == tree[i] {
				tree = append(tree, alias)
			}
		}
	}
	slices.SortFunc(tree[1:], compareIDs)
	return tree
}

// compareIDs orders ids by their age.
func compareIDs(a, b MemberID) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return slices.Compare([]byte(a), []byte(b))
}

// join makes all ids of the person from ids of the person into, in the table and in memory.
func (ro *Roster) join(ctx context.Context, r *bot.Request, from, into MemberID, evidence string) error {
	moved, err := ro.IDs(ctx, from)
	if err != nil {
		return err
	}
	kept, err := ro.IDs(ctx, into)
	if err != nil {
		return err
	}
	if err := ro.exec(ctx, `UPDATE aliases SET member_id = ? WHERE member_id = ?`, string(into), string(from)); err != nil {
		return fmt.Errorf("re-point aliases: %w", err)
	}
	if err := ro.exec(ctx, `INSERT INTO aliases (alias, member_id, via, at, by_member, evidence) VALUES (?, ?, ?, ?, ?, ?)`,
		string(from), string(into), string(into), r.At.UnixMilli(), r.Actor.Member, evidence); err != nil {
		return fmt.Errorf("alias: %w", err)
	}
	a := ro.aliases
	for _, id := range moved {
		remember(ctx, ro.db, a.of, id, into)
	}
	remember(ctx, ro.db, a.via, from, into)
	forget(ctx, ro.db, a.ids, from)
	remember(ctx, ro.db, a.ids, into, sortedIDs(into, kept, moved))
	return nil
}

// part makes an alias a person of its own again, with what was merged into it.
func (ro *Roster) part(ctx context.Context, alias MemberID) error {
	a := ro.aliases
	person := a.of[alias]
	gone := a.below(alias)
	stays := slices.DeleteFunc(slices.Clone(a.ids[person]), func(id MemberID) bool { return slices.Contains(gone, id) })
	if err := ro.exec(ctx, `DELETE FROM aliases WHERE alias = ?`, string(alias)); err != nil {
		return fmt.Errorf("drop alias: %w", err)
	}
	for _, id := range gone[1:] {
		if err := ro.exec(ctx, `UPDATE aliases SET member_id = ? WHERE alias = ?`, string(alias), string(id)); err != nil {
			return fmt.Errorf("re-point aliases: %w", err)
		}
		remember(ctx, ro.db, a.of, id, alias)
	}
	forget(ctx, ro.db, a.of, alias)
	forget(ctx, ro.db, a.via, alias)
	for _, person := range [...][]MemberID{stays, gone} {
		if len(person) > 1 {
			remember(ctx, ro.db, a.ids, person[0], person)
		} else {
			forget(ctx, ro.db, a.ids, person[0])
		}
	}
	return nil
}

// sortedIDs are the ids of two sets, the person's own first and the others by age.
func sortedIDs(person MemberID, sets ...[]MemberID) []MemberID {
	list := slices.Concat(sets...)
	list = slices.DeleteFunc(list, func(id MemberID) bool { return id == person })
	slices.SortFunc(list, compareIDs)
	return slices.Insert(list, 0, person)
}

// forget takes something out of the roster's memory, and puts it back if the work around it is undone.
func forget[K comparable, V any](ctx context.Context, db bot.Storage, m map[K]V, key K) {
	old, had := m[key]
	if !had {
		return
	}
	delete(m, key)
	db.OnRollback(ctx, func() { m[key] = old })
}

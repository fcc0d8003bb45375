package community

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/weilu-im/weilu/bot"
)

// namebook remembers what everybody is called, for searching: reading all names takes ten times as long as looking
// through them. Whoever writes a name says whose it is after the commit, and the next search reads those anew; only one
// program writes at a time. It is safe for concurrent use.
type namebook struct {
	mu      sync.Mutex // guards what follows
	edition int        // rises with each name that is written
	entries []nameEntry
	read    bool
	stale   map[MemberID]bool // whose entries are not what is written
}

// nameEntry is a name that somebody has, in a group or of their own.
type nameEntry struct {
	id     MemberID
	folded string
	begins uint64 // the letters and digits that pinyin of one of its characters begins with
}

// namesWritten are the members whose names a statement of the roster writes.
func namesWritten(query string, args []any) (ids []MemberID) {
	if !strings.HasPrefix(query, "INSERT INTO members ") && !strings.HasPrefix(query, "UPDATE members SET name ") && !strings.HasPrefix(query, "INSERT INTO stays ") {
		return nil
	}
	for _, arg := range args { // a name that looks like an id costs one reading more
		if s, ok := arg.(string); ok && strings.HasPrefix(s, "m") {
			if id, rest, ok := cutID(s); ok && rest == "" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// forget lets the next search read the names of these members again; of none: all names.
func (b *namebook) forget(ids ...MemberID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.edition++
	const many = 2000 // reading them one by one takes as long as reading all
	if len(ids) == 0 || len(b.stale)+len(ids) > many {
		b.entries, b.read, b.stale = nil, false, nil
		return
	}
	if !b.read {
		return
	}
	if b.stale == nil {
		b.stale = map[MemberID]bool{}
	}
	for _, id := range ids {
		b.stale[id] = true
	}
}

// names are all names, of everybody. The list is not to be changed.
func (c *Community) names(ctx context.Context) ([]nameEntry, error) {
	b := &c.namebook
	b.mu.Lock()
	entries, read, stale, edition := b.entries, b.read, maps.Clone(b.stale), b.edition
	b.mu.Unlock()
	if read && len(stale) == 0 {
		return entries, nil
	}
	fresh, err := c.readNames(ctx, slices.Collect(maps.Keys(stale)))
	if err != nil {
		return nil, err
	}
	if read {
		fresh = append(fresh, slices.DeleteFunc(slices.Clone(entries), func(e nameEntry) bool { return stale[e.id] })...)
	}
	b.mu.Lock()
	if b.edition == edition { // nobody wrote one meanwhile
		b.entries, b.read, b.stale = fresh, true, nil
	}
	b.mu.Unlock()
	c.db.OnRollback(ctx, func() { b.forget() }) // a transaction that asks sees its own names, which may never be
	return fresh, nil
}

// readNames reads the names of some; of none: of everybody.
func (c *Community) readNames(ctx context.Context, of []MemberID) (list []nameEntry, err error) {
	members, stays, args := ``, ``, []any(nil)
	if len(of) > 0 {
		in, ids := In(of)
		members, stays, args = ` WHERE id IN `+in, ` AND m.id IN `+in, slices.Concat(ids, ids)
	}
	err = SQL{c.db}.Each(ctx, func(scan func(...any) error) error {
		var id MemberID
		var name string
		err := scan(&id, &name)
		folded := bot.Fold(name)
		list = append(list, nameEntry{id, folded, c.spelling.begins(folded)})
		return err
	}, `SELECT id, name FROM members`+members+` UNION ALL SELECT s.member_id, s.display FROM stays s JOIN members m ON m.id = s.member_id
		WHERE s.display <> '' AND s.display <> m.name`+stays, args...)
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	return slices.Clip(list), nil
}

// sought are the people one of whose names words look for, in the order of their ids; an id finds its person.
func (c *Community) sought(ctx context.Context, d *Directory, words string) ([]MemberID, error) {
	found := map[MemberID]bool{}
	if id, rest, ok := cutID(words); ok && rest == "" {
		found[d.Who(id)] = true
	}
	entries, err := c.names(ctx)
	if err != nil {
		return nil, err
	}
	fits := c.spelling.finder(words)
	for _, e := range entries {
		if fits(e) {
			found[d.Who(e.id)] = true
		}
	}
	list := make([]MemberID, 0, len(found))
	for id := range found {
		list = append(list, id)
	}
	slices.SortFunc(list, compareIDs)
	return list, nil
}

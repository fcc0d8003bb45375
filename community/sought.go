package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/weilu-im/weilu/bot"
)

// namebook remembers what everybody is called, for searching: reading all names takes ten times as long as looking
// through them. Whoever writes a name forgets it after the commit; only one program writes at a time. It is safe for
// concurrent use.
type namebook struct {
	mu      sync.Mutex // guards what follows
	edition int        // rises with each name that is written
	entries []nameEntry
	read    bool
}

// nameEntry is a name that somebody has, in a group or of their own.
type nameEntry struct {
	id     MemberID
	folded string
	begins uint64 // the letters and digits that pinyin of one of its characters begins with
}

// namesWritten tells whether a statement of the roster writes names.
func namesWritten(query string) bool {
	return strings.HasPrefix(query, "INSERT INTO members ") || strings.HasPrefix(query, "UPDATE members SET name ") || strings.HasPrefix(query, "INSERT INTO stays ")
}

// forget lets the next search read all names again.
func (b *namebook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.edition++
	b.entries, b.read = nil, false
}

// names are all names, of everybody. The list is not to be changed.
func (c *Community) names(ctx context.Context) ([]nameEntry, error) {
	b := &c.namebook
	b.mu.Lock()
	entries, read, edition := b.entries, b.read, b.edition
	b.mu.Unlock()
	if read {
		return entries, nil
	}
	entries, err := c.readNames(ctx)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	if b.edition == edition { // nobody wrote one meanwhile
		b.entries, b.read = entries, true
	}
	b.mu.Unlock()
	c.db.OnRollback(ctx, b.forget) // a transaction that asks sees its own names, which may never be
	return entries, nil
}

func (c *Community) readNames(ctx context.Context) (list []nameEntry, err error) {
	err = SQL{c.db}.Each(ctx, func(scan func(...any) error) error {
		var id MemberID
		var name string
		err := scan(&id, &name)
		folded := bot.Fold(name)
		list = append(list, nameEntry{id, folded, c.spelling.begins(folded)})
		return err
	}, `SELECT id, name FROM members UNION ALL SELECT s.member_id, s.display FROM stays s JOIN members m ON m.id = s.member_id
		WHERE s.display <> '' AND s.display <> m.name`)
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

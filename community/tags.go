package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// Tags are words that stand for what members care about: managers give them, and features see them in what somebody
// does. A person has those of all of their ids. Two tags are the same where they fold to the same.
type Tags struct {
	db   SQL
	ro   *Roster
	seen []Interests
}

// AmbassadorTag is the tag of whoever is an ambassador, or has applied: nobody asks them to become one.
const AmbassadorTag = "大使"

// Interests are the tags that a feature sees in what people did lately, at a time: of some ids, or of everybody where
// none are given.
type Interests func(ctx context.Context, at time.Time, ids []MemberID) (map[MemberID][]string, error)

// Register adds a feature that sees interests, while the program is put together.
func (t *Tags) Register(see Interests) { t.seen = append(t.seen, see) }

// Tag is one of a person's tags.
type Tag struct {
	Name  string
	Given bool // by a manager; otherwise seen in what they do
}

func tagMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112360_tags",
		`CREATE TABLE tags (member_id TEXT NOT NULL, folded TEXT NOT NULL, name TEXT NOT NULL, by_member TEXT NOT NULL, at BIGINT NOT NULL,
			PRIMARY KEY (member_id, folded))`,
		`CREATE INDEX tags_folded ON tags (folded)`)}
}

// Give gives a person a tag; fresh is false where they had it.
func (t *Tags) Give(ctx context.Context, r *bot.Request, member MemberID, name string) (fresh bool, err error) {
	ids, err := t.ro.IDs(ctx, member)
	if err != nil {
		return false, err
	}
	in, args := In(ids, bot.Fold(name))
	n := 0
	if err := t.db.Row(ctx, `SELECT COUNT(*) FROM tags WHERE member_id IN `+in+` AND folded = ?`, args...).Scan(&n); err != nil || n > 0 {
		return false, err
	}
	if _, err := t.db.Exec(ctx, `INSERT INTO tags (member_id, folded, name, by_member, at) VALUES (?, ?, ?, ?, ?)`,
		string(ids[0]), bot.Fold(name), name, r.Actor.Member, r.At.UnixMilli()); err != nil {
		return false, fmt.Errorf("tag %s: %w", member, err)
	}
	return true, nil
}

// Take takes a tag that was given away from a person; was is false where they did not have it.
func (t *Tags) Take(ctx context.Context, member MemberID, name string) (was bool, err error) {
	ids, err := t.ro.IDs(ctx, member)
	if err != nil {
		return false, err
	}
	in, args := In(ids, bot.Fold(name))
	n, err := t.db.Exec(ctx, `DELETE FROM tags WHERE member_id IN `+in+` AND folded = ?`, args...)
	if err != nil {
		return false, fmt.Errorf("tag of %s: %w", member, err)
	}
	return n > 0, nil
}

// Of are the tags of some people at a time, or of everybody where none are named, under the ids of the people; those that
// were given come first.
func (t *Tags) Of(ctx context.Context, at time.Time, people ...MemberID) (map[MemberID][]Tag, error) {
	aliases, err := Aliases(ctx, t.db)
	if err != nil {
		return nil, err
	}
	var ids []MemberID
	query, args := `SELECT member_id, name FROM tags ORDER BY at, folded`, []any(nil)
	if len(people) > 0 {
		for alias := range aliases {
			if slices.Contains(people, aliases.Resolve(alias)) {
				ids = append(ids, alias)
			}
		}
		ids = append(ids, people...)
		var in string
		in, args = In(ids)
		query = `SELECT member_id, name FROM tags WHERE member_id IN ` + in + ` ORDER BY at, folded`
	}
	of := map[MemberID][]Tag{}
	add := func(id MemberID, tag Tag) {
		who := aliases.Resolve(id)
		if !slices.ContainsFunc(of[who], func(other Tag) bool { return bot.Fold(other.Name) == bot.Fold(tag.Name) }) {
			of[who] = append(of[who], tag)
		}
	}
	err = t.db.Each(ctx, func(scan func(...any) error) error {
		var id MemberID
		tag := Tag{Given: true}
		if err := scan(&id, &tag.Name); err != nil {
			return err
		}
		add(id, tag)
		return nil
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("tags: %w", err)
	}
	for _, see := range t.seen {
		seen, err := see(ctx, at, ids)
		if err != nil {
			return nil, fmt.Errorf("tags: %w", err)
		}
		for id, names := range seen {
			for _, name := range names {
				add(id, Tag{Name: name})
			}
		}
	}
	return of, nil
}

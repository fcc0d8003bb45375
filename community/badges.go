package community

import (
	"context"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// Badge is something that a member was honoured with, once and for good.
type Badge struct {
	Feature string // who gave it
	Name    string // the feature's text "badge." + Name is what it is called, unless it has a title
	Title   string // what a manager called it; empty: see Name
	At      time.Time
}

// Badges are the honours of members. A person holds those of all of their ids.
type Badges struct {
	db     bot.Storage
	ro     *Roster
	titles []honour
}

// honour is a badge that is shown beside names.
type honour struct{ feature, name string }

// Title says, while the program is put together, that a badge is a title: it is shown beside the names of who holds it. Of
// several the one that was registered first is.
func (b *Badges) Title(feature, name string) { b.titles = append(b.titles, honour{feature, name}) }

// Beside is what stands beside the names of people: the title that they hold, in the words of text, which is given the
// feature and the key of its name. Who holds none is left out. It reads tables only.
func (b *Badges) Beside(ctx context.Context, text func(feature, key string) string, ids ...MemberID) (map[MemberID]string, error) {
	titles := map[MemberID]string{}
	if len(b.titles) == 0 || len(ids) == 0 {
		return titles, nil
	}
	place := map[honour]int{}
	for i, h := range b.titles {
		place[h] = i
	}
	best := map[MemberID]int{}
	in, args := In(ids)
	err := SQL{b.db}.Each(ctx, func(scan func(...any) error) error {
		var who MemberID
		var h honour
		if err := scan(&who, &h.feature, &h.name); err != nil {
			return err
		}
		at, is := place[h]
		if had, ok := best[who]; is && (!ok || at < had) {
			best[who], titles[who] = at, text(h.feature, "badge."+h.name)
		}
		return nil
	}, `SELECT COALESCE((SELECT a.member_id FROM aliases a WHERE a.alias = b.member_id), b.member_id), b.feature, b.name FROM badges b
		WHERE b.member_id IN `+in+` OR b.member_id IN (SELECT alias FROM aliases WHERE member_id IN `+in+`)`, append(args, args...)...)
	if err != nil {
		return nil, fmt.Errorf("titles: %w", err)
	}
	return titles, nil
}

func badgeMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112320_badges",
		`CREATE TABLE badges (member_id TEXT NOT NULL, feature TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL,
			PRIMARY KEY (member_id, feature, name))`,
	), statements("2026112351_badge_titles", `ALTER TABLE badges ADD COLUMN title TEXT NOT NULL DEFAULT ''`)}
}

// Give honours a member with a badge of the feature that handles r, and tells whether the person had none of it yet.
func (b *Badges) Give(ctx context.Context, r *bot.Request, member MemberID, name string) (fresh bool, err error) {
	return b.GiveTitled(ctx, r, member, name, "")
}

// GiveTitled is Give for a badge with a title of its own.
func (b *Badges) GiveTitled(ctx context.Context, r *bot.Request, member MemberID, name, title string) (fresh bool, err error) {
	held, err := b.Of(ctx, member)
	if err != nil {
		return false, err
	}
	for _, h := range held {
		if h.Feature == r.Feature() && h.Name == name {
			return false, nil
		}
	}
	_, err = b.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO badges (member_id, feature, name, title, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, string(member), r.Feature(), name, title, r.At.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("badge of %s: %w", member, err)
	}
	return true, nil
}

// Take takes a badge of the feature that handles r back from a person.
func (b *Badges) Take(ctx context.Context, r *bot.Request, member MemberID, name string) error {
	ids, err := b.ro.IDs(ctx, member)
	if err != nil {
		return err
	}
	if err := b.db.Conn(ctx).Exec(`DELETE FROM badges WHERE member_id IN ? AND feature = ? AND name = ?`, ids, r.Feature(), name).Error; err != nil {
		return fmt.Errorf("badge of %s: %w", member, err)
	}
	return nil
}

// Of are the badges of a person, in the order in which they were given; each once.
func (b *Badges) Of(ctx context.Context, member MemberID) ([]Badge, error) {
	ids, err := b.ro.IDs(ctx, member)
	if err != nil {
		return nil, err
	}
	rows, err := b.db.Conn(ctx).Raw(`SELECT feature, name, MAX(title), MIN(at) FROM badges WHERE member_id IN ? GROUP BY feature, name
		ORDER BY MIN(at), feature, name`, ids).Rows()
	if err != nil {
		return nil, fmt.Errorf("badges of %s: %w", member, err)
	}
	defer rows.Close()
	var list []Badge
	for rows.Next() {
		var badge Badge
		var at int64
		if err := rows.Scan(&badge.Feature, &badge.Name, &badge.Title, &at); err != nil {
			return nil, fmt.Errorf("badges of %s: %w", member, err)
		}
		badge.At = bot.FromMillis(at)
		list = append(list, badge)
	}
	return list, rows.Err()
}

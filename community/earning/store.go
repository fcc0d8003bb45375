package earning

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func key(rule string, origin community.MemberID, seq int64) string {
	return fmt.Sprintf("%s/%s/%d", rule, origin, seq)
}

func (f *earning) exec(ctx context.Context, query string, args ...any) error {
	_, err := f.db.Exec(ctx, query, args...)
	return err
}

// record keeps a fact.
func (f *earning) record(ctx context.Context, c fact) error {
	if err := f.exec(ctx, `INSERT INTO earnings (member_id, day, seq, rule, at, price, cap, gap, media, recalled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(c.origin), int(c.day), c.seq, c.rule, c.at.UnixMilli(), c.price, c.cap, c.gap.Milliseconds(), c.media, boolean(c.recalled)); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// facts are what some ids were fit to earn with since a Day, with the words that are still kept.
func (f *earning) facts(ctx context.Context, ids []community.MemberID, from community.Day) (facts []fact, err error) {
	list, args := community.In(ids, int(from))
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var c fact
		var day, recalled int
		var at, gap int64
		if err := scan(&c.rule, &c.origin, &day, &c.seq, &at, &c.price, &c.cap, &gap, &c.media, &recalled, &c.text); err != nil {
			return err
		}
		c.day, c.at, c.gap, c.recalled = community.Day(day), bot.FromMillis(at), time.Duration(gap)*time.Millisecond, recalled > 0
		facts = append(facts, c)
		return nil
	}, `SELECT e.rule, e.member_id, e.day, e.seq, e.at, e.price, e.cap, e.gap, e.media, e.recalled, COALESCE(t.text, '')
		FROM earnings e LEFT JOIN message_texts t ON t.seq = e.seq WHERE e.member_id IN `+list+` AND e.day >= ?`, args...)
	if err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	return facts, nil
}

// shown tells whether a picture earned for some ids before.
func (f *earning) shown(ctx context.Context, ids []community.MemberID, media string) (bool, error) {
	list, args := community.In(ids, media)
	n := 0
	err := f.db.Row(ctx,
		`SELECT COUNT(*) FROM earnings WHERE member_id IN `+list+` AND media = ? AND media <> ''`, args...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("pictures: %w", err)
	}
	return n > 0, nil
}

// storedRing reads the last messages of a group before an event.
func (f *earning) storedRing(ctx context.Context, group community.GroupID, seq int64) (*ring, error) {
	g := &ring{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var s said
		var at int64
		if err := scan(&s.seq, &at, &s.origin, &s.form, &s.chars, &s.text); err != nil {
			return err
		}
		s.at = bot.FromMillis(at)
		g.list = append(g.list, s)
		return nil
	}, `SELECT m.seq, m.at, m.member_id, m.form, m.len, COALESCE(t.text, '') FROM messages m LEFT JOIN message_texts t ON t.seq = m.seq
		WHERE m.seq < ? AND m.seq >= ? AND m.group_id = ? ORDER BY m.seq DESC LIMIT ?`, seq, seq-ringReach, string(group), ringSize)
	if err != nil {
		return nil, fmt.Errorf("last messages: %w", err)
	}
	slices.Reverse(g.list)
	return g, nil
}

// isEarly tells whether a message was recalled before it came.
func (f *earning) isEarly(ctx context.Context, event string) (bool, error) {
	if f.mem.early == nil {
		early := map[string]bool{}
		err := f.db.Each(ctx, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			early[id] = true
			return err
		}, `SELECT event FROM early_recalls`)
		if err != nil {
			return false, fmt.Errorf("early recalls: %w", err)
		}
		f.mem.early = early
	}
	return f.mem.early[event], nil
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112310_earnings",
		Migrate: func(tx *gorm.DB) error {
			clustered := " WITHOUT ROWID"
			if tx.Name() == "postgres" {
				clustered = ""
			}
			for _, stmt := range []string{
				`CREATE TABLE earnings (member_id TEXT NOT NULL, day INTEGER NOT NULL, seq BIGINT NOT NULL, rule TEXT NOT NULL, at BIGINT NOT NULL,
					price BIGINT NOT NULL, cap INTEGER NOT NULL, gap BIGINT NOT NULL, media TEXT NOT NULL, recalled INTEGER NOT NULL,
					PRIMARY KEY (member_id, day, seq, rule))` + clustered,
				`CREATE INDEX earnings_media ON earnings (member_id, media) WHERE media <> ''`,
				`CREATE TABLE thanks (day INTEGER NOT NULL, seq BIGINT NOT NULL, to_id TEXT NOT NULL, from_id TEXT NOT NULL, at BIGINT NOT NULL,
					price BIGINT NOT NULL, cap INTEGER NOT NULL, given INTEGER NOT NULL, recalled INTEGER NOT NULL,
					PRIMARY KEY (day, seq, to_id))` + clustered,
				`CREATE INDEX thanks_to ON thanks (to_id, day)`,
				`CREATE INDEX thanks_from ON thanks (from_id, day)`,
				`CREATE TABLE early_recalls (event TEXT PRIMARY KEY, at BIGINT NOT NULL)`,
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}}
}

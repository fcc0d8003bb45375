package nudge

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// state is a family as it stands: whether it is on, why it was stopped, and since when it is as it is.
type state struct {
	Family
	On      bool
	Stopped string // why the program itself stopped it: failures; empty: it did not
	Own     bool   // a manager made it
	Changed time.Time
	edited  bool // it is on record
}

// families are all of them, the built-in ones first.
func (f *feature) families(ctx context.Context) ([]state, error) {
	var list []state
	for _, fam := range builtin() {
		list = append(list, state{Family: fam})
	}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var name, data string
		s := state{edited: true}
		var changed int64
		if err := scan(&name, &s.On, &s.Stopped, &data, &changed); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(data), &s.Family); err != nil {
			return fmt.Errorf("family %s: %w", name, err)
		}
		s.Changed = bot.FromMillis(changed)
		if i := slices.IndexFunc(list, func(other state) bool { return other.Name == name }); i >= 0 {
			list[i] = s
			return nil
		}
		s.Own = true
		list = append(list, s)
		return nil
	}, `SELECT name, running, stopped, data, changed_at FROM nudge_families ORDER BY made_at, name`)
	if err != nil {
		return nil, fmt.Errorf("families: %w", err)
	}
	return list, nil
}

// family is one by its name; nil where there is none.
func (f *feature) family(ctx context.Context, name string) (*state, error) {
	list, err := f.families(ctx)
	if i := slices.IndexFunc(list, func(s state) bool { return s.Name == name }); i >= 0 && err == nil {
		return &list[i], nil
	}
	return nil, err
}

// keep keeps a family as it stands.
func (f *feature) keep(ctx context.Context, s *state, at time.Time) error {
	data, err := json.Marshal(s.Family)
	if err != nil {
		return fmt.Errorf("family %s: %w", s.Name, err)
	}
	s.Changed, s.edited = at, true
	if _, err := f.db.Exec(ctx, `INSERT INTO nudge_families (name, running, stopped, data, made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET running = excluded.running, stopped = excluded.stopped, data = excluded.data, changed_at = excluded.changed_at`,
		s.Name, s.On, s.Stopped, string(data), at.UnixMilli(), at.UnixMilli()); err != nil {
		return fmt.Errorf("family %s: %w", s.Name, err)
	}
	return nil
}

// unit is somebody's side in a family and quarter, from when they would first have got something in it.
type unit struct {
	Member  community.MemberID
	Held    bool
	Variant string
	At      time.Time
	Outcome int // 1: they did what was hoped for, 0: they did not, -1: it is too early to say
}

// units are the sides of a family in a quarter, one of each person: where ids of one person have several, that of the
// oldest id stands.
func (f *feature) units(ctx context.Context, family, quarter string) (map[community.MemberID]unit, error) {
	aliases, err := community.Aliases(ctx, f.db)
	if err != nil {
		return nil, err
	}
	sides := map[community.MemberID]unit{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var u unit
		var at int64
		if err := scan(&u.Member, &u.Held, &u.Variant, &at, &u.Outcome); err != nil {
			return err
		}
		u.At = bot.FromMillis(at)
		who := aliases.Resolve(u.Member)
		if other, ok := sides[who]; !ok || older(u.Member, other.Member) {
			sides[who] = u
		}
		return nil
	}, `SELECT member_id, held, variant, at, outcome FROM nudge_units WHERE family = ? AND quarter = ?`, family, quarter)
	if err != nil {
		return nil, fmt.Errorf("units of %s: %w", family, err)
	}
	return sides, nil
}

// older tells whether an id was made before another.
func older(a, b community.MemberID) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// assign keeps somebody's side.
func (f *feature) assign(ctx context.Context, family, quarter string, u unit) error {
	if _, err := f.db.Exec(ctx, `INSERT INTO nudge_units (family, quarter, member_id, held, variant, at, day, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, -1) ON CONFLICT DO NOTHING`,
		family, quarter, string(u.Member), u.Held, u.Variant, u.At.UnixMilli(), int(f.c.Calendar.Day(u.At))); err != nil {
		return fmt.Errorf("unit of %s: %w", family, err)
	}
	return nil
}

// The states of what was decided for somebody.
const (
	planned  = "planned"  // it waits to be sent
	sending  = "sending"  // it passed the last check
	sent     = "sent"     //
	unknown  = "unknown"  // it may have been delivered
	failed   = "failed"   // it was not delivered
	withheld = "withheld" // it was not sent after all; the reason tells why
	held     = "held"     // they are held out, and use up their turn like those who are not
)

// note keeps what was decided for somebody.
func (f *feature) note(ctx context.Context, batch string, fam *Family, member community.MemberID, variant string, group community.GroupID, at time.Time, state string) error {
	if _, err := f.db.Exec(ctx, `INSERT INTO nudge_sends (batch, member_id, family, variant, group_id, at, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING`,
		batch, string(member), fam.Name, variant, string(group), at.UnixMilli(), state); err != nil {
		return fmt.Errorf("nudge: %w", err)
	}
	return nil
}

// refuse keeps why somebody in a segment gets nothing, where that is news.
func (f *feature) refuse(ctx context.Context, fam *Family, member community.MemberID, reason string, at time.Time) error {
	if _, err := f.db.Exec(ctx, `INSERT INTO nudge_refusals (family, member_id, reason, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (family, member_id) DO UPDATE SET reason = excluded.reason, at = excluded.at WHERE nudge_refusals.reason <> excluded.reason`,
		fam.Name, string(member), reason, at.UnixMilli()); err != nil {
		return fmt.Errorf("nudge: %w", err)
	}
	return nil
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{ID: "2026112361_nudge", Migrate: func(tx *gorm.DB) error {
		for _, statement := range []string{
			`CREATE TABLE nudge_families (name TEXT NOT NULL PRIMARY KEY, running BOOLEAN NOT NULL, stopped TEXT NOT NULL, data TEXT NOT NULL,
				made_at BIGINT NOT NULL, changed_at BIGINT NOT NULL)`,
			`CREATE TABLE nudge_units (family TEXT NOT NULL, quarter TEXT NOT NULL, member_id TEXT NOT NULL, held BOOLEAN NOT NULL, variant TEXT NOT NULL,
				at BIGINT NOT NULL, day INTEGER NOT NULL, outcome INTEGER NOT NULL, PRIMARY KEY (family, quarter, member_id))`,
			`CREATE INDEX nudge_units_open ON nudge_units (day) WHERE outcome < 0`,
			`CREATE TABLE nudge_sends (batch TEXT NOT NULL, member_id TEXT NOT NULL, family TEXT NOT NULL, variant TEXT NOT NULL, group_id TEXT NOT NULL,
				at BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (batch, member_id))`,
			`CREATE INDEX nudge_sends_member ON nudge_sends (member_id, at)`,
			`CREATE INDEX nudge_sends_at ON nudge_sends (at)`,
			`CREATE INDEX nudge_sends_family ON nudge_sends (family, at)`,
			`CREATE TABLE nudge_refusals (family TEXT NOT NULL, member_id TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (family, member_id))`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}}}
}

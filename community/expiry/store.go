package expiry

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/community"
)

// migrations make three small tables. Reading what everybody ever earned each night would cost too much, so each id has
// a Day on which somebody looks at it again: it is the prefilter, and only on that Day a history is read. It is never
// later than what is known then requires. What is given back to somebody may be older than what was there when they
// were looked at; it is looked at with the rest, so it may expire later than its age says, and never earlier.
func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112322_expiry",
		Migrate: func(tx *gorm.DB) error {
			for _, stmt := range []string{
				`CREATE TABLE expiry_due (member_id TEXT PRIMARY KEY, day INTEGER NOT NULL)`,
				`CREATE INDEX expiry_due_day ON expiry_due (day, member_id)`,
				`CREATE TABLE expiry_notices (member_id TEXT NOT NULL, day INTEGER NOT NULL, amount BIGINT NOT NULL, first_day INTEGER NOT NULL,
					last_day INTEGER NOT NULL, promised INTEGER NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (member_id, day))`,
				`CREATE INDEX expiry_notices_ref ON expiry_notices (ref)`,
				`CREATE TABLE expiry_days (day INTEGER NOT NULL, group_id TEXT NOT NULL, told INTEGER NOT NULL, PRIMARY KEY (day, group_id))`,
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}}
}

func (f *expiry) exec(ctx context.Context, query string, args ...any) error {
	if _, err := f.db.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("expiry: %w", err)
	}
	return nil
}

// begin keeps that the job ran on a Day, and answers when it did before; 0: never.
func (f *expiry) begin(ctx context.Context, today community.Day) (last community.Day, err error) {
	if err := f.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(day), 0) FROM expiry_days WHERE group_id = '' AND day < ?`, int(today)).Row().Scan(&last); err != nil {
		return 0, fmt.Errorf("expiry: %w", err)
	}
	if err := f.exec(ctx, `INSERT INTO expiry_days (day, group_id, told) VALUES (?, '', 0) ON CONFLICT (day, group_id) DO NOTHING`, int(today)); err != nil {
		return 0, err
	}
	return last, f.exec(ctx, `DELETE FROM expiry_days WHERE day < ?`, int(today)-30)
}

// count is the next place in the line of a Day: of a group, or in private.
func (f *expiry) count(ctx context.Context, day community.Day, group community.GroupID) (place int, err error) {
	err = f.db.Conn(ctx).Raw(`INSERT INTO expiry_days (day, group_id, told) VALUES (?, ?, 1)
		ON CONFLICT (day, group_id) DO UPDATE SET told = expiry_days.told + 1 RETURNING told`, int(day), string(group)).Row().Scan(&place)
	if err != nil {
		return 0, fmt.Errorf("expiry: %w", err)
	}
	return place, nil
}

// enrol has those looked at who have points and were not looked at since they had none.
func (f *expiry) enrol(ctx context.Context, today community.Day) error {
	return f.exec(ctx, `INSERT INTO expiry_due (member_id, day) SELECT SUBSTR(b.account, 8), ? FROM balances b
		WHERE b.account >= 'member:' AND b.account < 'member;' AND b.balance > 0
		AND NOT EXISTS (SELECT 1 FROM expiry_due d WHERE d.member_id = SUBSTR(b.account, 8)) ON CONFLICT (member_id) DO NOTHING`, int(today))
}

// due are some ids whose Day has come.
func (f *expiry) due(ctx context.Context, today community.Day) (ids []community.MemberID, err error) {
	err = f.db.Conn(ctx).Raw(`SELECT member_id FROM expiry_due WHERE day <= ? ORDER BY day, member_id LIMIT ?`, int(today), f.batch).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("expiry: %w", err)
	}
	return ids, nil
}

// of is the condition that a row is of any id of a person.
func (f *expiry) of(ctx context.Context, id community.MemberID, more ...any) (where string, args []any, err error) {
	ids, err := f.c.IDs(ctx, id)
	if err != nil {
		return "", nil, err
	}
	list, args := community.In(ids, more...)
	return `member_id IN ` + list, args, nil
}

// again says when a person is looked at again, under all their ids.
func (f *expiry) again(ctx context.Context, id community.MemberID, day community.Day) error {
	where, args, err := f.of(ctx, id)
	if err != nil {
		return err
	}
	return f.exec(ctx, `UPDATE expiry_due SET day = ? WHERE `+where, slices.Insert(args, 0, any(int(day)))...)
}

// drop forgets when to look at a person, who has nothing.
func (f *expiry) drop(ctx context.Context, id community.MemberID) error {
	where, args, err := f.of(ctx, id)
	if err != nil {
		return err
	}
	return f.exec(ctx, `DELETE FROM expiry_due WHERE `+where, args...)
}

// told is what a person was told under any of their ids, by the Day on which it was earned: all of it together, and
// the latest of each Day that protects them.
func (f *expiry) told(ctx context.Context, id community.MemberID) (map[community.Day]told, error) {
	ids, err := f.c.IDs(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Day, FirstDay, LastDay, Promised community.Day
		Amount, Without                  int64
	}
	err = f.db.Conn(ctx).Raw(`SELECT day, SUM(amount) AS amount, MAX(first_day) AS first_day, MAX(last_day) AS last_day, MAX(promised) AS promised,
		SUM(CASE WHEN last_day = 0 THEN 1 ELSE 0 END) AS without FROM expiry_notices WHERE member_id IN ? GROUP BY day`, ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("expiry: %w", err)
	}
	known := make(map[community.Day]told, len(rows))
	for _, row := range rows {
		if row.Without > 0 {
			row.LastDay = 0
		}
		known[row.Day] = told{row.Amount, row.FirstDay, row.LastDay, row.Promised}
	}
	return known, nil
}

// keep stores what a person is told today.
func (f *expiry) keep(ctx context.Context, id community.MemberID, lots []lot, ref string) error {
	for _, l := range lots {
		where, args, err := f.of(ctx, id, int(l.day))
		if err != nil {
			return err
		}
		if err := f.exec(ctx, `DELETE FROM expiry_notices WHERE `+where+` AND day = ?`, args...); err != nil {
			return err
		}
		if err := f.exec(ctx, `INSERT INTO expiry_notices (member_id, day, amount, first_day, last_day, promised, ref) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			string(id), int(l.day), l.amount, int(l.first), int(l.last), int(l.promised), ref); err != nil {
			return err
		}
	}
	return nil
}

// forget drops what a person was told, forgetUntil what they were told of the Days until one, and forgetAll everything.
func (f *expiry) forget(ctx context.Context, id community.MemberID) error {
	return f.forgetUntil(ctx, id, 1<<30)
}

func (f *expiry) forgetUntil(ctx context.Context, id community.MemberID, day community.Day) error {
	where, args, err := f.of(ctx, id, int(day))
	if err != nil {
		return err
	}
	return f.exec(ctx, `DELETE FROM expiry_notices WHERE `+where+` AND day <= ?`, args...)
}

func (f *expiry) forgetAll(ctx context.Context, today community.Day) error {
	if err := f.exec(ctx, `DELETE FROM expiry_notices`); err != nil {
		return err
	}
	return f.exec(ctx, `UPDATE expiry_due SET day = ? WHERE day > ?`, int(today), int(today))
}

// unheard makes as if a notice had not been said.
func (f *expiry) unheard(ctx context.Context, ref string, day community.Day) error {
	if err := f.exec(ctx, `UPDATE expiry_due SET day = ? WHERE day > ? AND member_id IN (SELECT member_id FROM expiry_notices WHERE ref = ?)`,
		int(day), int(day), ref); err != nil {
		return err
	}
	return f.exec(ctx, `DELETE FROM expiry_notices WHERE ref = ?`, ref)
}

// groupOf is a group where a person is and can be told something, the one they joined last; empty: none.
func (f *expiry) groupOf(ctx context.Context, id community.MemberID) (group community.GroupID, err error) {
	ids, err := f.c.IDs(ctx, id)
	if err != nil {
		return "", err
	}
	var groups []community.GroupID
	err = f.db.Conn(ctx).Raw(`SELECT s.group_id FROM stays s JOIN groups g ON g.id = s.group_id
		WHERE s.member_id IN ? AND s.left_at = 0 AND g.adopted ORDER BY s.joined_at DESC, s.group_id LIMIT 1`, ids).Scan(&groups).Error
	if err != nil || len(groups) == 0 {
		return "", err
	}
	return groups[0], nil
}

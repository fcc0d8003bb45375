package newcomer

import (
	"context"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112340_newcomer",
		Migrate: func(tx *gorm.DB) error {
			for _, s := range [...]string{
				`CREATE TABLE newcomer_paths (member_id TEXT PRIMARY KEY, group_id TEXT NOT NULL, started_at BIGINT NOT NULL, spoke_at BIGINT NOT NULL,
					introduced_at BIGINT NOT NULL, introduced_by TEXT NOT NULL, answered_at BIGINT NOT NULL, answered_by TEXT NOT NULL,
					checked_at BIGINT NOT NULL, checked_by TEXT NOT NULL, asked_at BIGINT NOT NULL, asked_in TEXT NOT NULL,
					reminded INTEGER NOT NULL, reminded_before INTEGER NOT NULL, reminder TEXT NOT NULL, reminded_of TEXT NOT NULL,
					ended_at BIGINT NOT NULL, ended TEXT NOT NULL, completed_at BIGINT NOT NULL)`,
				`CREATE INDEX newcomer_open ON newcomer_paths (started_at) WHERE ended_at = 0`,
				`CREATE INDEX newcomer_reminders ON newcomer_paths (reminder) WHERE reminder <> ''`,
			} {
				if err := tx.Exec(s).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}}
}

const columns = `member_id, group_id, started_at, spoke_at, introduced_at, introduced_by, answered_at, answered_by, checked_at, checked_by,
	asked_at, asked_in, reminded, reminded_before, reminder, reminded_of, ended_at, ended, completed_at`

// paths reads the paths that a condition chooses.
func (f *newcomer) paths(ctx context.Context, where string, args ...any) ([]path, error) {
	rows, err := f.db.Conn(ctx).Raw(`SELECT `+columns+` FROM newcomer_paths WHERE `+where, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("paths: %w", err)
	}
	defer rows.Close()
	var list []path
	for rows.Next() {
		var p path
		d := &p.Done
		if err := rows.Scan(&p.Member, &p.Group, &p.Started, &p.Spoke, &d[introduction].At, &d[introduction].By, &d[answer].At, &d[answer].By,
			&d[checkin].At, &d[checkin].By, &p.Asked, &p.AskedIn, &p.Reminded, &p.Before, &p.Ref, &p.Kind, &p.Ended, &p.How, &p.Completed); err != nil {
			return nil, fmt.Errorf("paths: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// person reads the path of somebody; ok is false where they never had one.
func (f *newcomer) person(ctx context.Context, id community.MemberID) (p person, ok bool, err error) {
	ids, err := f.c.IDs(ctx, id)
	if err != nil {
		return p, false, err
	}
	rows, err := f.paths(ctx, `member_id IN ?`, ids)
	if err != nil {
		return p, false, err
	}
	p, ok = combine(rows)
	return p, ok, nil
}

// save stores a path, over the one that its id had.
func (f *newcomer) save(ctx context.Context, p *path) error {
	d := &p.Done
	_, err := f.db.Exec(ctx, `INSERT INTO newcomer_paths (`+columns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (member_id) DO UPDATE SET
		group_id = excluded.group_id, started_at = excluded.started_at, spoke_at = excluded.spoke_at,
		introduced_at = excluded.introduced_at, introduced_by = excluded.introduced_by, answered_at = excluded.answered_at,
		answered_by = excluded.answered_by, checked_at = excluded.checked_at, checked_by = excluded.checked_by,
		asked_at = excluded.asked_at, asked_in = excluded.asked_in, reminded = excluded.reminded, reminded_before = excluded.reminded_before,
		reminder = excluded.reminder, reminded_of = excluded.reminded_of, ended_at = excluded.ended_at, ended = excluded.ended,
		completed_at = excluded.completed_at`,
		string(p.Member), string(p.Group), p.Started, p.Spoke, d[introduction].At, d[introduction].By, d[answer].At, d[answer].By,
		d[checkin].At, d[checkin].By, p.Asked, string(p.AskedIn), p.Reminded, p.Before, p.Ref, p.Kind, p.Ended, p.How, p.Completed)
	if err != nil {
		return fmt.Errorf("path of %s: %w", p.Member, err)
	}
	return nil
}

// close ends all open paths that began before a time, and forgets who has one.
func (f *newcomer) close(ctx context.Context, before, at time.Time) error {
	_, err := f.db.Exec(ctx, `UPDATE newcomer_paths SET ended_at = ?, ended = ? WHERE ended_at = 0 AND started_at < ?`,
		at.UnixMilli(), expired, before.UnixMilli())
	if err != nil {
		return fmt.Errorf("end paths: %w", err)
	}
	f.forget(ctx)
	return nil
}

// lastThere is when somebody was last in a group of the community before they joined just now; zero: never. now is the
// join itself where they are in another one.
func (f *newcomer) lastThere(ctx context.Context, r *bot.Request, ids []community.MemberID) (time.Time, error) {
	at := r.At.UnixMilli()
	var last int64
	err := f.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(at), 0) FROM (
		SELECT at FROM passages WHERE member_id IN ? AND at < ? AND seq <> ?
		UNION ALL SELECT CASE WHEN last_at < ? THEN last_at ELSE first_at END FROM activity WHERE member_id IN ? AND first_at < ?
		UNION ALL SELECT CASE WHEN left_at > 0 AND left_at < ? THEN left_at ELSE ? END FROM stays
			WHERE member_id IN ? AND group_id <> ? AND joined_at < ?) seen`,
		ids, at, r.Seq, at, ids, at, at, at, ids, r.Actor.Group, at-soon.Milliseconds()).Row().Scan(&last)
	if err != nil {
		return time.Time{}, fmt.Errorf("last there: %w", err)
	}
	return bot.FromMillis(last), nil
}

// soon is how far apart two first joins may be told: who joins several groups at once is a newcomer still.
const soon = time.Hour

// counted is the community's fact newcomer.completed.
func (f *newcomer) counted(ctx context.Context, who []community.MemberID, from, to time.Time) (n int, err error) {
	err = f.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM newcomer_paths WHERE member_id IN ? AND completed_at >= ? AND completed_at < ?`,
		who, max(1, from.UnixMilli()), to.UnixMilli()).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count paths: %w", err)
	}
	return min(n, 1), nil
}

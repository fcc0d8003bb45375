package checkin

import (
	"context"
	"fmt"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// record keeps that somebody checked in on a Day; isNew is false when they had.
func (f *checkin) record(ctx context.Context, member community.MemberID, day community.Day, r *bot.Request) (isNew bool, err error) {
	res, err := f.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx,
		`INSERT INTO checkins (member_id, day, at, seq) VALUES (?, ?, ?, ?) ON CONFLICT (member_id, day) DO NOTHING`,
		string(member), int(day), r.At.UnixMilli(), r.Seq)
	if err != nil {
		return false, fmt.Errorf("record: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// days are the Days on which somebody checked in, in ascending order.
func (f *checkin) days(ctx context.Context, member community.MemberID) ([]community.Day, error) {
	rows, err := f.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT day FROM checkins WHERE member_id = ? ORDER BY day`, string(member))
	if err != nil {
		return nil, fmt.Errorf("days: %w", err)
	}
	defer rows.Close()
	var days []community.Day
	for rows.Next() {
		var d int
		if err := rows.Scan(&d); err != nil {
			return nil, fmt.Errorf("days: %w", err)
		}
		days = append(days, community.Day(d))
	}
	return days, rows.Err()
}

// milestone tells how many bonuses the run earns now, and keeps that they were paid. Counting those paid
// within the run makes a late check-in that joins two runs earn what is missing, and nothing twice.
func (f *checkin) milestone(ctx context.Context, member community.MemberID, day community.Day, r run) (due int, err error) {
	if r.length() < StreakDays {
		return 0, nil
	}
	var paid int
	if err := f.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx,
		`SELECT COALESCE(SUM(n), 0) FROM checkin_bonuses WHERE member_id = ? AND day BETWEEN ? AND ?`,
		string(member), int(r.first), int(r.last)).Scan(&paid); err != nil {
		return 0, fmt.Errorf("milestone: %w", err)
	}
	if due = owed(r, paid); due == 0 {
		return 0, nil
	}
	_, err = f.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO checkin_bonuses (member_id, day, n) VALUES (?, ?, ?)`,
		string(member), int(day), due)
	return due, err
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112201_checkins",
		Migrate: func(tx *gorm.DB) error {
			clustered := " WITHOUT ROWID"
			if tx.Name() == "postgres" {
				clustered = ""
			}
			if err := tx.Exec(`CREATE TABLE checkins (member_id TEXT NOT NULL, day INTEGER NOT NULL, at BIGINT NOT NULL, seq BIGINT NOT NULL,
				PRIMARY KEY (member_id, day))` + clustered).Error; err != nil {
				return err
			}
			return tx.Exec(`CREATE TABLE checkin_bonuses (member_id TEXT NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL,
				PRIMARY KEY (member_id, day))` + clustered).Error
		},
	}}
}

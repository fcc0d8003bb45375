package wallet

import (
	"context"
	"fmt"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/community"
)

// migrations make the tables of the feature. A released one is never edited.
func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{ID: "2026112310_wallet_gifts", Migrate: func(tx *gorm.DB) error {
		for _, statement := range [...]string{
			`CREATE TABLE gifts (
	key     TEXT PRIMARY KEY,
	from_id TEXT NOT NULL,
	to_id   TEXT NOT NULL,
	points  BIGINT NOT NULL,
	day     BIGINT NOT NULL,
	undone  BIGINT NOT NULL DEFAULT 0
)`,
			`CREATE INDEX gifts_from ON gifts (from_id, day)`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}}}
}

// given is what somebody gave on a Day under all their ids, without what was taken back.
func (w *wallet) given(ctx context.Context, ids []community.MemberID, day community.Day) (points int64, err error) {
	err = w.db.Conn(ctx).Raw(`SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM gifts WHERE from_id IN ? AND day = ? AND undone = 0`, ids, int(day)).Row().Scan(&points)
	if err != nil {
		return 0, fmt.Errorf("gifts of a Day: %w", err)
	}
	return points, nil
}

// keepGift writes down that a member gave to another.
func (w *wallet) keepGift(ctx context.Context, key string, from, to community.MemberID, points int64, day community.Day) error {
	err := w.db.Conn(ctx).Exec(`INSERT INTO gifts (key, from_id, to_id, points, day) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
		key, string(from), string(to), points, int(day)).Error
	if err != nil {
		return fmt.Errorf("keep gift: %w", err)
	}
	return nil
}

// dropGift notes when a gift was taken back, in Unix milliseconds.
func (w *wallet) dropGift(ctx context.Context, key string, at int64) error {
	if err := w.db.Conn(ctx).Exec(`UPDATE gifts SET undone = ? WHERE key = ?`, at, key).Error; err != nil {
		return fmt.Errorf("take gift back: %w", err)
	}
	return nil
}

// anyGift tells whether somebody ever gave to another, and it stands.
func (w *wallet) anyGift(ctx context.Context) (some bool, err error) {
	if err = w.db.Conn(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM gifts WHERE undone = 0)`).Row().Scan(&some); err != nil {
		return false, fmt.Errorf("any gift: %w", err)
	}
	return some, nil
}

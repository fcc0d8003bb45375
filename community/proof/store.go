package proof

import (
	"context"
	"fmt"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// published is the number of the last seal whose hash was told, or 0.
func (p *proof) published(ctx context.Context) (seq int64, err error) {
	if err = p.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(seq), 0) FROM roots`).Row().Scan(&seq); err != nil {
		err = fmt.Errorf("last root: %w", err)
	}
	return seq, err
}

// keep notes that a root is told.
func (p *proof) keep(ctx context.Context, at, seq int64, hash string) error {
	_, err := p.db.Exec(ctx, `INSERT INTO roots (seq, at, hash) VALUES (?, ?, ?)`, seq, at, hash)
	if err != nil {
		return fmt.Errorf("keep root: %w", err)
	}
	return nil
}

// managers are those who are told every day.
func (p *proof) managers(ctx context.Context) (ids []community.MemberID, err error) {
	err = p.db.Conn(ctx).Raw(`SELECT id FROM members WHERE role >= ? AND NOT bot AND id NOT IN (SELECT alias FROM aliases)
ORDER BY LENGTH(id), id`, int(bot.Manager)).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("managers: %w", err)
	}
	return ids, nil
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112310_roots",
		Migrate: func(tx *gorm.DB) error {
			return tx.Exec(`CREATE TABLE roots (seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, hash TEXT NOT NULL)`).Error
		},
	}}
}

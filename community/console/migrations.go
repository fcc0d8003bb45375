package console

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112311_console",
		Migrate: func(db *gorm.DB) error {
			for _, q := range []string{
				`CREATE TABLE console_links (hash TEXT PRIMARY KEY, member_id TEXT NOT NULL, made_at BIGINT NOT NULL, used_at BIGINT NOT NULL DEFAULT 0)`,
				`CREATE INDEX console_links_made ON console_links (made_at)`,
				`CREATE TABLE console_sessions (hash TEXT PRIMARY KEY, member_id TEXT NOT NULL, deadline BIGINT NOT NULL, expires_at BIGINT NOT NULL)`,
				`CREATE INDEX console_sessions_member ON console_sessions (member_id)`,
				`CREATE INDEX console_sessions_expires ON console_sessions (expires_at)`,
			} {
				if err := db.Exec(q).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}, {
		ID: "2026112401_data_links",
		Migrate: func(db *gorm.DB) error {
			return db.Exec(`CREATE TABLE data_links (hash TEXT PRIMARY KEY, member_id TEXT NOT NULL, made_at BIGINT NOT NULL, used_at BIGINT NOT NULL DEFAULT 0)`).Error
		},
	}}
}

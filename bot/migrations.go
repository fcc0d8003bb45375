package bot

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// Migrations makes the machine's tables: inbox, outbox, jobs, later.
func Migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112201_machine",
		Migrate: func(tx *gorm.DB) error {
			seq, blob := "INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB"
			if tx.Name() == "postgres" {
				seq, blob = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BYTEA"
			}
			for _, stmt := range []string{
				// at, last and all other times are Unix milliseconds, UTC.
				`CREATE TABLE inbox (
					seq ` + seq + `, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, at BIGINT NOT NULL, problem TEXT)`,
				`CREATE TABLE outbox (
					id ` + seq + `, feature TEXT NOT NULL, ref TEXT NOT NULL, event TEXT NOT NULL,
					group_id TEXT NOT NULL, member_id TEXT NOT NULL, text TEXT NOT NULL, mention TEXT NOT NULL, picture ` + blob + `,
					priority INTEGER NOT NULL, said_at BIGINT NOT NULL, not_before BIGINT NOT NULL, not_after BIGINT NOT NULL,
					guard TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
					receipt TEXT NOT NULL DEFAULT '', settled_at BIGINT NOT NULL DEFAULT 0)`,
				`CREATE INDEX outbox_pending ON outbox (priority, id) WHERE state = 'pending'`,
				`CREATE INDEX outbox_sending ON outbox (id) WHERE state = 'sending'`,
				`CREATE TABLE jobs (name TEXT PRIMARY KEY, last BIGINT NOT NULL)`,
				`CREATE TABLE later (job TEXT NOT NULL, key TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (job, key))`,
				`CREATE INDEX later_at ON later (at)`,
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}}
}

package tiers

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// Migrations are the steps that make the book's tables, for SQLite and PostgreSQL. A released one is never edited.
func Migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{ID: "2026112360_tiers", Migrate: func(tx *gorm.DB) error {
		id := "INTEGER PRIMARY KEY"
		if tx.Name() == "postgres" {
			id = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
		}
		for _, stmt := range []string{
			`CREATE TABLE tier_standings (member_id TEXT PRIMARY KEY, tier TEXT NOT NULL, since INTEGER NOT NULL, warned INTEGER NOT NULL,
				waits TEXT NOT NULL, declined INTEGER NOT NULL)`,
			`CREATE TABLE tier_changes (member_id TEXT NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL, cause TEXT NOT NULL,
				from_tier TEXT NOT NULL, to_tier TEXT NOT NULL,
				tier TEXT NOT NULL, since INTEGER NOT NULL, warned INTEGER NOT NULL, waits TEXT NOT NULL, declined INTEGER NOT NULL,
				active_days INTEGER NOT NULL, messages INTEGER NOT NULL, partners INTEGER NOT NULL, contributions INTEGER NOT NULL,
				influence INTEGER NOT NULL, traces INTEGER NOT NULL, PRIMARY KEY (member_id, day, n))`,
			`CREATE INDEX tier_changes_day ON tier_changes (day)`,
			`CREATE TABLE tier_acts (id ` + id + `, member_id TEXT NOT NULL, kind TEXT NOT NULL, tier TEXT NOT NULL, day INTEGER NOT NULL,
				until INTEGER NOT NULL, reason TEXT NOT NULL, by_member TEXT NOT NULL, at BIGINT NOT NULL, undone BOOLEAN NOT NULL DEFAULT FALSE)`,
			`CREATE INDEX tier_acts_member ON tier_acts (member_id)`,
			`CREATE TABLE tier_ladders (from_day INTEGER PRIMARY KEY, ladder TEXT NOT NULL, at BIGINT NOT NULL)`,
			`CREATE TABLE tier_nights (day INTEGER PRIMARY KEY, at BIGINT NOT NULL, people INTEGER NOT NULL, changes INTEGER NOT NULL)`,
			`CREATE TABLE tier_stale (member_id TEXT PRIMARY KEY, day INTEGER NOT NULL)`,
		} {
			if err := tx.Exec(stmt).Error; err != nil {
				return err
			}
		}
		return nil
	}}, {ID: "2026112410_waits", Migrate: func(tx *gorm.DB) error {
		return tx.Exec(`CREATE INDEX tier_standings_waits ON tier_standings (member_id) WHERE waits <> ''`).Error
	}}}
}

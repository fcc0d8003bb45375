package community

import (
	"slices"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/tiers"
)

// Migrations makes the community's tables.
func Migrations() []*gormigrate.Migration {
	return append([]*gormigrate.Migration{{ID: "2026112201_roster", Migrate: migrateRoster}},
		slices.Concat(wordsMigrations(), identityMigrations(), bindMigrations(), openingMigrations(), friendMigrations(), awayMigrations(),
			freezeMigrations(), budgetMigrations(), viewMigrations(), badgeMigrations(), holidayMigrations(), traceMigrations(), tagMigrations(), messageMigrations(), testGroupMigrations(), moveGroupMigrations(), erasureMigrations(), tiers.Migrations())...)
}

func migrateRoster(tx *gorm.DB) error {
	seq, clustered := "INTEGER PRIMARY KEY", " WITHOUT ROWID" // SQLite's row id is spelled INTEGER
	if tx.Name() == "postgres" {
		seq, clustered = "BIGINT PRIMARY KEY", ""
	}
	for _, stmt := range []string{
		// All times are Unix milliseconds, UTC; days count from 1970-01-01.
		`CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL)`,
		`CREATE TABLE counters (name TEXT PRIMARY KEY, n BIGINT NOT NULL)`,
		`CREATE TABLE groups (id TEXT PRIMARY KEY, name TEXT NOT NULL, language TEXT NOT NULL, adopted BOOLEAN NOT NULL, created_at BIGINT NOT NULL)`,
		`CREATE TABLE chats (transport TEXT NOT NULL, chat TEXT NOT NULL, group_id TEXT NOT NULL REFERENCES groups (id), at BIGINT NOT NULL,
			PRIMARY KEY (transport, chat))`,
		`CREATE INDEX chats_group ON chats (group_id)`,
		`CREATE TABLE members (id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, name_at BIGINT NOT NULL,
			first_seen BIGINT NOT NULL, role INTEGER NOT NULL, bot BOOLEAN NOT NULL)`,
		`CREATE INDEX members_folded ON members (folded)`,
		`CREATE TABLE bindings (transport TEXT NOT NULL, user_id TEXT NOT NULL, member_id TEXT NOT NULL REFERENCES members (id),
			strong BOOLEAN NOT NULL, evidence TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (transport, user_id))`,
		`CREATE INDEX bindings_member ON bindings (member_id)`,
		`CREATE TABLE aliases (alias TEXT PRIMARY KEY REFERENCES members (id), member_id TEXT NOT NULL REFERENCES members (id),
			at BIGINT NOT NULL, by_member TEXT NOT NULL, evidence TEXT NOT NULL)`,
		`CREATE TABLE stays (group_id TEXT NOT NULL REFERENCES groups (id), member_id TEXT NOT NULL REFERENCES members (id),
			display TEXT NOT NULL, folded TEXT NOT NULL, joined_at BIGINT NOT NULL, left_at BIGINT NOT NULL, PRIMARY KEY (group_id, member_id))` + clustered,
		`CREATE INDEX stays_member ON stays (member_id)`,
		`CREATE TABLE passages (seq BIGINT NOT NULL, at BIGINT NOT NULL, group_id TEXT NOT NULL, member_id TEXT NOT NULL, kind TEXT NOT NULL,
			by_member TEXT NOT NULL, PRIMARY KEY (group_id, member_id, seq))` + clustered,
		`CREATE TABLE bind_codes (hash TEXT PRIMARY KEY, made_at BIGINT NOT NULL, used_at BIGINT NOT NULL DEFAULT 0, used_by TEXT NOT NULL DEFAULT '')`,
		`CREATE TABLE bind_attempts (member_id TEXT NOT NULL, at BIGINT NOT NULL)`,
		`CREATE INDEX bind_attempts_member ON bind_attempts (member_id, at)`,

		`CREATE TABLE messages (seq ` + seq + `, at BIGINT NOT NULL, group_id TEXT NOT NULL, member_id TEXT NOT NULL,
			form TEXT NOT NULL, len INTEGER NOT NULL, mentions TEXT NOT NULL, quoted TEXT NOT NULL, recalled INTEGER NOT NULL DEFAULT 0)`,
		`CREATE TABLE message_texts (seq ` + seq + `, at BIGINT NOT NULL, text TEXT NOT NULL)`,
		`CREATE TABLE activity (day INTEGER NOT NULL, member_id TEXT NOT NULL, group_id TEXT NOT NULL, messages INTEGER NOT NULL,
			first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, PRIMARY KEY (day, member_id, group_id))` + clustered,
		`CREATE INDEX activity_member ON activity (member_id, day)`,
		`CREATE TABLE edges (day INTEGER NOT NULL, from_id TEXT NOT NULL, to_id TEXT NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL,
			PRIMARY KEY (day, from_id, to_id, kind))` + clustered,
		`CREATE INDEX edges_to ON edges (to_id, day)`,
	} {
		if err := tx.Exec(stmt).Error; err != nil {
			return err
		}
	}
	return nil
}

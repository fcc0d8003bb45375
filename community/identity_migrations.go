package community

import "github.com/go-gormigrate/gormigrate/v2"

// identityMigrations make what merging and splitting people, and recovery codes, need.
func identityMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{
		// Since when somebody waits to be recognised; 0: they are a member of their own.
		statements("2026112301_provisional", `ALTER TABLE members ADD COLUMN provisional BIGINT NOT NULL DEFAULT 0`),
		statements("2026112301_candidates",
			`CREATE TABLE candidates (member_id TEXT NOT NULL, candidate_id TEXT NOT NULL, evidence TEXT NOT NULL,
				PRIMARY KEY (member_id, candidate_id))`),
		statements("2026112302_identity",
			// Whom an alias was merged into: member_id is whom that one is today.
			`ALTER TABLE aliases ADD COLUMN via TEXT NOT NULL DEFAULT ''`,
			`UPDATE aliases SET via = member_id`,
			`CREATE INDEX aliases_member ON aliases (member_id)`,
			// What one id of a person lent another to spend, by the key of the transfer.
			`CREATE TABLE pools (key TEXT PRIMARY KEY, from_id TEXT NOT NULL, to_id TEXT NOT NULL)`,
			`CREATE TABLE recovery_codes (member_id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, made_at BIGINT NOT NULL)`,
			// Codes that were made (made) and wrong ones that were tried (wrong).
			`CREATE TABLE recovery_attempts (kind TEXT NOT NULL, member_id TEXT NOT NULL, at BIGINT NOT NULL)`,
			`CREATE INDEX recovery_attempts_at ON recovery_attempts (kind, at)`),
	}
}

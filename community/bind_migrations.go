package community

import "github.com/go-gormigrate/gormigrate/v2"

// bindMigrations make what binding needs where a transport's ids are new at each login. A binding of an id that
// stays the same for ever is of the session ”.
func bindMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112303_sessions",
		`CREATE TABLE sessions (transport TEXT NOT NULL, session TEXT NOT NULL, n BIGINT NOT NULL, account TEXT NOT NULL,
			up_at BIGINT NOT NULL, bound_at BIGINT NOT NULL, PRIMARY KEY (transport, session))`,
		// What was seen last of a member in a group ('': in private), by which the next login finds them again.
		// proven: the remark was given while it was certain who they are. missing_at: since when they are not found.
		`CREATE TABLE sightings (group_id TEXT NOT NULL, member_id TEXT NOT NULL REFERENCES members (id), nick TEXT NOT NULL,
			display TEXT NOT NULL, remark TEXT NOT NULL, attr TEXT NOT NULL, avatar TEXT NOT NULL, proven BOOLEAN NOT NULL,
			transport TEXT NOT NULL, session TEXT NOT NULL, seen_at BIGINT NOT NULL, missing_at BIGINT NOT NULL,
			PRIMARY KEY (group_id, member_id))`,
		`CREATE INDEX sightings_member ON sightings (member_id)`,
		`CREATE INDEX sightings_remark ON sightings (remark) WHERE remark <> ''`,
		`CREATE INDEX sightings_missing ON sightings (missing_at) WHERE missing_at > 0`,

		`ALTER TABLE groups ADD COLUMN code TEXT NOT NULL DEFAULT ''`,
		`CREATE UNIQUE INDEX groups_code ON groups (code) WHERE code <> ''`,
		// Whether a manager said that the bot acts there or does not: then no configuration does.
		`ALTER TABLE groups ADD COLUMN decided BOOLEAN NOT NULL DEFAULT FALSE`,
		`CREATE TABLE group_candidates (group_id TEXT NOT NULL, candidate_id TEXT NOT NULL, evidence TEXT NOT NULL,
			PRIMARY KEY (group_id, candidate_id))`,

		`ALTER TABLE bindings RENAME TO bindings_before`,
		`CREATE TABLE bindings (transport TEXT NOT NULL, session TEXT NOT NULL, user_id TEXT NOT NULL,
			member_id TEXT NOT NULL REFERENCES members (id), strong BOOLEAN NOT NULL, rule TEXT NOT NULL, evidence TEXT NOT NULL,
			at BIGINT NOT NULL, PRIMARY KEY (transport, session, user_id))`,
		`INSERT INTO bindings (transport, session, user_id, member_id, strong, rule, evidence, at)
			SELECT transport, '', user_id, member_id, strong, evidence, '', at FROM bindings_before`,
		`DROP TABLE bindings_before`,
		`CREATE INDEX bindings_member ON bindings (member_id)`,

		`ALTER TABLE chats RENAME TO chats_before`,
		`CREATE TABLE chats (transport TEXT NOT NULL, session TEXT NOT NULL, chat TEXT NOT NULL,
			group_id TEXT NOT NULL REFERENCES groups (id), rule TEXT NOT NULL, at BIGINT NOT NULL, listed_at BIGINT NOT NULL,
			PRIMARY KEY (transport, session, chat))`,
		`INSERT INTO chats (transport, session, chat, group_id, rule, at, listed_at)
			SELECT transport, '', chat, group_id, 'stable id', at, 0 FROM chats_before`,
		`DROP TABLE chats_before`,
		`CREATE INDEX chats_group ON chats (group_id)`,
	)}
}

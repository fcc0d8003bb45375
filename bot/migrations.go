package bot

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// Migrations makes the machine's tables: inbox, outbox, jobs, later, plans, occurrences, holds, beats, logins.
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
	}, {
		ID: "2026112301_pace",
		Migrate: func(tx *gorm.DB) error {
			for _, stmt := range []string{
				`ALTER TABLE outbox ADD COLUMN action TEXT NOT NULL DEFAULT ''`,
				`ALTER TABLE outbox ADD COLUMN token TEXT NOT NULL DEFAULT ''`,
				`ALTER TABLE outbox ADD COLUMN merge_key TEXT NOT NULL DEFAULT ''`,
				`ALTER TABLE outbox ADD COLUMN merge_head TEXT NOT NULL DEFAULT ''`,
				`ALTER TABLE outbox ADD COLUMN merge_item TEXT NOT NULL DEFAULT ''`,
				`ALTER TABLE outbox ADD COLUMN dated INTEGER NOT NULL DEFAULT 0`,
				// Empty until the courier has sorted the row; then the transport that says it.
				`ALTER TABLE outbox ADD COLUMN transport TEXT NOT NULL DEFAULT ''`,
				`ALTER TABLE outbox ADD COLUMN sorted_at BIGINT NOT NULL DEFAULT 0`,
				// When the transport took it, or may have; 0 for what never reached it.
				`ALTER TABLE outbox ADD COLUMN sent_at BIGINT NOT NULL DEFAULT 0`,
				// The row that led the message in which this one was said: itself, unless merged.
				`ALTER TABLE outbox ADD COLUMN head BIGINT NOT NULL DEFAULT 0`,
				`DROP INDEX outbox_pending`,
				`CREATE INDEX outbox_unsorted ON outbox (priority, id) WHERE state = 'pending' AND transport = ''`,
				`CREATE INDEX outbox_waiting ON outbox (transport, priority, id) WHERE state = 'pending' AND transport <> ''`,
				`CREATE INDEX outbox_merge ON outbox (group_id, merge_key, id) WHERE state = 'pending' AND merge_key <> ''`,
				`CREATE INDEX outbox_sent ON outbox (transport, sent_at) WHERE sent_at > 0`,
				`CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at > 0`,
				// A pause that managers asked for has no name; the others are transports that were told to be slower.
				`CREATE TABLE holds (
					name TEXT PRIMARY KEY, since BIGINT NOT NULL, until BIGINT NOT NULL, strikes INTEGER NOT NULL, by_member TEXT NOT NULL)`,
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}, {
		ID: "2026112304_secret",
		Migrate: func(tx *gorm.DB) error {
			// Words that are replaced when the row has its final state.
			return tx.Exec(`ALTER TABLE outbox ADD COLUMN secret INTEGER NOT NULL DEFAULT 0`).Error
		},
	}, {
		ID: "2026112305_console",
		Migrate: func(tx *gorm.DB) error {
			return tx.Exec(`CREATE INDEX outbox_console ON outbox (event) WHERE transport = 'console'`).Error
		},
	}, {
		ID: "2026112310_occurrences",
		Migrate: func(tx *gorm.DB) error {
			for _, stmt := range []string{
				`CREATE TABLE plans (
					job TEXT NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL, group_id TEXT NOT NULL, spec TEXT NOT NULL,
					from_at BIGINT NOT NULL, until_at BIGINT NOT NULL, grace BIGINT NOT NULL, catch_up INTEGER NOT NULL,
					next BIGINT NOT NULL, PRIMARY KEY (job, key))`,
				`CREATE INDEX plans_next ON plans (next, job, key) WHERE next > 0`,
				`CREATE TABLE occurrences (
					job TEXT NOT NULL, key TEXT NOT NULL, slot BIGINT NOT NULL, title TEXT NOT NULL, group_id TEXT NOT NULL,
					ending TEXT NOT NULL, reason TEXT NOT NULL, decided_at BIGINT NOT NULL, PRIMARY KEY (job, key, slot))`,
				`CREATE INDEX occurrences_slot ON occurrences (slot)`,
				`ALTER TABLE outbox ADD COLUMN ritual INTEGER NOT NULL DEFAULT 0`,
				`CREATE INDEX outbox_ritual ON outbox (said_at) WHERE ritual = 1`,
				// From when until when the program was awake.
				`CREATE TABLE beats (from_at BIGINT PRIMARY KEY, to_at BIGINT NOT NULL)`,
				`CREATE TABLE logins (at BIGINT NOT NULL, transport TEXT NOT NULL, up INTEGER NOT NULL, PRIMARY KEY (transport, at, up))`,
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}, {
		ID: "2026112401_via",
		Migrate: func(tx *gorm.DB) error {
			// The transport that an answer should go through, where its group is in several.
			return tx.Exec(`ALTER TABLE outbox ADD COLUMN via TEXT NOT NULL DEFAULT ''`).Error
		},
	}}
}

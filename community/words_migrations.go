package community

import (
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// wordsMigrations makes the tables of the shared words. All times are Unix milliseconds, UTC; a day is a Day.
func wordsMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{
		statements("2026112201_consent",
			`CREATE TABLE consents (member_id TEXT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (member_id, kind))`,
			`CREATE TABLE consent_changes (id {serial}, member_id TEXT NOT NULL, kind TEXT NOT NULL, wanted BOOLEAN NOT NULL, at BIGINT NOT NULL)`,
			`CREATE INDEX consent_changes_member ON consent_changes (member_id, kind, at)`),
		statements("2026112202_confirmations",
			`CREATE TABLE confirmations (
				member_id TEXT PRIMARY KEY, chat TEXT NOT NULL, code TEXT NOT NULL, said TEXT NOT NULL,
				expires_at BIGINT NOT NULL, wrong INTEGER NOT NULL)`),
		statements("2026112203_undos",
			`CREATE TABLE undos (
				code TEXT PRIMARY KEY, action TEXT NOT NULL, payload TEXT NOT NULL, event TEXT NOT NULL, member_id TEXT NOT NULL,
				expires_at BIGINT NOT NULL, used_at BIGINT, used_by TEXT NOT NULL)`),
		statements("2026112204_audits",
			`CREATE TABLE audits (
				id {serial}, at BIGINT NOT NULL, event TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL,
				action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL, undo_of TEXT NOT NULL)`,
			`CREATE INDEX audits_event ON audits (event)`,
			`CREATE INDEX audits_actor ON audits (actor, id)`,
			`CREATE INDEX audits_target ON audits (target, id)`),
		{ID: "2026112205_audits_only_grow", Migrate: auditsOnlyGrow},
		statements("2026112206_contributions",
			`CREATE TABLE contributions (
				key TEXT PRIMARY KEY, member_id TEXT NOT NULL, group_id TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL,
				at BIGINT NOT NULL, day INTEGER NOT NULL, withdrawn_at BIGINT)`,
			`CREATE INDEX contributions_member ON contributions (member_id, day)`,
			`CREATE INDEX contributions_day ON contributions (day)`),
		statements("2026112207_noise",
			`CREATE TABLE noise (group_id TEXT NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (group_id, day))`,
			`CREATE TABLE withheld (
				id {serial}, group_id TEXT NOT NULL, day INTEGER NOT NULL, at BIGINT NOT NULL,
				feature TEXT NOT NULL, preview TEXT NOT NULL, reason TEXT NOT NULL)`,
			`CREATE INDEX withheld_day ON withheld (day, group_id)`),
	}
}

// auditsOnlyGrow has the database refuse every change of an entry. SQLite deletes a replaced row without
// telling its triggers, so it refuses the replacing insert.
func auditsOnlyGrow(tx *gorm.DB) error {
	if tx.Name() == "postgres" {
		return execAll(tx,
			`CREATE FUNCTION audits_only_grow() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN RAISE EXCEPTION 'audits only grow'; END $$`,
			`CREATE TRIGGER audits_no_change BEFORE UPDATE OR DELETE ON audits FOR EACH ROW EXECUTE FUNCTION audits_only_grow()`,
			`CREATE TRIGGER audits_no_truncate BEFORE TRUNCATE ON audits FOR EACH STATEMENT EXECUTE FUNCTION audits_only_grow()`)
	}
	return execAll(tx,
		`CREATE TRIGGER audits_no_update BEFORE UPDATE ON audits BEGIN SELECT RAISE(ABORT, 'audits only grow'); END`,
		`CREATE TRIGGER audits_no_delete BEFORE DELETE ON audits BEGIN SELECT RAISE(ABORT, 'audits only grow'); END`,
		`CREATE TRIGGER audits_no_replace BEFORE INSERT ON audits WHEN EXISTS (SELECT 1 FROM audits WHERE id = NEW.id)
			BEGIN SELECT RAISE(ABORT, 'audits only grow'); END`)
}

// statements is a migration of SQL that both engines understand; {serial} is a key that counts by itself.
func statements(id string, sql ...string) *gormigrate.Migration {
	return &gormigrate.Migration{ID: id, Migrate: func(tx *gorm.DB) error {
		serial := "INTEGER PRIMARY KEY AUTOINCREMENT"
		if tx.Name() == "postgres" {
			serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
		}
		for _, stmt := range sql {
			if err := execAll(tx, strings.ReplaceAll(stmt, "{serial}", serial)); err != nil {
				return err
			}
		}
		return nil
	}}
}

func execAll(tx *gorm.DB, sql ...string) error {
	for _, stmt := range sql {
		if err := tx.Exec(stmt).Error; err != nil {
			return err
		}
	}
	return nil
}

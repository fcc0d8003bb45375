package community

import "github.com/go-gormigrate/gormigrate/v2"

// openingMigrations make what remembers who came from an old system.
func openingMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112401_openings",
		// id is who they were in the old system.
		`CREATE TABLE openings (id TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES members (id), points BIGINT NOT NULL, at BIGINT NOT NULL)`,
		`CREATE INDEX openings_member ON openings (member_id)`,
	)}
}

package community

import "github.com/go-gormigrate/gormigrate/v2"

// viewMigrations make what views read by.
func viewMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{
		statements("2026112330_views", `CREATE INDEX undos_event ON undos (event)`),
		statements("2026112410_desk",
			`CREATE INDEX members_order ON members ((LENGTH(id)), id)`,
			`CREATE INDEX members_first_seen ON members (first_seen)`,
			`CREATE INDEX members_provisional ON members (provisional) WHERE provisional > 0`,
			`CREATE INDEX members_staff ON members (role) WHERE role > 0`,
			`CREATE INDEX members_bots ON members (id) WHERE bot`),
	}
}

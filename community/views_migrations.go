package community

import "github.com/go-gormigrate/gormigrate/v2"

// viewMigrations make what views read by.
func viewMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112330_views", `CREATE INDEX undos_event ON undos (event)`)}
}

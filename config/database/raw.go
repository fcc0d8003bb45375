package database

import "database/sql"

// OpenRaw opens an SQLite file with the settings of a writer and nothing around it: the baseline that
// benchmarks compare with.
func OpenRaw(path string) (*sql.DB, error) {
	return sql.Open(sqliteDriver, sqliteDSN(uri(path), false))
}

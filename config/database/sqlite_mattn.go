//go:build mattn

package database

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// sqliteDriver is the C library: the race detector slows it down far less.
const sqliteDriver = "sqlite3"

// sqliteDSN names the file with the same settings as the driver that releases use.
func sqliteDSN(path string, readOnly bool) string {
	dsn := uri(path) + "?_loc=UTC&_busy_timeout=5000&_foreign_keys=1"
	if readOnly {
		return dsn + "&mode=ro&_query_only=1"
	}
	return dsn + "&_txlock=immediate&_journal_mode=WAL&_synchronous=FULL"
}

// sqliteCode is SQLite's extended result code, 0 where err is not SQLite's.
func sqliteCode(err error) int {
	var e sqlite3.Error
	if errors.As(err, &e) {
		if e.ExtendedCode != 0 {
			return int(e.ExtendedCode)
		}
		return int(e.Code)
	}
	return 0
}

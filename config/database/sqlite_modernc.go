//go:build !mattn

package database

import (
	"errors"

	"modernc.org/sqlite"
)

// sqliteDriver needs no C compiler.
const sqliteDriver = "sqlite"

// sqliteDSN names the file with the settings without which the driver is wrong: times as SQLite's date
// functions read them, in UTC, and transactions that take the write lock when they begin.
func sqliteDSN(path string, readOnly bool) string {
	dsn := uri(path) + "?_time_format=sqlite&_timezone=UTC&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	if readOnly {
		return dsn + "&mode=ro&_pragma=query_only(1)"
	}
	return dsn + "&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
}

// sqliteCode is SQLite's extended result code, 0 where err is not SQLite's.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

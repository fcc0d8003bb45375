//go:build mattn

package database

import (
	"database/sql/driver"
	"errors"

	"github.com/mattn/go-sqlite3"
)

// sqliteDriver is the C library, which the race detector slows down far less.
const sqliteDriver = "sqlite3"

// utcArgs: the driver writes times in the zone they come with.
const utcArgs = true

// sqliteDSN adds the same settings as for the driver that releases use.
func sqliteDSN(uri string, readOnly bool) string {
	uri += "?_loc=UTC&_busy_timeout=5000&_foreign_keys=1"
	if readOnly {
		return uri + "&mode=ro&_query_only=1"
	}
	return uri + "&_txlock=immediate&_journal_mode=WAL&_synchronous=FULL"
}

func openDriver(dsn string) (driver.Conn, error) { return new(sqlite3.SQLiteDriver).Open(dsn) }

// watch calls commit before every commit, which its answer false turns into a rollback, and rollback
// after every rollback, whoever caused it.
func watch(c driver.Conn, commit func() bool, rollback func()) {
	hooks := c.(*sqlite3.SQLiteConn)
	hooks.RegisterCommitHook(func() int {
		if commit() {
			return 0
		}
		return 1
	})
	hooks.RegisterRollbackHook(rollback)
}

// sqliteCode is SQLite's extended result code, 0 where err is not SQLite's.
func sqliteCode(err error) int {
	var e sqlite3.Error
	switch {
	case !errors.As(err, &e):
		return 0
	case e.ExtendedCode != 0:
		return int(e.ExtendedCode)
	}
	return int(e.Code)
}

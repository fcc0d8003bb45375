//go:build !mattn

package database

import (
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// sqliteDriver runs without a C compiler.
const sqliteDriver = "sqlite"

// utcArgs: the driver writes every time in UTC by itself.
const utcArgs = false

// sqliteDSN adds the settings without which the driver is wrong: times as SQLite's date functions read
// them, in UTC, and transactions that take the write lock when they begin.
func sqliteDSN(uri string, readOnly bool) string {
	uri += "?_time_format=sqlite&_timezone=UTC&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	if readOnly {
		return uri + "&mode=ro&_pragma=query_only(1)"
	}
	return uri + "&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
}

func openDriver(dsn string) (driver.Conn, error) { return new(sqlite.Driver).Open(dsn) }

// watch calls commit before every commit, which its answer false turns into a rollback, and rollback
// after every rollback, whoever caused it.
func watch(c driver.Conn, commit func() bool, rollback func()) {
	hooks := c.(interface {
		RegisterCommitHook(sqlite.CommitHookFn)
		RegisterRollbackHook(sqlite.RollbackHookFn)
	})
	hooks.RegisterCommitHook(func() int32 {
		if commit() {
			return 0
		}
		return 1
	})
	hooks.RegisterRollbackHook(rollback)
}

// sqliteCode is SQLite's extended result code, 0 where err is not SQLite's.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// SQLite's result codes that mean something to us.
const (
	codePerm     = 3
	codeBusy     = 5
	codeReadOnly = 8
	codeIOErr    = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26

	codeCheck      = 275
	codeForeignKey = 787
	codePrimaryKey = 1555
	codeUnique     = 2067
)

// minVersion is the first SQLite without the bug that resets a log in use.
const minVersion = "3.51.3"

// sqliteDialector is gorm's, with an error translation that knows every driver.
type sqliteDialector struct{ *sqlite.Dialector }

// Translate implements gorm.ErrorTranslator.
func (d sqliteDialector) Translate(err error) error {
	switch sqliteCode(err) {
	case codePrimaryKey, codeUnique:
		return gorm.ErrDuplicatedKey
	case codeForeignKey:
		return gorm.ErrForeignKeyViolated
	case codeCheck:
		return gorm.ErrCheckConstraintViolated
	}
	return err
}

func (db *DB) openSQLite(ctx context.Context) error {
	if err := checkFile(db.dsn, db.readOnly); err != nil {
		return err
	}
	if !db.readOnly {
		var err error
		if db.writers, err = sql.Open(sqliteDriver, sqliteDSN(db.dsn, false)); err != nil {
			return err
		}
		if db.pinned, err = db.connect(ctx); err != nil {
			return err
		}
		if err := checkSettings(ctx, db.pinned.raw); err != nil {
			return err
		}
	}
	var err error
	if db.readers, err = sql.Open(sqliteDriver, sqliteDSN(db.dsn, true)); err != nil {
		return err
	}
	db.readers.SetMaxOpenConns(4)
	return db.readers.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(new(int))
}

func checkFile(path string, mustExist bool) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a directory")
	case err != nil && mustExist:
		return err
	case err != nil:
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return err
		}
	}
	return nil
}

// uri is the path as SQLite's file URI, whatever characters it holds.
func uri(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath()
}

// checkSettings reads back what must be in force, and refuses to run without it.
func checkSettings(ctx context.Context, c *sql.Conn) error {
	var version string
	if err := c.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if older(version, minVersion) {
		return fmt.Errorf("SQLite %s is older than %s", version, minVersion)
	}
	for _, s := range [...]struct{ pragma, want string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"busy_timeout", "5000"},
	} {
		var got string
		if err := c.QueryRowContext(ctx, "PRAGMA "+s.pragma).Scan(&got); err != nil {
			return fmt.Errorf("PRAGMA %s: %w", s.pragma, err)
		}
		if got != s.want {
			return fmt.Errorf("PRAGMA %s is %s and must be %s; is the file system one without locks or shared memory?", s.pragma, got, s.want)
		}
	}
	return nil
}

func older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range min(len(a), len(b)) {
		x, _ := strconv.Atoi(a[i])
		y, _ := strconv.Atoi(b[i])
		if x != y {
			return x < y
		}
	}
	return len(a) < len(b)
}

package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	minSQLite     = "3.51.3" // the first without the bug that resets a log in use
	sqliteReaders = 8
)

func (db *DB) openSQLite(ctx context.Context) (err error) {
	if err := checkFile(db.dsn, db.readOnly); err != nil {
		return fmt.Errorf("open the database %s: %w", db.dsn, err)
	}
	if db.path, err = filepath.Abs(db.dsn); err != nil {
		return fmt.Errorf("open the database %s: %w", db.dsn, err)
	}
	if !db.readOnly {
		db.writers = sql.OpenDB(&sqliteConnector{dsn: sqliteDSN(uri(db.path), false), writer: true})
		db.writers.SetMaxIdleConns(-1)
		if db.pinned, err = db.openWriter(ctx); err != nil {
			return explain(db.dsn, err)
		}
	}
	db.readers = sql.OpenDB(&sqliteConnector{dsn: db.readingDSN()})
	db.readers.SetMaxOpenConns(sqliteReaders)
	db.readers.SetMaxIdleConns(sqliteReaders)
	return explain(db.dsn, checkReader(ctx, db.readers))
}

func (db *DB) readingDSN() string {
	dsn := sqliteDSN(uri(db.path), true)
	if db.still {
		dsn += "&immutable=1"
	}
	return dsn
}

// checkFile finds what SQLite would only report as "unable to open", and creates a new file that
// nobody else can read: it is going to hold what people said.
func checkFile(path string, readOnly bool) error {
	if path == "" {
		return errors.New("no path is given")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a directory, not a file")
	}
	mode := os.O_RDWR | os.O_CREATE
	if readOnly {
		mode = os.O_RDONLY
	}
	f, err := os.OpenFile(path, mode, 0o600)
	var cause *fs.PathError
	if errors.As(err, &cause) {
		return cause.Err
	} else if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if n > 0 && string(head[:n]) != "SQLite format 3\x00" {
		return errors.New("it is not an SQLite database")
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// uri is an absolute path as SQLite's file URI, whatever characters it holds.
func uri(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/...
		path = "/" + path
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath()
}

// checkWriter reads back what must be in force.
func checkWriter(ctx context.Context, c *sql.Conn) error {
	var version string
	if err := c.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if older(version, minSQLite) {
		return fmt.Errorf("SQLite %s is too old, it must be at least %s", version, minSQLite)
	}
	for _, s := range [...]struct{ pragma, want string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"busy_timeout", "5000"},
	} {
		var got string
		if err := c.QueryRowContext(ctx, "PRAGMA "+s.pragma).Scan(&got); err != nil {
			return fmt.Errorf("PRAGMA %s: %w", s.pragma, err)
		}
		if got != s.want {
			return fmt.Errorf("PRAGMA %s is %s and must be %s; does the file system lack locks or shared memory?", s.pragma, got, s.want)
		}
	}
	return nil
}

func checkReader(ctx context.Context, readers *sql.DB) error {
	var tables int
	if err := readers.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	var queryOnly string
	if err := readers.QueryRowContext(ctx, "PRAGMA query_only").Scan(&queryOnly); err != nil {
		return err
	}
	if queryOnly != "1" {
		return errors.New("PRAGMA query_only is not in force")
	}
	return nil
}

// explain says to an operator what is wrong with the file.
func explain(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case sqliteCode(err)&0xff == codeNotADB:
		err = fmt.Errorf("it is not an SQLite database: %w", err)
	case sqliteCode(err)&0xff == codeCorrupt:
		err = fmt.Errorf("the file is damaged, restore a backup: %w", err)
	case sqliteCode(err)&0xff == codeCantOpen, sqliteCode(err)&0xff == codePerm, sqliteCode(err)&0xff == codeReadOnly:
		err = fmt.Errorf("the file and its directory must be writable by this user: %w", err)
	case sqliteCode(err)&0xff == codeBusy:
		err = fmt.Errorf("another process keeps it locked: %w", err)
	}
	return fmt.Errorf("open the database %s: %w", path, err)
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

// checkpoint writes the log back into the file. Readers in other processes may keep a part of it.
func (db *DB) checkpoint() error {
	if db.dialect != "sqlite" {
		return nil
	}
	_, err := db.pinned.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	if sqliteCode(err)&0xff == codeBusy {
		return nil
	}
	return err
}

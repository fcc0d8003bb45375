package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Size is how many bytes the database takes, with the log of SQLite and without its backups.
func (db *DB) Size(ctx context.Context) (n int64, err error) {
	if db.dialect == "postgres" {
		if err := db.readers.QueryRowContext(ctx, "SELECT pg_database_size(current_database())").Scan(&n); err != nil {
			return 0, fmt.Errorf("size of the database: %w", err)
		}
		return n, nil
	}
	for _, file := range []string{db.path, db.path + "-wal"} {
		info, err := os.Stat(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("size of the database: %w", err)
		}
		if err == nil {
			n += info.Size()
		}
	}
	return n, nil
}

// Path is the SQLite file; empty on PostgreSQL.
func (db *DB) Path() string { return db.path }

// Pools are the connection pools and how they were used, by name: readers, and where there are several writers at once
// also writers.
func (db *DB) Pools() map[string]sql.DBStats {
	pools := map[string]sql.DBStats{}
	for name, pool := range map[string]*sql.DB{"readers": db.readers, "writers": db.writers} {
		if pool != nil && (name == "readers" || db.dialect == "postgres") {
			pools[name] = pool.Stats()
		}
	}
	return pools
}

// Version is what the database engine calls itself.
func (db *DB) Version(ctx context.Context) (v string, err error) {
	query := "SELECT 'SQLite ' || sqlite_version()"
	if db.dialect == "postgres" {
		query = "SELECT 'PostgreSQL ' || current_setting('server_version')"
	}
	if err := db.readers.QueryRowContext(ctx, query).Scan(&v); err != nil {
		return "", fmt.Errorf("version of the database: %w", err)
	}
	return v, nil
}

// Damage is what SQLite finds wrong with its file in a quick look over all pages; empty: nothing. On PostgreSQL the server
// checks its pages when it reads them, and Damage finds nothing.
func (db *DB) Damage(ctx context.Context) ([]string, error) {
	if db.dialect == "postgres" {
		return nil, nil
	}
	found, err := db.strings(ctx, "PRAGMA quick_check(10)")
	if err != nil {
		return nil, fmt.Errorf("quick check: %w", explain(db.dsn, err))
	}
	return slices.DeleteFunc(found, func(s string) bool { return s == "ok" }), nil
}

// Backup is a copy of an SQLite file that was made before its tables were changed.
type Backup struct {
	File string
	At   time.Time
	Size int64
}

// Backups are the copies that lie beside an SQLite file, the newest first.
func Backups(path string) ([]Backup, error) {
	dir, prefix := filepath.Dir(path), filepath.Base(path)+backupMark
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for backups: %w", err)
	}
	var copies []Backup
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), prefix)
		at, wrong := time.Parse(backupTime, stamp)
		if !ok || wrong != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it was dropped meanwhile
		}
		copies = append(copies, Backup{filepath.Join(dir, e.Name()), at, info.Size()})
	}
	slices.SortFunc(copies, func(a, b Backup) int { return b.At.Compare(a.At) })
	return copies, nil
}

// Holder tells who has the lock of a data directory; held is false where nobody has. It changes nothing, but for the few
// microseconds in which it tries the lock itself.
func Holder(dir string) (holder string, held bool, err error) {
	path := filepath.Join(dir, "weilu.lock")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look at the lock: %w", err)
	}
	defer f.Close()
	err = lockFile(f) // ends with f.Close
	if errors.Is(err, errHeld) {
		text, _ := os.ReadFile(path) // who it is only helps
		return who(string(text)), true, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look at the lock: %w", err)
	}
	return "", false, nil
}

// Journal is the journal mode that an SQLite file keeps: wal, once a program of ours has written to it. On PostgreSQL it is
// wal.
func (db *DB) Journal(ctx context.Context) (mode string, err error) {
	if db.dialect == "postgres" {
		return "wal", nil
	}
	if err := db.readers.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return "", fmt.Errorf("journal mode: %w", err)
	}
	return mode, nil
}

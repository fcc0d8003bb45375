package database

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	keepBackups = 3
	backupMark  = ".backup-"
	backupTime  = "20060102T150405.000Z"
)

// backup copies an SQLite file that holds tables to a file beside it, and drops the oldest copies.
func (db *DB) backup(ctx context.Context, w *writer) error {
	var tables int
	err := w.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'").Scan(&tables)
	if err != nil || tables == 0 {
		return err
	}
	copied := db.path + backupMark + time.Now().UTC().Format(backupTime)
	part := copied + ".part" // a crash leaves this, never half a backup
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = w.conn.ExecContext(ctx, "VACUUM INTO ?", part)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(part, copied)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return db.dropOldBackups()
}

func (db *DB) dropOldBackups() error {
	dir, prefix := filepath.Dir(db.path), filepath.Base(db.path)+backupMark
	entries, err := os.ReadDir(dir) // sorted by name, which is by time
	if err != nil {
		return fmt.Errorf("look for old backups: %w", err)
	}
	var copies []string
	for _, e := range entries {
		if stamp, ok := strings.CutPrefix(e.Name(), prefix); ok && isStamp(stamp) {
			copies = append(copies, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(copies)
	for _, old := range copies[:max(0, len(copies)-keepBackups)] {
		if err := os.Remove(old); err != nil {
			return fmt.Errorf("drop an old backup: %w", err)
		}
	}
	return nil
}

func isStamp(s string) bool {
	_, err := time.Parse(backupTime, s)
	return err == nil
}

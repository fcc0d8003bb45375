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

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// Owner is somebody whose tables the database holds, with their migrations in order.
type Owner struct {
	Name string
	List []*gormigrate.Migration
}

func (o Owner) table() string { return "migrations_" + o.Name }

// keepBackups is how many backups are kept beside an SQLite file.
const keepBackups = 3

// Migrate brings the database up to date, all or nothing on each owner's step. A database with data is backed
// up first (SQLite: weilu.db.backup-TIME beside it). One that a newer program has migrated is refused with ErrNewer.
func Migrate(ctx context.Context, db *DB, owners ...Owner) error {
	pending, err := Pending(ctx, db, owners...)
	if err != nil || len(pending) == 0 {
		return err
	}
	c, done, err := db.acquire(ctx)
	if err != nil {
		return err
	}
	defer done(false)
	if err := db.backup(ctx, c); err != nil {
		return fmt.Errorf("backup before migrating: %w", err)
	}
	if db.dialect == "postgres" {
		if _, err := c.raw.ExecContext(ctx, "SELECT pg_advisory_lock(hashtextextended('weilu migrations', 0))"); err != nil {
			return err
		}
		defer c.raw.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtextextended('weilu migrations', 0))")
	} else {
		// gorm rebuilds tables in some migrations, and foreign keys would delete the children of the old one.
		if _, err := c.raw.ExecContext(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
			return err
		}
		defer c.raw.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys = ON")
	}
	for _, o := range owners {
		if err := migrateOwner(ctx, db, c, o); err != nil {
			return fmt.Errorf("migrate %s: %w", o.Name, full(err))
		}
	}
	if db.dialect == "sqlite" {
		return checkForeignKeys(ctx, c)
	}
	return nil
}

// migrateOwner runs what an owner's list has beyond the database, each migration in a transaction of its own.
func migrateOwner(ctx context.Context, db *DB, c *conn, o Owner) error {
	s := &scope{db: db, tx: &transaction{conn: c}, opened: true}
	inside := context.WithValue(ctx, scopeKey{db}, s)
	handle := db.write.Session(&gorm.Session{NewDB: true, Context: inside})
	handle.Statement.ConnPool = c
	s.tx.handle = handle
	begin := "BEGIN IMMEDIATE"
	if db.dialect == "postgres" {
		begin = "BEGIN"
	}
	if err := s.send(begin); err != nil {
		return err
	}
	m := gormigrate.New(handle, &gormigrate.Options{
		TableName: o.table(), IDColumnName: "id", IDColumnSize: 190, ValidateUnknownMigrations: false,
	}, o.List)
	if err := m.Migrate(); err != nil {
		return errors.Join(err, s.send("ROLLBACK"))
	}
	return s.send("COMMIT")
}

func checkForeignKeys(ctx context.Context, c *conn) error {
	rows, err := c.raw.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return errors.New("after migrating, rows refer to others that are not there; restore the backup")
	}
	return rows.Err()
}

// Pending lists the migrations that the database lacks, as "owner: id". It answers ErrNewer where the
// database has some that the owners don't know.
func Pending(ctx context.Context, db *DB, owners ...Owner) ([]string, error) {
	var pending, unknown []string
	for _, o := range owners {
		applied, err := applied(ctx, db, o)
		if err != nil {
			return nil, fmt.Errorf("read migrations of %s: %w", o.Name, err)
		}
		for _, m := range o.List {
			if !slices.Contains(applied, m.ID) {
				pending = append(pending, o.Name+": "+m.ID)
			}
		}
		for _, id := range applied {
			if !slices.ContainsFunc(o.List, func(m *gormigrate.Migration) bool { return m.ID == id }) {
				unknown = append(unknown, o.Name+": "+id)
			}
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%w: it has the migrations %s, which this one does not know; use the newer version, or restore a backup",
			ErrNewer, strings.Join(unknown, ", "))
	}
	return pending, nil
}

func applied(ctx context.Context, db *DB, o Owner) (ids []string, err error) {
	var n int64
	q := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if db.dialect == "postgres" {
		q = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?"
	}
	conn := db.read.Session(&gorm.Session{NewDB: true, Context: ctx})
	if err := conn.Raw(q, o.table()).Scan(&n).Error; err != nil || n == 0 {
		return nil, err
	}
	err = conn.Table(o.table()).Order("id").Pluck("id", &ids).Error
	return ids, err
}

// backup copies an SQLite database that holds something, and drops the oldest copies.
func (db *DB) backup(ctx context.Context, c *conn) error {
	if db.dialect != "sqlite" {
		return nil
	}
	var tables int
	if err := db.readers.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table'").Scan(&tables); err != nil || tables == 0 {
		return err
	}
	base := db.dsn + ".backup-"
	if _, err := c.raw.ExecContext(ctx, "VACUUM INTO ?", base+time.Now().UTC().Format("20060102T150405.000Z")); err != nil {
		return full(err)
	}
	entries, err := os.ReadDir(filepath.Dir(db.dsn))
	if err != nil {
		return err
	}
	var copies []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(base)) {
			copies = append(copies, filepath.Join(filepath.Dir(db.dsn), e.Name()))
		}
	}
	slices.Sort(copies)
	for _, old := range copies[:max(0, len(copies)-keepBackups)] {
		if err := os.Remove(old); err != nil {
			return err
		}
	}
	return nil
}

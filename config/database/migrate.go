package database

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/go-gormigrate/gormigrate/v2"
)

// Owner is somebody who keeps tables in the database, with the migrations that make them, oldest first.
// Which of them were applied is written in the table migrations_<Name>.
type Owner struct {
	Name string
	List []*gormigrate.Migration
}

func (o Owner) table() string { return "migrations_" + o.Name }

// Migrate brings the database up to date, all owners in one transaction: everything or nothing. All owners
// of the program are given in one call; a migration in the database that none of them has is ErrNewer,
// and nothing is changed. An SQLite file that holds tables is first copied to PATH.backup-TIME, of which
// the newest three stay. Several processes may migrate one PostgreSQL database at the same time.
//
// Foreign keys are not enforced on SQLite while migrating, since gorm rebuilds tables in some migrations and
// the children of the old one would be deleted; they are checked before the commit.
func Migrate(ctx context.Context, db *DB, owners ...Owner) error {
	pending, err := Pending(ctx, db, owners...)
	if err != nil || len(pending) == 0 {
		return err
	}
	w, err := db.acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer db.release(w)
	if db.dialect == "sqlite" {
		if err := db.backup(ctx, w); err != nil {
			return fmt.Errorf("back up the database before migrating: %w", err)
		}
		if err := foreignKeys(w, "OFF"); err != nil {
			return err
		}
		defer func() { w.broken = foreignKeys(w, "ON") != nil || w.broken }()
	}
	if err := w.start(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return db.run(ctx, w, func(ctx context.Context) error { return db.migrate(ctx, owners) })
}

func (db *DB) migrate(ctx context.Context, owners []Owner) error {
	if db.dialect == "postgres" {
		err := db.Conn(ctx).Exec("SELECT pg_advisory_xact_lock(hashtextextended('weilu migrations', 0))").Error
		if err != nil {
			return fmt.Errorf("wait for the migrations of another process: %w", err)
		}
		if _, err := Pending(ctx, db, owners...); err != nil { // it may have been newer
			return err
		}
	}
	for _, o := range owners {
		if len(o.List) == 0 {
			continue
		}
		m := gormigrate.New(db.Conn(ctx), &gormigrate.Options{TableName: o.table(), IDColumnName: "id", IDColumnSize: 190}, o.List)
		if err := m.Migrate(); err != nil {
			return fmt.Errorf("migrate %s: %w", o.Name, err)
		}
	}
	if db.dialect == "sqlite" {
		return db.checkForeignKeys(ctx)
	}
	return nil
}

func foreignKeys(w *writer, state string) error {
	_, err := w.conn.ExecContext(context.Background(), "PRAGMA foreign_keys = "+state)
	return err
}

func (db *DB) checkForeignKeys(ctx context.Context) error {
	rows, err := db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT "table", "parent", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2`)
	if err != nil {
		return fmt.Errorf("check foreign keys: %w", err)
	}
	defer rows.Close()
	var problems []error
	for rows.Next() {
		var table, parent string
		var n int
		if err := rows.Scan(&table, &parent, &n); err != nil {
			return err
		}
		problems = append(problems, fmt.Errorf("%d rows of %s refer to rows of %s that don't exist", n, table, parent))
	}
	if err := errors.Join(append(problems, rows.Err())...); err != nil {
		return fmt.Errorf("nothing was migrated: %w", err)
	}
	return nil
}

var ownerName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// checkOwners finds names that are no table names, or that two have.
func checkOwners(owners []Owner) error {
	seen := map[string]bool{}
	for _, o := range owners {
		switch {
		case !ownerName.MatchString(o.Name):
			return fmt.Errorf("%q can't own migrations: the name must be lower-case letters, digits and _", o.Name)
		case seen[o.Name]:
			return fmt.Errorf("two owners of migrations are named %s", o.Name)
		}
		seen[o.Name] = true
	}
	return nil
}

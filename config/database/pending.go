package database

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Pending lists the migrations that the database lacks, as "owner: id", in the order in which they would
// run; empty means that the schema is current. It answers ErrNewer for a database with migrations that no
// owner has, and names them. It only reads.
func Pending(ctx context.Context, db *DB, owners ...Owner) ([]string, error) {
	if err := checkOwners(owners); err != nil {
		return nil, err
	}
	applied, err := db.applied(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which migrations were applied: %w", err)
	}
	var pending []string
	for _, o := range owners {
		for _, m := range o.List {
			if name := o.Name + ": " + m.ID; applied[name] {
				delete(applied, name)
			} else {
				pending = append(pending, name)
			}
		}
	}
	if len(applied) > 0 {
		var unknown []string
		for name := range applied {
			unknown = append(unknown, name)
		}
		slices.Sort(unknown)
		return nil, fmt.Errorf("%w: it has the migrations %s, which this program does not know; run the newer version, or restore a backup",
			ErrNewer, strings.Join(unknown, ", "))
	}
	return pending, nil
}

// applied is the migrations that the database has, as "owner: id".
func (db *DB) applied(ctx context.Context) (map[string]bool, error) {
	query := "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 11) = 'migrations_' ORDER BY name"
	if db.dialect == "postgres" {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND substr(tablename, 1, 11) = 'migrations_' ORDER BY tablename"
	}
	tables, err := db.strings(ctx, query)
	if err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for _, table := range tables {
		ids, err := db.strings(ctx, `SELECT id FROM "`+strings.ReplaceAll(table, `"`, `""`)+`"`)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			all[strings.TrimPrefix(table, "migrations_")+": "+id] = true
		}
	}
	return all, nil
}

func (db *DB) strings(ctx context.Context, query string) ([]string, error) {
	rows, err := db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

package database

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Table is a table of the database as it is there now.
type Table struct {
	Name    string
	Columns []Column
	Key     []string // of the primary key, in its order

	refers []string // the tables that its rows refer to
}

// Column is one column of a table.
type Column struct {
	Name string
	Type string // integer, text, boolean or bytes
	// counts says that the database numbers new rows here.
	counts bool
}

const (
	sqliteColumns = `SELECT m.name, p.name, lower(p.type), p.pk, p.pk = 1 AND upper(p.type) = 'INTEGER' AND upper(m.sql) LIKE '%AUTOINCREMENT%'
FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY m.name, p.cid`
	postgresColumns = `SELECT c.table_name, c.column_name, c.data_type, COALESCE((SELECT k.ordinal_position FROM information_schema.table_constraints t
JOIN information_schema.key_column_usage k ON k.constraint_schema = t.constraint_schema AND k.constraint_name = t.constraint_name AND k.table_name = t.table_name
WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = c.table_schema AND t.table_name = c.table_name AND k.column_name = c.column_name), 0), c.is_identity = 'YES'
FROM information_schema.columns c JOIN information_schema.tables b ON b.table_schema = c.table_schema AND b.table_name = c.table_name
WHERE c.table_schema = current_schema() AND b.table_type = 'BASE TABLE' ORDER BY c.table_name COLLATE "C", c.ordinal_position`

	sqliteReferences   = `SELECT DISTINCT m.name, f."table" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	postgresReferences = `SELECT DISTINCT a.relname, b.relname FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid
JOIN pg_namespace n ON n.oid = a.relnamespace WHERE c.contype = 'f' AND n.nspname = current_schema()`
)

// Tables lists all tables with their columns, those that others refer to before these. Tables of the engine are left out.
func (db *DB) Tables(ctx context.Context) ([]Table, error) {
	columns, references := sqliteColumns, sqliteReferences
	if db.dialect == "postgres" {
		columns, references = postgresColumns, postgresReferences
	}
	tables, err := db.columns(ctx, columns)
	if err == nil {
		err = db.references(ctx, references, tables)
	}
	if err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	return inOrder(tables), nil
}

func (db *DB) columns(ctx context.Context, query string) (tables []*Table, err error) {
	rows, err := db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys := map[string]map[int]string{}
	for rows.Next() {
		var table string
		var c Column
		var key int
		if err := rows.Scan(&table, &c.Name, &c.Type, &key, &c.counts); err != nil {
			return nil, err
		}
		c.Type = columnType(c.Type)
		if len(tables) == 0 || tables[len(tables)-1].Name != table {
			tables = append(tables, &Table{Name: table})
			keys[table] = map[int]string{}
		}
		t := tables[len(tables)-1]
		t.Columns = append(t.Columns, c)
		if key > 0 {
			keys[table][key] = c.Name
		}
	}
	for _, t := range tables {
		for i := range len(keys[t.Name]) {
			t.Key = append(t.Key, keys[t.Name][i+1])
		}
	}
	return tables, rows.Err()
}

func (db *DB) references(ctx context.Context, query string, tables []*Table) error {
	rows, err := db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var from, to string
		if err := rows.Scan(&from, &to); err != nil {
			return err
		}
		for _, t := range tables {
			if t.Name == from && from != to {
				t.refers = append(t.refers, to)
			}
		}
	}
	return rows.Err()
}

// inOrder puts tables that others refer to before these, and otherwise keeps the order. Circles are left as they are.
func inOrder(tables []*Table) (list []Table) {
	done := map[string]bool{}
	for len(tables) > 0 {
		i := slices.IndexFunc(tables, func(t *Table) bool {
			return !slices.ContainsFunc(t.refers, func(name string) bool { return !done[name] })
		})
		i = max(i, 0)
		done[tables[i].Name] = true
		list = append(list, *tables[i])
		tables = slices.Delete(tables, i, i+1)
	}
	return list
}

// columnType is the type of a column in words that both engines share.
func columnType(name string) string {
	switch {
	case strings.Contains(name, "bool"):
		return "boolean"
	case strings.Contains(name, "int"):
		return "integer"
	case name == "blob" || name == "bytea":
		return "bytes"
	}
	return "text"
}

// names are the columns' names, quoted, with commas between them.
func (t Table) names() string {
	var list []string
	for _, c := range t.Columns {
		list = append(list, quoted(c.Name))
	}
	return strings.Join(list, ", ")
}

// order is an ORDER BY that makes reading the table twice give the same.
func (t Table) order() string {
	if len(t.Key) == 0 {
		return ""
	}
	var list []string
	for _, name := range t.Key {
		list = append(list, quoted(name))
	}
	return " ORDER BY " + strings.Join(list, ", ")
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

package database

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// engineOnly are the tables and columns that one engine has and the other doesn't need: they say in which order
// PostgreSQL's transactions became visible, and are made anew.
const engineOnly = " seal_sweep transfers.tx "

// atOnce is about how many values one statement writes.
const atOnce = 600

// Copy writes all rows of from, as they are at one moment and beside its writers, into the tables of to, which both
// have been migrated to the same schema and of which to holds nothing yet; they may be of different engines. All of it
// is written or nothing. told hears of each table how many more rows were copied.
func Copy(ctx context.Context, from, to *DB, told func(table string, rows int)) error {
	err := from.Snapshot(ctx, func(ctx context.Context) error {
		return to.Tx(ctx, func(ctx context.Context) error {
			pairs, err := matching(ctx, from, to)
			if err != nil {
				return err
			}
			for _, t := range pairs {
				if err := copyTable(ctx, from, to, t, told); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}

// copied is a table that is copied.
type copied struct {
	Table
	number  string // the column in which to numbers new rows; may be empty
	counted bool   // from numbers it too, and so knows more than the highest number that is there
}

// matching are the tables of to with the columns that both have, when they have everything in common that matters.
func matching(ctx context.Context, from, to *DB) (list []copied, err error) {
	have, err := from.Tables(ctx)
	if err != nil {
		return nil, err
	}
	take, err := to.Tables(ctx)
	if err != nil {
		return nil, err
	}
	if missing := append(without(have, take), without(take, have)...); len(missing) > 0 {
		return nil, fmt.Errorf("the databases differ in %s", strings.Join(missing, ", "))
	}
	for _, t := range take {
		if isEngineOnly(t.Name) || strings.HasPrefix(t.Name, "migrations_") {
			continue
		}
		t.Columns = slices.DeleteFunc(t.Columns, func(c Column) bool { return isEngineOnly(t.Name + "." + c.Name) })
		c := copied{Table: t, number: t.numbered()}
		c.counted = slices.ContainsFunc(have, func(h Table) bool { return h.Name == t.Name && h.numbered() != "" })
		list = append(list, c)
	}
	return list, nil
}

// numbered is the column in which the database numbers new rows, empty where there is none.
func (t Table) numbered() string {
	for _, c := range t.Columns {
		if c.counts {
			return c.Name
		}
	}
	return ""
}

func isEngineOnly(name string) bool { return strings.Contains(engineOnly, " "+name+" ") }

// without names what a has and b lacks.
func without(a, b []Table) (names []string) {
	there := map[string]bool{}
	for _, t := range b {
		there[t.Name] = true
		for _, c := range t.Columns {
			there[t.Name+"."+c.Name] = true
		}
	}
	for _, t := range a {
		switch {
		case isEngineOnly(t.Name):
		case !there[t.Name]:
			names = append(names, t.Name)
		default:
			for _, c := range t.Columns {
				if full := t.Name + "." + c.Name; !there[full] && !isEngineOnly(full) {
					names = append(names, full)
				}
			}
		}
	}
	return names
}

func copyTable(ctx context.Context, from, to *DB, t copied, told func(string, int)) error {
	// Some migrations put rows in: what the copied database says of them counts.
	if _, err := to.exec(ctx, "DELETE FROM "+quoted(t.Name)); err != nil {
		return fmt.Errorf("write %s: %w", t.Name, err)
	}
	rows := max(1, atOnce/len(t.Columns))
	full := insertion(t.Table, rows, to.dialect)
	held := make([]any, 0, rows*len(t.Columns))
	put := func(query string) error {
		if _, err := to.exec(ctx, query, held...); err != nil {
			return fmt.Errorf("write %s: %w", t.Name, err)
		}
		told(t.Name, len(held)/len(t.Columns))
		held = held[:0]
		return nil
	}
	err := from.Rows(ctx, t.Table, func(values []any) error {
		if held = append(held, values...); len(held) < cap(held) {
			return nil
		}
		return put(full)
	})
	if err == nil && len(held) > 0 {
		err = put(insertion(t.Table, len(held)/len(t.Columns), to.dialect))
	}
	if err != nil {
		return err
	}
	return copyNumbering(ctx, from, to, t)
}

// insertion is a statement that writes a number of rows.
func insertion(t Table, rows int, dialect string) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ") + ")"
	given := ""
	if dialect == "postgres" && t.numbered() != "" {
		given = "OVERRIDING SYSTEM VALUE "
	}
	return "INSERT INTO " + quoted(t.Name) + " (" + t.names() + ") " + given + "VALUES " + one + strings.Repeat(", "+one, rows-1)
}

// copyNumbering makes new rows go on with the number after the last that was ever given, also where its row is gone.
func copyNumbering(ctx context.Context, from, to *DB, t copied) error {
	if t.number == "" {
		return nil
	}
	last, err := from.lastNumber(ctx, t)
	if err == nil && last > 0 {
		err = to.goOn(ctx, t, last)
	}
	if err != nil {
		return fmt.Errorf("numbering of %s: %w", t.Name, err)
	}
	return nil
}

func (db *DB) lastNumber(ctx context.Context, t copied) (last int64, err error) {
	query, args := "SELECT COALESCE(max("+quoted(t.number)+"), 0) FROM "+quoted(t.Name), []any(nil)
	switch {
	case t.counted && db.dialect == "postgres":
		query, args = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence(?, ?)::regclass), 0)", []any{quoted(t.Name), t.number}
	case t.counted:
		query, args = "SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = ?", []any{t.Name}
	}
	err = db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, query, args...).Scan(&last)
	return last, err
}

func (db *DB) goOn(ctx context.Context, t copied, last int64) (err error) {
	if db.dialect == "postgres" {
		_, err = db.exec(ctx, "SELECT setval(pg_get_serial_sequence(?, ?)::regclass, ?)", quoted(t.Name), t.number, last)
		return err
	}
	res, err := db.exec(ctx, "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", last, t.Name)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	_, err = db.exec(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", t.Name, last)
	return err
}

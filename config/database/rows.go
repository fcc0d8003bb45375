package database

import (
	"context"
	"database/sql"
	"fmt"
)

// Rows calls fn for each row of a table, in the order of its key, with a value for each of its columns: nil, int64,
// string, bool or []byte. fn must not keep values, the slice is used again. One row is in memory at a time, if ctx is
// that of a Snapshot.
func (db *DB) Rows(ctx context.Context, t Table, fn func(values []any) error) error {
	rows, err := db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, "SELECT "+t.names()+" FROM "+quoted(t.Name)+t.order())
	if err != nil {
		return fmt.Errorf("read %s: %w", t.Name, err)
	}
	defer rows.Close()
	values, targets := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
		for i, c := range t.Columns {
			if values[i], err = c.value(values[i]); err != nil {
				return fmt.Errorf("read %s.%s: %w", t.Name, c.Name, err)
			}
		}
		if err := fn(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", t.Name, err)
	}
	return nil
}

// value is what an engine gives for a column, in the one way in which both take it back.
func (c Column) value(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case int64:
		if c.Type == "boolean" {
			return v != 0, nil
		}
		return v, nil
	case string:
		return v, nil
	case []byte:
		if c.Type == "text" {
			return string(v), nil
		}
		return v, nil
	}
	return nil, fmt.Errorf("a value of type %T", v)
}

// Count tells how many rows a table has.
func (db *DB) Count(ctx context.Context, t Table) (n int64, err error) {
	if err = db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, "SELECT count(*) FROM "+quoted(t.Name)).Scan(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", t.Name, err)
	}
	return n, nil
}

// exec runs one statement in the transaction of ctx.
func (db *DB) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
}

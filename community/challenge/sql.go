package challenge

import (
	"context"
	"database/sql"
	"strings"

	"github.com/weilu-im/weilu/community"
)

func (f *feature) row(ctx context.Context, query string, args ...any) *sql.Row {
	return f.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, query, args...)
}

// exec runs a statement and tells how many rows it changed.
func (f *feature) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := f.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// each calls fn for each row of a query. fn scans it.
func (f *feature) each(ctx context.Context, fn func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := f.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func placeholders(ids []community.MemberID) (list string, args []any) {
	for _, id := range ids {
		args = append(args, string(id))
	}
	return "(?" + strings.Repeat(", ?", len(ids)-1) + ")", args
}

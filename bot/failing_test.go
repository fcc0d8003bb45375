package bot_test

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// failing is a connection whose statements fail where the function says so.
type failing struct {
	gorm.ConnPool
	fail func(query string) error
}

func (f *failing) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := f.fail(query); err != nil {
		return nil, err
	}
	return f.ConnPool.ExecContext(ctx, query, args...)
}

func (f *failing) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := f.fail(query); err != nil {
		return nil, err
	}
	return f.ConnPool.QueryContext(ctx, query, args...)
}

// QueryRowContext can't answer an error of ours, so the database makes one.
func (f *failing) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := f.fail(query); err != nil {
		return f.ConnPool.QueryRowContext(ctx, "SELECT no_room_left()")
	}
	return f.ConnPool.QueryRowContext(ctx, query, args...)
}

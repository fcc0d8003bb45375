package community

import (
	"context"
	"database/sql"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// SQL is the storage of a feature that writes its statements itself, with ? for arguments. Both engines understand them,
// and prepare each once. Like Conn, they run in the transaction in ctx, or else read only.
type SQL struct{ bot.Storage }

// Row runs a query for one row. Scan tells what went wrong, and sql.ErrNoRows where there is none.
func (s SQL) Row(ctx context.Context, query string, args ...any) *sql.Row {
	return s.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, query, args...)
}

// Exec runs a statement and tells how many rows it changed.
func (s SQL) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := s.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Each calls fn for each row of a query. fn scans it; its first error ends the reading.
func (s SQL) Each(ctx context.Context, fn func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := s.Conn(ctx).Statement.ConnPool.QueryContext(ctx, query, args...)
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

// Lines calls fn for each row of a query with one column, line. They come as one text, which is much quicker to read than
// a hundred thousand rows; so the query must not be large without bound, and no line may hold a newline.
func (s SQL) Lines(ctx context.Context, fn func(line string), query string, args ...any) error {
	joined := `group_concat(line, char(10))`
	if s.Conn(ctx).Name() == "postgres" {
		joined = `string_agg(line, chr(10))`
	}
	var text string
	if err := s.Row(ctx, `SELECT COALESCE(`+joined+`, '') FROM (`+query+`) AS l`, args...).Scan(&text); err != nil {
		return err
	}
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		fn(line)
		text = rest
	}
	return nil
}

// In is a list of ids, at least one, for a statement: its placeholders, and its arguments before others.
func In(ids []MemberID, more ...any) (placeholders string, args []any) {
	args = make([]any, 0, len(ids)+len(more))
	for _, id := range ids {
		args = append(args, string(id))
	}
	return "(?" + strings.Repeat(", ?", len(ids)-1) + ")", append(args, more...)
}

package bot

import (
	"context"
	"fmt"
	"time"
)

// Dropped is something that was said to a group and was not sent, because it had waited too long.
type Dropped struct {
	ID      int64
	Group   string
	Feature string
	Text    string
	At      time.Time // when it was dropped
}

// DroppedWords are the words to groups that were dropped in from <= at < to, in order; of one group, or of all where group
// is empty.
func DroppedWords(ctx context.Context, db Storage, group string, from, to time.Time) (list []Dropped, err error) {
	rows, err := db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT id, group_id, feature, text, settled_at FROM outbox
		WHERE settled_at > 0 AND settled_at >= ? AND settled_at < ? AND state = 'withheld' AND reason LIKE '`+tooLate+`%' AND group_id <> '' AND (? = '' OR group_id = ?)
		ORDER BY settled_at, id`, from.UnixMilli(), to.UnixMilli(), group, group)
	if err != nil {
		return nil, fmt.Errorf("dropped words: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d Dropped
		var at int64
		if err := rows.Scan(&d.ID, &d.Group, &d.Feature, &d.Text, &at); err != nil {
			return nil, fmt.Errorf("dropped words: %w", err)
		}
		d.At = FromMillis(at)
		list = append(list, d)
	}
	return list, rows.Err()
}

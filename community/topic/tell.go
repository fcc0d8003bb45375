package topic

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// What makes answers an interest: so many questions of a column that somebody answered within so long.
const (
	interested   = 2
	interestDays = 90
)

// last is the community's telling topic.last: the question that a person answered last.
func (f *topic) last(ctx context.Context, ids []community.MemberID, at time.Time) (t community.Telling, ok bool, err error) {
	in, args := community.In(ids, at.UnixMilli())
	var millis int64
	err = f.db.Row(ctx, `SELECT d.text, a.at FROM topic_answers a JOIN topic_days d ON d.id = a.day_id
		WHERE a.member_id IN `+in+` AND a.recalled = 0 AND a.at <= ? AND d.text <> '' ORDER BY a.at DESC, a.day_id DESC LIMIT 1`, args...).Scan(&t.What, &millis)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("last answer: %w", err)
	}
	t.On = f.c.Calendar.Day(bot.FromMillis(millis))
	return t, true, nil
}

// interests are the columns whose questions people answered more than once lately.
func (f *topic) interests(ctx context.Context, at time.Time, ids []community.MemberID) (map[community.MemberID][]string, error) {
	since := at.AddDate(0, 0, -interestDays).UnixMilli()
	query, args := `SELECT a.member_id, d.column_name FROM topic_answers a JOIN topic_days d ON d.id = a.day_id WHERE a.recalled = 0 AND a.at > ? AND a.at <= ? `,
		[]any{since, at.UnixMilli()}
	if len(ids) > 0 {
		in, of := community.In(ids)
		query, args = query+`AND a.member_id IN `+in+` `, append(args, of...)
	}
	seen := map[community.MemberID][]string{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var column string
		if err := scan(&id, &column); err != nil {
			return err
		}
		seen[id] = append(seen[id], column)
		return nil
	}, query+`GROUP BY a.member_id, d.column_name HAVING COUNT(*) >= ? ORDER BY d.column_name`, append(args, interested)...)
	if err != nil {
		return nil, fmt.Errorf("interests: %w", err)
	}
	return seen, nil
}

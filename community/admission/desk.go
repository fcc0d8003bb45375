package admission

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// inbox is who waits for a manager's word.
func (f *admission) inbox() []bot.Waiting {
	return []bot.Waiting{{Name: "applications", Title: "desk.applications", Role: bot.Manager, View: "waiting", Count: f.countWaiting}}
}

func (f *admission) countWaiting(ctx context.Context, _ *bot.Query) (n int, oldest time.Time, err error) {
	list, err := f.each(ctx, `WHERE state = ? ORDER BY submitted_at, id`, string(waiting))
	if len(list) > 0 {
		oldest = list[0].submitted
	}
	return len(list), oldest, err
}

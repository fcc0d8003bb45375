package topic

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// inbox is what members proposed and nobody decided yet.
func (f *topic) inbox() []bot.Waiting {
	return []bot.Waiting{{Name: "proposals", Title: "desk.proposals", Role: bot.Moderator, View: "proposals", Count: f.countProposals}}
}

func (f *topic) countProposals(ctx context.Context, _ *bot.Query) (n int, oldest time.Time, err error) {
	var since int64
	if err := f.db.Row(ctx, `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM topic_proposals WHERE state = 'open'`).Scan(&n, &since); err != nil {
		return 0, oldest, fmt.Errorf("proposals: %w", err)
	}
	if n > 0 {
		oldest = bot.FromMillis(since)
	}
	return n, oldest, nil
}

package ambassador

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// inbox is what waits for a manager: who would like to be an ambassador, and cases.
func (f *feature) inbox() []bot.Waiting {
	return []bot.Waiting{
		{Name: "applications", Title: "desk.applications", Role: bot.Manager, View: "ambassadors", Params: map[string]string{"state": string(applied)}, Count: f.counted(
			`SELECT COUNT(*), COALESCE(MIN(applied_at), 0) FROM ambassadors WHERE state = 'applied'`)},
		{Name: "cases", Title: "desk.cases", Role: bot.Manager, View: "invitecases", Count: f.counted(
			`SELECT COUNT(*), COALESCE(MIN(CASE WHEN appealed_at > decided_at THEN appealed_at ELSE opened_at END), 0) FROM invite_cases WHERE ` + undecided)},
	}
}

// undecided is the condition of a case that waits for a decision, or for another one after an appeal.
const undecided = `(state = 'open' OR appealed_at > decided_at)`

func (f *feature) counted(query string) func(context.Context, *bot.Query) (int, time.Time, error) {
	return func(ctx context.Context, _ *bot.Query) (n int, oldest time.Time, err error) {
		var since int64
		if err := f.db.Row(ctx, query).Scan(&n, &since); err != nil {
			return 0, oldest, fmt.Errorf("what waits: %w", err)
		}
		if since > 0 {
			oldest = bot.FromMillis(since)
		}
		return n, oldest, nil
	}
}

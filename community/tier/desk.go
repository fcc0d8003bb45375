package tier

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// inbox is who waits for a manager's word to move up. Since when is not kept.
func (f *feature) inbox() []bot.Waiting {
	return []bot.Waiting{{Name: "confirmations", Title: "desk.confirmations", Role: bot.Manager, View: "holders", Params: map[string]string{"tier": "waits"}, Count: f.countWaiting}}
}

func (f *feature) countWaiting(ctx context.Context, _ *bot.Query) (n int, oldest time.Time, err error) {
	ids, err := f.c.Tiers.Waiting(ctx)
	if err != nil || len(ids) == 0 {
		return 0, oldest, err
	}
	out, err := f.c.LeftOut(ctx)
	if err != nil {
		return 0, oldest, err
	}
	for _, id := range ids {
		if !out[id] {
			n++
		}
	}
	return n, oldest, nil
}

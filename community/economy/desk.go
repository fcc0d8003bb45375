package economy

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// measure is what was issued, less what was taken back.
func (e *economy) measure() bot.Measure {
	return bot.Measure{Name: "issued", Title: "measure", Role: bot.Manager, View: "figures", Read: func(ctx context.Context, _ *bot.Query, from, to time.Time) (int64, error) {
		return points.New(e.db.Conn, e.db.Tx).IssuedBetween(ctx, from, to)
	}}
}

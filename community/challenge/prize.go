package challenge

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

func (f *feature) prizeCommands() []bot.Command { return nil }

// give hands out a prize that is no points.
func (f *feature) give(ctx context.Context, r *bot.Request, c *challenge, w Win) error { return nil }

// takeBack takes back a prize that is no points.
func (f *feature) takeBack(ctx context.Context, r *bot.Request, c *challenge, w Win) error {
	return nil
}

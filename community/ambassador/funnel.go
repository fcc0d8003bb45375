package ambassador

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

func (f *feature) views() []bot.View { return nil }

func (f *feature) funnelSaid(ctx context.Context, r *bot.Request) error { return nil }

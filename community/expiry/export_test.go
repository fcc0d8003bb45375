package expiry

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// NewWith is New for a community of which only some can be told in private, in batches of a few.
func NewWith(db bot.Storage, c *community.Community, cfg Config, batch int, reachable func(member string) bool) bot.Feature {
	f := newExpiry(db, c, cfg)
	f.batch = batch
	f.reachable = func(_ context.Context, member string) (bool, error) { return reachable(member), nil }
	return f.feature()
}

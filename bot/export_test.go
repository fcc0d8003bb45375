package bot

import (
	"context"
	"time"
)

// What the tests of matching and tidying look into.
var (
	Split   = split
	Unquote = unquote
	Tidy    = tidy
)

// Step is a round that also tells when the next may have something to send.
func (c *Courier) Step(ctx context.Context) (tried int, next time.Time, err error) {
	return c.round(ctx, c.now())
}

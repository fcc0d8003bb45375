package challenge

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// asOf is the Day whose rows a challenge shows: today, or the one on which it ended.
func (c *challenge) asOf(cal *community.Calendar, today community.Day) community.Day {
	switch {
	case c.State != Settled:
		return today
	case c.First != 0:
		return min(today, c.Last)
	}
	return min(today, cal.Day(c.Ended))
}

// recent are the challenges that have ended not long ago, the latest first.
func (f *feature) recent(ctx context.Context, r *bot.Request) ([]*challenge, error) {
	return f.challenges(ctx, `WHERE state = 'settled' AND settled_at >= ? ORDER BY settled_at DESC, id DESC`, r.At.Add(-keptFor).UnixMilli())
}

// past are the challenges of recent that were held where r comes from.
func (f *feature) past(ctx context.Context, r *bot.Request) (list []*challenge, err error) {
	all, err := f.recent(ctx, r)
	for _, c := range all {
		if c.here(r) {
			list = append(list, c)
		}
	}
	return list, err
}

// mineToSee are the challenges that a person takes part in, and those that have ended.
func (f *feature) mineToSee(ctx context.Context, r *bot.Request) (open, ended []*challenge, err error) {
	list, err := f.held(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	if open, err = f.mineOf(ctx, r, list); err != nil {
		return nil, nil, err
	}
	if list, err = f.past(ctx, r); err != nil {
		return nil, nil, err
	}
	ended, err = f.mineOf(ctx, r, list)
	return open, ended, err
}

// toSee is the challenge that a member wants to see: the one they name of those they are or were in, and of others; or the
// only one they take part in; or where they are in none, the last that has ended.
func (f *feature) toSee(ctx context.Context, r *bot.Request, others bool) (*challenge, error) {
	open, ended, err := f.mineToSee(ctx, r)
	if err != nil {
		return nil, err
	}
	if c, _ := named(append(open, ended...), r.Args); c != nil {
		return c, nil
	}
	list, err := f.held(ctx, r)
	if err != nil {
		return nil, err
	}
	if c, _ := named(list, r.Args); c == nil && others {
		over, err := f.past(ctx, r)
		if err != nil {
			return nil, err
		}
		if c, _ := named(over, r.Args); c != nil {
			return c, nil
		}
	}
	if len(open) == 0 && len(ended) > 0 && strings.TrimSpace(r.Args) == "" {
		return ended[0], nil
	}
	c, _, err := f.which(ctx, r, list)
	return c, err
}

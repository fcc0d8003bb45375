package post

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// inbox is what somebody still has to agree to.
func (f *feature) inbox() []bot.Waiting {
	return []bot.Waiting{{Name: "review", Title: "desk.review", Role: bot.Moderator, View: "posts", Count: f.countUnapproved}}
}

// countUnapproved counts the posts that would not be sent as they stand, and since when the oldest is as it is.
func (f *feature) countUnapproved(ctx context.Context, q *bot.Query) (n int, oldest time.Time, err error) {
	if f.cfg.need() == 0 {
		return 0, oldest, nil
	}
	who, _, err := f.persons(ctx)
	if err != nil {
		return 0, oldest, err
	}
	list, err := f.livePosts(ctx, q.At)
	if err != nil {
		return 0, oldest, err
	}
	for _, p := range list {
		a, err := p.assent(who)
		if err != nil {
			return 0, oldest, err
		}
		if a.enough(f.cfg.need(), f.cfg.OwnerMaySkip) {
			continue
		}
		n++
		since := bot.FromMillis(p.Made)
		for _, s := range p.Steps {
			if s.What == stepEdited && !s.Undone {
				since = s.At
			}
		}
		if oldest.IsZero() || since.Before(oldest) {
			oldest = since
		}
	}
	return n, oldest, nil
}

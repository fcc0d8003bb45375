package tier

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// moments are the changes of a person's tier. They are on record under the person's own id.
func (f *feature) moments(ctx context.Context, q *bot.Query, ids []community.MemberID, limit int) (list []community.Moment, err error) {
	entries, err := f.c.Tiers.History(ctx, ids[0])
	for i := len(entries) - 1; i >= 0 && len(list) < limit; i-- {
		e := entries[i]
		if e.From == e.To {
			continue
		}
		key := "moment.up"
		if !e.To.Above(e.From) {
			key = "moment.down"
		}
		list = append(list, community.Moment{At: f.c.Calendar.Start(community.Day(e.Day)), Text: q.T(key, "From", named(q.T, e.From), "To", named(q.T, e.To)),
			Link: &bot.ViewRef{View: "tier.moves", Params: map[string]string{"month": date(e.Day)[:len("2026-11")]}}})
	}
	return list, err
}

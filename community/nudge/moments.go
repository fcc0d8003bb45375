package nudge

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// moments are the nudges that a person got.
func (f *feature) moments(ctx context.Context, q *bot.Query, ids []community.MemberID, limit int) (list []community.Moment, err error) {
	in, args := community.In(ids, limit)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var family string
		var at int64
		if err := scan(&family, &at); err != nil {
			return err
		}
		name := q.T("family." + family)
		if name == "family."+family { // one that managers made
			name = f.c.Words.ScreenName(family)
		}
		list = append(list, community.Moment{At: bot.FromMillis(at), Text: q.T("moment", "Family", name)})
		return nil
	}, `SELECT family, at FROM nudge_sends WHERE member_id IN `+in+` AND state = 'sent' ORDER BY at DESC LIMIT ?`, args...)
	if err != nil {
		return nil, fmt.Errorf("nudges: %w", err)
	}
	return list, nil
}

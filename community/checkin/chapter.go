package checkin

import (
	"context"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// chapter tells a report how many checked in, and how often. Staff and bots are left out.
func (f *checkin) chapter(ctx context.Context, q *bot.Query, s bot.Span) (bot.Page, error) {
	if s.Group != "" {
		return bot.Page{}, nil // a check-in is the community's
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	out, err := f.c.Uncounted(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	people, days := map[community.MemberID]int{}, 0
	err = f.actions(ctx, f.c.Calendar.Day(s.From), f.c.Calendar.Day(s.To), func(_ community.Day, id community.MemberID) {
		if who := d.Who(id); !out[who] {
			people[who]++
			days++
		}
	})
	if err != nil || days == 0 {
		return bot.Page{}, err
	}
	often := 0
	for _, n := range people {
		if n >= 7 {
			often++
		}
	}
	cell := func(n int) bot.Cell { return bot.Cell{Text: strconv.Itoa(n), Value: int64(n)} }
	return bot.Page{Figures: []bot.Figure{{Key: "checkins", Title: q.T("chapter.checkins"), Cell: cell(days)}, {Key: "members", Title: q.T("chapter.members"), Cell: cell(len(people))},
		{Key: "often", Title: q.T("chapter.often"), Cell: cell(often)}}}, nil
}

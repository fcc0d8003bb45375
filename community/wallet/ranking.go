package wallet

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/community"
)

// periods are what boards are of; they are part of the keys of texts.
const (
	week  = "week"
	month = "month"
	all   = "all"
)

// since is when a period began, on the Day of at; zero for all time.
func (w *wallet) since(period string, at time.Time) time.Time {
	today := w.c.Calendar.Day(at)
	switch period {
	case week:
		return w.c.Calendar.Start(today - community.Day((int(today.Weekday())+6)%7))
	case month:
		first, _ := today.Month()
		return w.c.Calendar.Start(first)
	}
	return time.Time{}
}

// ranking is everybody who stands on a board: by what they earned in the week or month of at, or by what they have,
// where gifts of other members don't count. It reads tables only.
func (w *wallet) ranking(ctx context.Context, period string, at time.Time, except map[community.MemberID]bool) ([]community.Standing, error) {
	end := at.Add(time.Millisecond)
	if period != all {
		return w.c.Purse.Top(ctx, w.since(period, at), end, except)
	}
	top, err := w.c.Purse.Top(ctx, time.Time{}, time.Time{}, except)
	if err != nil {
		return nil, err
	}
	given, err := w.anyGift(ctx)
	if err != nil || !given {
		return top, err
	}
	earned, err := w.c.Purse.Top(ctx, time.UnixMilli(1), end, except)
	if err != nil {
		return nil, err
	}
	return ownOnly(top, earned), nil
}

// ownOnly ranks what people have, but for what is more than they ever earned: what they spend are gifts first.
func ownOnly(have, earned []community.Standing) []community.Standing {
	most := make(map[community.MemberID]int64, len(earned))
	for _, s := range earned {
		most[s.Member] = s.Amount
	}
	amounts := make(map[community.MemberID]int64, len(have))
	for _, s := range have {
		amounts[s.Member] = min(s.Amount, most[s.Member])
	}
	return community.Rank(amounts)
}

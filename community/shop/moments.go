package shop

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// moments are what a person redeemed.
func (s *shop) moments(ctx context.Context, q *bot.Query, ids []community.MemberID, limit int) (list []community.Moment, err error) {
	in, args := community.In(ids)
	orders, err := s.orders(ctx, fmt.Sprintf(`WHERE o.member_id IN %s ORDER BY o.id DESC LIMIT %d`, in, limit), args...)
	for _, o := range orders {
		list = append(list, community.Moment{At: o.at, Text: q.T("moment", "Goods", o.name, "Price", o.price, "State", q.T("state."+string(o.state)))})
	}
	return list, err
}

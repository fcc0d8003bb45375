package shop

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// inbox is what was redeemed and waits to be handed over.
func (s *shop) inbox() []bot.Waiting {
	return []bot.Waiting{{Name: "orders", Title: "desk.orders", Role: bot.Manager, View: "orders", Count: s.countHeld}}
}

func (s *shop) countHeld(ctx context.Context, _ *bot.Query) (n int, oldest time.Time, err error) {
	var since int64
	if err := s.db.Row(ctx, `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM shop_orders WHERE state = 'held'`).Scan(&n, &since); err != nil {
		return 0, oldest, fmt.Errorf("open orders: %w", err)
	}
	if n > 0 {
		oldest = bot.FromMillis(since)
	}
	return n, oldest, nil
}

// shelfAlarm tells what is sold out, and which codes will be soon.
func (s *shop) shelfAlarm() bot.Alarm {
	return bot.Alarm{Name: "shelf", Role: bot.Manager, Read: s.lowShelf}
}

func (s *shop) lowShelf(ctx context.Context, q *bot.Query) (list []bot.Warning, err error) {
	all, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	today := s.c.Calendar.Day(q.At)
	for _, g := range all {
		key := ""
		switch left := g.left(); {
		case g.off || g.early(today) || g.over(today) || left == unlimited:
		case left == 0 && g.Kind == Code && g.free == 0 && (g.Stock == unlimited || g.sold < g.Stock):
			key = "desk.no_codes"
		case left == 0:
			key = "desk.sold_out"
		case g.Kind == Code && g.free <= lowPool:
			key = "desk.few_codes"
		}
		if key != "" {
			list = append(list, bot.Warning{Key: strconv.FormatInt(g.id, 10), Text: q.T(key, "Goods", g.Name, "N", g.left()), Grave: key == "desk.no_codes",
				Link: &bot.ViewRef{View: "shop.goods"}})
		}
	}
	return list, nil
}

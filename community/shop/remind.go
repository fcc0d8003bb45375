package shop

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

const (
	// patience is how long an order may wait until managers are reminded of it, and then again.
	patience = 72 * time.Hour
	// soon is how much longer the others may have to wait that are told together with one that is due.
	soon = 12 * time.Hour

	remindJob  = "remind"
	openOrders = "open" // all orders share one key, so that one tick waits
)

// remind tells managers in one message which orders have waited for too long.
func (s *shop) remind(ctx context.Context, r *bot.Request) error {
	late, err := s.orders(ctx, `WHERE o.state = 'held' AND o.reminded_at <= ? ORDER BY o.id`, r.At.Add(soon-patience).UnixMilli())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(late, func(o order) bool { return r.At.Sub(o.reminded) >= patience }) {
		if _, err := s.db.Exec(ctx, `UPDATE shop_orders SET reminded_at = ? WHERE state = 'held' AND reminded_at <= ?`, r.At.UnixMilli(), r.At.Add(soon-patience).UnixMilli()); err != nil {
			return fmt.Errorf("remind: %w", err)
		}
		lines, err := s.lines(ctx, r, late)
		if err != nil {
			return err
		}
		text := r.T("remind.title", "Count", len(late)) + "\n" + lines + "\n" + r.T("waiting.how", "Order", late[0].String())
		if err := s.tellManagers(ctx, r, text); err != nil {
			return err
		}
	}
	var oldest int64
	if err := s.db.Row(ctx, `SELECT COALESCE(MIN(reminded_at), 0) FROM shop_orders WHERE state = 'held'`).Scan(&oldest); err != nil || oldest == 0 {
		return err
	}
	return r.Later(ctx, bot.FromMillis(oldest).Add(patience), remindJob, openOrders)
}

// waitAgain begins the wait of an order anew that was opened again.
func (s *shop) waitAgain(ctx context.Context, r *bot.Request, o order) error {
	if _, err := s.db.Exec(ctx, `UPDATE shop_orders SET reminded_at = ? WHERE id = ?`, r.At.UnixMilli(), o.id); err != nil {
		return fmt.Errorf("order %s: %w", o, err)
	}
	return r.In("shop").Later(ctx, r.At.Add(patience), remindJob, openOrders)
}

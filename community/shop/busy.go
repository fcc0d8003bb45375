package shop

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// busy says that somebody has orders that are not settled: who would get them, or the points back?
func (s *shop) busy(ctx context.Context, r *bot.Request, ids []string) (string, error) {
	var n int
	if err := s.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM shop_orders WHERE state = ? AND member_id IN ?`, string(held), ids).Scan(&n).Error; err != nil {
		return "", fmt.Errorf("orders that wait: %w", err)
	}
	if n == 0 {
		return "", nil
	}
	return r.T("personal.busy", "N", n), nil
}

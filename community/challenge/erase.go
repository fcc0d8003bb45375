package challenge

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// leaveAll lets somebody who is erased quit all challenges, so that no list speaks of them any more.
func (f *feature) leaveAll(ctx context.Context, r *bot.Request, ids []string) error {
	if err := f.db.Conn(ctx).Exec(`UPDATE challenge_members SET quit_at = ? WHERE quit_at = 0 AND member_id IN ?`, r.At.UnixMilli(), ids).Error; err != nil {
		return fmt.Errorf("quit all challenges: %w", err)
	}
	return nil
}

package ambassador

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// erase ends the codes of somebody who is erased, and being an ambassador.
func (f *feature) erase(ctx context.Context, r *bot.Request, ids []string) error {
	if err := f.db.Conn(ctx).Exec(`UPDATE invite_codes SET revoked_at = ? WHERE revoked_at = 0 AND owner_id IN ?`, r.At.UnixMilli(), ids).Error; err != nil {
		return fmt.Errorf("end codes: %w", err)
	}
	if err := f.db.Conn(ctx).Exec(`UPDATE ambassadors SET state = ? WHERE state IN ('applied', 'active') AND member_id IN ?`, string(retired), ids).Error; err != nil {
		return fmt.Errorf("end ambassadors: %w", err)
	}
	return nil
}

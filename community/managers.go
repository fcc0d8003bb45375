package community

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// Managers are the managers and owners, in the order of their ids. The role of an id that was merged sleeps.
func (ro *Roster) Managers(ctx context.Context) ([]MemberID, error) {
	var ids []MemberID
	err := ro.db.Conn(ctx).Table("members").Where("role >= ? AND bot = ? AND id NOT IN (SELECT alias FROM aliases)", int(bot.Manager), false).
		Order("LENGTH(id), id").Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("managers: %w", err)
	}
	return ids, nil
}

package community

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// listedForGood hears the whole list of a group in a transport whose ids stay the same for ever: who is on it is there,
// and who was there by such an id and is not on it has left. A list that loses more than half of a group at once is not
// believed: it was cut short.
func (ro *Roster) listedForGood(ctx context.Context, r *bot.Request, group GroupID) error {
	here := make(map[MemberID]bool, len(r.Members))
	for _, p := range r.Members {
		if p.Self {
			continue
		}
		b, err := ro.member(ctx, r, p)
		if err != nil {
			return err
		}
		here[b.member] = true
		if m, err := ro.self(ctx, b.member); err != nil {
			return err
		} else if m.FirstSeen.IsZero() || p.Name != "" && p.Name != m.Name {
			if err := ro.sighted(ctx, b.member, p, r.At); err != nil {
				return err
			}
		}
		if err := ro.present(ctx, r, group, b.member, p); err != nil {
			return err
		}
	}
	if err := ro.befriend(ctx, r.Transport, "", r.At, r.Members...); err != nil {
		return err
	}
	var there []string
	if err := ro.db.Conn(ctx).Raw(`SELECT s.member_id FROM stays s WHERE s.group_id = ? AND s.left_at = 0 AND s.joined_at < ?
		AND EXISTS (SELECT 1 FROM bindings b WHERE b.member_id = s.member_id AND b.transport = ? AND b.session = '')
		ORDER BY s.member_id`, string(group), r.At.UnixMilli(), r.Transport).Scan(&there).Error; err != nil {
		return fmt.Errorf("who is in %s: %w", group, err)
	}
	var gone []MemberID
	for _, id := range there {
		if !here[MemberID(id)] {
			gone = append(gone, MemberID(id))
		}
	}
	if len(gone) > 2 && 2*len(gone) > len(there) {
		ro.log.Warn("a list of members is not believed: most of the group is not on it", "group", string(group), "known", len(there), "listed", len(here))
		return nil
	}
	for _, id := range gone {
		if err := ro.leave(ctx, r, group, id, r.At); err != nil {
			return err
		}
	}
	return nil
}

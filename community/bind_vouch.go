package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// How long somebody who was not recognised waits, and bindings of logins that are over are kept.
const (
	settleAfter  = 30 * 24 * time.Hour
	keepBindings = 90 * 24 * time.Hour
)

// strengthen makes the binding of the sender one on which roles and spending work.
func (ro *Roster) strengthen(ctx context.Context, r *bot.Request, evidence string) error {
	return ro.strong(ctx, userKey{r.Transport, sessionOf(r, r.From), r.From.User}, MemberID(r.Actor.Origin), evidence, r.At)
}

func (ro *Roster) strong(ctx context.Context, key userKey, id MemberID, evidence string, at time.Time) error {
	ro.hold(ctx, key, binding{id, true, Rule(evidence)})
	if err := ro.exec(ctx, `UPDATE bindings SET member_id = ?, strong = ?, rule = ?, at = ? WHERE transport = ? AND session = ? AND user_id = ?`,
		string(id), true, evidence, at.UnixMilli(), key.transport, key.session, string(key.user)); err != nil {
		return fmt.Errorf("strengthen %s: %w", id, err)
	}
	return ro.prove(ctx, id, true)
}

// vouch makes somebody's bindings in the logins that last strong: who says it, says it of these very users. At the next
// login they need a remark, a recovery code or a bind code again. It tells how many became strong by it.
func (ro *Roster) vouch(ctx context.Context, id MemberID, evidence string) (woken int, err error) {
	ids, err := ro.IDs(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		var rows []struct {
			Transport, Session, UserID string
			At                         int64
		}
		if err := ro.db.Conn(ctx).Raw(`SELECT c.transport, c.session, c.user_id, c.at FROM bindings c
			WHERE c.member_id = ? AND c.session <> '' AND c.strong = ? AND `+live, string(id), false).Scan(&rows).Error; err != nil {
			return 0, fmt.Errorf("bindings of %s: %w", id, err)
		}
		for _, row := range rows {
			key := userKey{row.Transport, row.Session, bot.UserID(row.UserID)}
			if err := ro.strong(ctx, key, id, evidence, bot.FromMillis(row.At)); err != nil {
				return 0, err
			}
			woken++
		}
	}
	return woken, nil
}

// settleJob ends what has been open for too long: who was not recognised is a member of their own, and who
// was missing has left. Bindings of logins that ended long ago are dropped.
func (c *Community) settleJob(ctx context.Context, r *bot.Request) error {
	before := r.At.Add(-c.opts.SettleAfter).UnixMilli()
	var waiting []string
	if err := c.db.Conn(ctx).Raw(`SELECT id FROM members WHERE provisional > 0 AND provisional <= ?
		AND id NOT IN (SELECT alias FROM aliases) ORDER BY LENGTH(id), id`, before).Scan(&waiting).Error; err != nil {
		return fmt.Errorf("who waits: %w", err)
	}
	for _, id := range waiting {
		if err := c.Confirm(ctx, r, MemberID(id)); err != nil {
			return err
		}
	}
	if err := c.endMoves(ctx, r.At); err != nil {
		return err
	}
	if err := c.endMissing(ctx, r, before); err != nil {
		return err
	}
	// The first binding of each member stays: it tells who they were to begin with.
	if err := c.Roster.exec(ctx, `DELETE FROM bindings WHERE session <> '' AND at < ? AND NOT EXISTS (SELECT 1 FROM sessions s
		WHERE s.transport = bindings.transport AND s.session = bindings.session
		AND s.n = (SELECT MAX(n) FROM sessions l WHERE l.transport = bindings.transport))
		AND EXISTS (SELECT 1 FROM bindings o WHERE o.member_id = bindings.member_id AND o.at < bindings.at)`, r.At.Add(-keepBindings).UnixMilli()); err != nil {
		return fmt.Errorf("drop old bindings: %w", err)
	}
	if err := c.burnErased(ctx, r); err != nil {
		return err
	}
	return c.forgetFriends(ctx, r)
}

// endMissing ends the stays of those who are missing since before a time, and of nobody who is found under another id.
func (ro *Roster) endMissing(ctx context.Context, r *bot.Request, before int64) error {
	var rows []struct {
		GroupID, MemberID string
		MissingAt         int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT i.group_id, i.member_id, i.missing_at FROM sightings i
		JOIN stays s ON s.group_id = i.group_id AND s.member_id = i.member_id AND s.left_at = 0
		WHERE i.missing_at > 0 AND i.missing_at <= ? ORDER BY i.group_id, i.member_id`, before).Scan(&rows).Error; err != nil {
		return fmt.Errorf("who is missing: %w", err)
	}
	for _, row := range rows {
		ids, err := ro.IDs(ctx, MemberID(row.MemberID))
		if err != nil {
			return err
		}
		elsewhere := slices.ContainsFunc(ids, func(id MemberID) bool {
			for key := range ro.holders {
				if key.member == id {
					return true
				}
			}
			return false
		})
		if len(ids) > 1 && elsewhere {
			continue
		}
		if err := ro.leave(ctx, r, GroupID(row.GroupID), MemberID(row.MemberID), bot.FromMillis(row.MissingAt)); err != nil {
			return err
		}
	}
	return nil
}

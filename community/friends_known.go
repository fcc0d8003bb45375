package community

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// befriend keeps that people can be written to in private, where it is news. Where ids stay the same for ever,
// everybody can, but in the transport of Options.FriendsOnly. Nothing takes it back before the next login: what is refused
// then is told when it is said.
func (ro *Roster) befriend(ctx context.Context, transport, session string, at time.Time, people ...bot.Person) error {
	var fresh []userKey
	for _, p := range people {
		if p.Stable {
			session = ""
		}
		key := userKey{transport, session, p.User}
		if p.Friend && (!p.Stable && session != "" || p.Stable && transport == ro.opts.FriendsOnly) && !ro.friends[key] {
			fresh = append(fresh, key)
		}
	}
	return ro.keepFriends(ctx, at, fresh...)
}

func (ro *Roster) keepFriends(ctx context.Context, at time.Time, keys ...userKey) error {
	if len(keys) == 0 {
		return nil
	}
	rows := make([][]any, len(keys))
	for i, key := range keys {
		remember(ctx, ro.db, ro.friends, key, true)
		rows[i] = []any{key.transport, key.session, string(key.user), at.UnixMilli()}
	}
	if err := ro.bulk(ctx, `INSERT INTO friends (transport, session, user_id, at) VALUES `, rows, ` ON CONFLICT DO NOTHING`); err != nil {
		return fmt.Errorf("friends: %w", err)
	}
	return nil
}

func (ro *Roster) loadFriends(ctx context.Context, lg login) error {
	var users []string
	if err := ro.db.Conn(ctx).Raw(`SELECT user_id FROM friends WHERE transport = ? AND session = ?`, lg.transport, lg.session).Scan(&users).Error; err != nil {
		return fmt.Errorf("friends of the session: %w", err)
	}
	for _, user := range users {
		remember(ctx, ro.db, ro.friends, userKey{lg.transport, lg.session, bot.UserID(user)}, true)
	}
	return nil
}

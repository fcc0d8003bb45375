package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// How friend requests are accepted: slower than anything else is said, because new friends in a row look like spam.
const (
	friendGap     = time.Minute
	friendsPerDay = 20                 // in any 24 hours
	friendLook    = 10 * time.Minute   // how often those who wait are looked for in the groups
	friendWaits   = 7 * 24 * time.Hour // how long a request is kept
	friendAgain   = 24 * time.Hour     // when the request of somebody who was accepted is a new one
	friendRef     = "friend/"          // begins the Ref of an acceptance; the request's event follows
)

// The states of a friend request.
const (
	friendWaiting   = "waiting"   // nobody in a group where the bot acts is known by it yet, or it is not its turn
	friendAccepting = "accepting" // said, and not settled
	friendAccepted  = "accepted"  // or it may have been
	friendFailed    = "failed"
)

func friendMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112304_friends",
		`CREATE TABLE friend_requests (transport TEXT NOT NULL, session TEXT NOT NULL, user_id TEXT NOT NULL, event TEXT NOT NULL UNIQUE,
			token TEXT NOT NULL, name TEXT NOT NULL, asked_at BIGINT NOT NULL, state TEXT NOT NULL, accepted_at BIGINT NOT NULL DEFAULT 0,
			PRIMARY KEY (transport, session, user_id))`,
		// Who can be written to in private, where ids are new at each login.
		`CREATE TABLE friends (transport TEXT NOT NULL, session TEXT NOT NULL, user_id TEXT NOT NULL, at BIGINT NOT NULL,
			PRIMARY KEY (transport, session, user_id))`,
		`CREATE INDEX friend_requests_accepted ON friend_requests (accepted_at) WHERE accepted_at > 0`,
	)}
}

func (c *Community) friendListeners() []bot.Listener {
	list := []bot.Listener{bot.On(c.friendSettled, bot.Delivered)}
	if len(c.opts.AcceptFriends) > 0 {
		list = append(list, bot.On(c.friendAsked, bot.FriendAsked))
	}
	return list
}

// met tells whether the sender is bound to a member. Whoever asks to be a friend becomes none by that.
func (ro *Roster) met(ctx context.Context, r *bot.Request) (bool, error) {
	key := userKey{r.Transport, sessionOf(r, r.From), r.From.User}
	if _, ok := ro.users[key]; ok || r.Member != "" {
		return true, nil
	}
	_, err := ro.storedBinding(ctx, key)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// friendAsked keeps a request. While somebody's request is answered, another of theirs changes nothing.
func (c *Community) friendAsked(ctx context.Context, r *bot.Request) error {
	if r.From.User == "" || r.Ref == "" || !slices.Contains(c.opts.AcceptFriends, r.Transport) {
		return nil
	}
	if err := c.Roster.exec(ctx, `INSERT INTO friend_requests (transport, session, user_id, event, token, name, asked_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (transport, session, user_id) DO UPDATE SET event = excluded.event, token = excluded.token, name = excluded.name,
		asked_at = excluded.asked_at, state = excluded.state WHERE friend_requests.state IN (?, ?) OR friend_requests.asked_at < ?`,
		r.Transport, sessionOf(r, r.From), string(r.From.User), r.ID, r.Ref, r.From.Name, r.At.UnixMilli(), friendWaiting,
		friendWaiting, friendFailed, r.At.Add(-friendAgain).UnixMilli()); err != nil {
		return fmt.Errorf("friend request: %w", err)
	}
	if r.Actor.Member == "" {
		c.Roster.log.Info("a friend request waits: whoever asks is in no group that was read; if you know them, accept it on the phone", "name", r.From.Name)
	}
	return c.acceptFriend(ctx, r)
}

func (c *Community) friendsJob(ctx context.Context, r *bot.Request) error {
	if len(c.opts.AcceptFriends) == 0 {
		return nil
	}
	return c.acceptFriend(ctx, r)
}

// forgetFriends removes requests that are old, and who was a friend in logins that are over.
func (c *Community) forgetFriends(ctx context.Context, r *bot.Request) error {
	if err := c.Roster.exec(ctx, `DELETE FROM friend_requests WHERE asked_at < ?`, r.At.Add(-friendWaits).UnixMilli()); err != nil {
		return fmt.Errorf("old friend requests: %w", err)
	}
	if err := c.Roster.exec(ctx, `DELETE FROM friends WHERE NOT EXISTS (SELECT 1 FROM friends c WHERE c.transport = friends.transport
		AND c.session = friends.session AND `+live+`)`); err != nil {
		return fmt.Errorf("old friends: %w", err)
	}
	return nil
}

// acceptFriend accepts the oldest request of somebody who is in a group where the bot acts, if it is time, and looks
// again later while requests wait.
func (c *Community) acceptFriend(ctx context.Context, r *bot.Request) error {
	now := r.At
	if r.SeenAt.After(now) {
		now = r.SeenAt // of what was asked while nobody listened
	}
	var waiting int
	if err := c.row(ctx, `SELECT COUNT(*) FROM friend_requests c WHERE c.state = ? AND `+live, friendWaiting).Scan(&waiting); err != nil {
		return fmt.Errorf("friend requests: %w", err)
	}
	if waiting == 0 {
		return nil
	}
	free, err := c.friendsFree(ctx, now)
	if err != nil {
		return err
	}
	if free.After(now) {
		return r.Later(ctx, free, "friends", "next")
	}
	var event, token, member string
	err = c.row(ctx, `SELECT c.event, c.token, b.member_id FROM friend_requests c
		JOIN bindings b ON b.transport = c.transport AND b.session = c.session AND b.user_id = c.user_id
		JOIN members m ON m.id = b.member_id
		WHERE c.state = ? AND `+live+` AND NOT m.bot AND EXISTS (SELECT 1 FROM stays s JOIN groups g ON g.id = s.group_id
			WHERE s.member_id = b.member_id AND s.left_at = 0 AND g.adopted)
		ORDER BY c.asked_at, c.event LIMIT 1`, friendWaiting).Scan(&event, &token, &member)
	if errors.Is(err, sql.ErrNoRows) {
		return r.Later(ctx, now.Add(friendLook), "friends", "next")
	}
	if err != nil {
		return fmt.Errorf("friend requests: %w", err)
	}
	if err := c.Roster.exec(ctx, `UPDATE friend_requests SET state = ?, accepted_at = ? WHERE event = ?`, friendAccepting, now.UnixMilli(), event); err != nil {
		return fmt.Errorf("friend request %s: %w", event, err)
	}
	r.Send(bot.Outgoing{Member: member, Action: bot.AcceptFriend, Token: token, Ref: friendRef + event, Guard: "asked", Priority: bot.Notice})
	if waiting > 1 {
		return r.Later(ctx, now.Add(friendGap), "friends", "next")
	}
	return nil
}

// friendsFree is when the next request may be accepted.
func (c *Community) friendsFree(ctx context.Context, now time.Time) (time.Time, error) {
	var n int
	var first, last int64
	err := c.row(ctx, `SELECT COUNT(*), COALESCE(MIN(accepted_at), 0), COALESCE(MAX(accepted_at), 0) FROM friend_requests WHERE accepted_at > ?`,
		now.Add(-24*time.Hour).UnixMilli()).Scan(&n, &first, &last)
	switch {
	case err != nil:
		return now, fmt.Errorf("accepted friends: %w", err)
	case n >= friendsPerDay:
		return bot.FromMillis(first).Add(24 * time.Hour), nil
	case n > 0:
		return bot.FromMillis(last).Add(friendGap), nil
	}
	return now, nil
}

// stillAsked is the guard of an acceptance: after another login its token is worth nothing.
func (c *Community) stillAsked(ctx context.Context, o bot.Outgoing, _ time.Time) (reason string, err error) {
	var n int
	err = c.row(ctx, `SELECT COUNT(*) FROM friend_requests c WHERE c.event = ? AND c.state = ? AND `+live, strings.TrimPrefix(o.Ref, friendRef), friendAccepting).Scan(&n)
	if err == nil && n == 0 {
		reason = "asked in an earlier login: they have to ask again"
	}
	return reason, err
}

// friendSettled greets whoever was accepted.
func (c *Community) friendSettled(ctx context.Context, r *bot.Request) error {
	event, ok := strings.CutPrefix(r.Ref, friendRef)
	if !ok {
		return nil
	}
	state := friendAccepted
	if r.Outcome == bot.Failed || r.Outcome == bot.Withheld {
		state = friendFailed
	}
	if err := c.Roster.exec(ctx, `UPDATE friend_requests SET state = ? WHERE event = ?`, state, event); err != nil {
		return fmt.Errorf("friend request %s: %w", event, err)
	}
	if r.Outcome != bot.Sent {
		return nil // where nobody knows, they may speak first
	}
	var key userKey
	if err := c.row(ctx, `SELECT transport, session, user_id FROM friend_requests WHERE event = ?`, event).Scan(&key.transport, &key.session, &key.user); err != nil {
		return fmt.Errorf("friend request %s: %w", event, err)
	}
	if err := c.keepFriends(ctx, r.At, key); err != nil {
		return err
	}
	name, err := c.Called(ctx, MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: r.Actor.Member, Text: r.T("friends.hello", "Name", name), Priority: bot.Notice})
	return nil
}

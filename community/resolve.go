package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// live is the condition that a chat or a binding c is of a login that lasts, or of ids that stay the same for ever.
const live = `(c.session = '' OR c.session = (SELECT s.session FROM sessions s WHERE s.transport = c.transport ORDER BY s.n DESC LIMIT 1))`

// personID is whom an id stands for.
const personID = `COALESCE((SELECT member_id FROM aliases WHERE alias = ?), ?)`

// personIDs are all ids of the person that an id stands for, which is asked for four times: indexes find them, and what they
// are compared with, however many members there are.
const personIDs = `(SELECT ` + personID + ` UNION ALL SELECT alias FROM aliases WHERE member_id = ` + personID + `)`

// Resolve fills in where something said goes: the chat of its group or the user of its member, in the login that
// lasts. Its error is the reason why it can't be sent; it wraps bot.ErrUnbound where it may be sent later,
// when the group or the member is found in this login.
func (ro *Roster) Resolve(ctx context.Context, o *bot.Outgoing) error {
	var err error
	if o.Group != "" {
		o.Route.Transport, o.Route.Chat, err = ro.chatOf(ctx, GroupID(o.Group), o.Via)
	} else {
		var to contact
		to, err = ro.contact(ctx, MemberID(o.Member))
		o.Route.Transport, o.Route.User = to.transport, to.user
		if err == nil && !to.open && o.Action == bot.Speak {
			return errNoFriend
		}
	}
	if err != nil {
		return fmt.Errorf("nobody is known by this address: %w", err)
	}
	for _, id := range o.Mention {
		p, err := ro.Person(ctx, MemberID(id))
		if err != nil {
			return err
		}
		to, err := ro.contact(ctx, p.ID)
		if err != nil && !errors.Is(err, bot.ErrUnbound) { // whoever is not found yet is called by name
			return err
		}
		o.Mentions = append(o.Mentions, bot.Person{User: to.user, Name: p.Name})
	}
	return nil
}

// chatOf is the chat of a group in the transport via, or else its latest.
func (ro *Roster) chatOf(ctx context.Context, id GroupID, via string) (transport string, chat bot.ChatID, err error) {
	err = ro.row(ctx, `SELECT c.transport, c.chat FROM chats c WHERE c.group_id = ? AND c.gone_at = 0 AND `+live+`
		ORDER BY CASE WHEN c.transport = ? THEN 0 ELSE 1 END, c.at DESC LIMIT 1`, string(id), via).
		Scan(&transport, &chat)
	if errors.Is(err, sql.ErrNoRows) {
		if err = ro.everBound(ctx, `SELECT COUNT(*) FROM chats WHERE group_id = ?`, string(id)); err == nil {
			err = fmt.Errorf("group %s: %w", id, bot.ErrUnbound)
		}
	}
	return transport, chat, err
}

// errNoFriend is why words to somebody are not tried.
var errNoFriend = errors.New("can't be written to in private: no friend of the bot")

// Reachable tells whether a member can be written to in private. Of whoever is not found in this login yet it is not
// known, and their words wait.
func (ro *Roster) Reachable(ctx context.Context, member string) (bool, error) {
	to, err := ro.contact(ctx, MemberID(member))
	if errors.Is(err, bot.ErrUnbound) || errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return to.open, err
}

// contact is where somebody is found.
type contact struct {
	transport string
	user      bot.UserID
	open      bool // they can be written to in private
	strong    bool // it is beyond doubt that it is them
}

// contact is where a member is found under any of their ids: of the users who can be written to in private, if there are
// any, the one of this very id, else the latest.
func (ro *Roster) contact(ctx context.Context, id MemberID) (to contact, err error) {
	err = ro.row(ctx, `SELECT c.transport, c.user_id, c.session = '' AND c.transport <> ? OR EXISTS (SELECT 1 FROM friends f
		WHERE f.transport = c.transport AND f.session = c.session AND f.user_id = c.user_id) AS open, c.strong FROM bindings c
		WHERE c.member_id IN `+personIDs+` AND `+live+` ORDER BY open DESC, CASE WHEN c.member_id = ? THEN 0 ELSE 1 END, c.at DESC LIMIT 1`,
		ro.opts.FriendsOnly, string(id), string(id), string(id), string(id), string(id)).Scan(&to.transport, &to.user, &to.open, &to.strong)
	if errors.Is(err, sql.ErrNoRows) {
		if err = ro.everBound(ctx, `SELECT COUNT(*) FROM bindings WHERE member_id IN `+personIDs, string(id), string(id), string(id), string(id)); err == nil {
			err = fmt.Errorf("member %s: %w", id, bot.ErrUnbound)
		}
	}
	if err != nil && !errors.Is(err, bot.ErrUnbound) {
		err = errors.Join(fmt.Errorf("member %s has no binding", id), err)
	}
	return to, err
}

func (ro *Roster) everBound(ctx context.Context, count string, args ...any) error {
	var n int64
	if err := ro.row(ctx, count, args...).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return sql.ErrNoRows
	}
	return nil
}

package community

import (
	"context"
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// Resolve fills in where something said goes: the chat of its group or the user of its member. Its error is
// the reason why it can't be sent.
func (ro *Roster) Resolve(ctx context.Context, o *bot.Outgoing) error {
	var err error
	if o.Group != "" {
		err = ro.row(ctx, `SELECT transport, chat FROM chats WHERE group_id = ? ORDER BY at DESC LIMIT 1`, o.Group).
			Scan(&o.Route.Transport, &o.Route.Chat)
	} else {
		o.Route.Transport, o.Route.User, err = ro.user(ctx, MemberID(o.Member))
	}
	if err != nil {
		return fmt.Errorf("nobody is known by this address: %w", err)
	}
	for _, id := range o.Mention {
		p, err := ro.Person(ctx, MemberID(id))
		if err != nil {
			return err
		}
		_, user, err := ro.user(ctx, p.ID)
		if err != nil {
			return err
		}
		o.Mentions = append(o.Mentions, bot.Person{User: user, Name: p.Name})
	}
	return nil
}

// user is the latest binding of a member, or of somebody merged into them.
func (ro *Roster) user(ctx context.Context, id MemberID) (transport string, user bot.UserID, err error) {
	err = ro.row(ctx, `SELECT b.transport, b.user_id FROM bindings b LEFT JOIN aliases a ON a.alias = b.member_id
		WHERE COALESCE(a.member_id, b.member_id) = COALESCE((SELECT member_id FROM aliases WHERE alias = ?), ?)
		ORDER BY b.at DESC LIMIT 1`, string(id), string(id)).Scan(&transport, &user)
	if err != nil {
		err = errors.Join(fmt.Errorf("member %s has no binding", id), err)
	}
	return transport, user, err
}

package wechat

import (
	"context"
	"fmt"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot"
)

// invite asks a friend of the bot into a group that the bot is in. Into one of 40 or more people WeChat sends them an
// invitation, which they have to accept; into a smaller one it takes them at once.
func (s *session) invite(ctx context.Context, o bot.Outgoing) (bot.Receipt, error) {
	room, err := s.address(bot.Route{Chat: o.Route.Chat})
	if err != nil {
		return bot.Receipt{}, err
	}
	if len(o.Mentions) != 1 || o.Mentions[0].User == "" {
		return bot.Receipt{}, fmt.Errorf("%w: nobody to invite", bot.ErrRejected)
	}
	user := string(o.Mentions[0].User)
	size, friend := s.book.invitation(room, user)
	if !friend {
		return bot.Receipt{}, fmt.Errorf("%w: only friends can be invited", bot.ErrRejected)
	}
	err = s.client.Caller.AddFriendIntoChatRoom(ctx, &openwechat.CallerAddFriendIntoChatRoomOptions{
		BaseRequest: s.request, LoginInfo: s.info, GroupLength: size,
		Group: &openwechat.Group{User: &openwechat.User{UserName: room}}, Friends: []*openwechat.Friend{{User: &openwechat.User{UserName: user}}},
	})
	if err != nil {
		return bot.Receipt{}, s.outcome(err)
	}
	s.t.unlimited()
	return bot.Receipt{At: s.t.now()}, nil
}

// invitation is how many people are in a group, as far as is known, and whether somebody is a friend.
func (b *book) invitation(room, user string) (size int, friend bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.rooms[room]; r != nil && r.crowd != nil {
		size = len(r.crowd.list)
	}
	c, known := b.people[user]
	return size, known && !c.official
}

package wechat_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestAFriendIsInvitedIntoAGroup(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	hong := s.Person("小红")
	group := s.Group("大群", s.Person("小明"))
	p := run(t, s, t.TempDir(), newSink()).up()
	to := p.chatOf()
	hong.AskFriend("我是小红")
	var asked bot.Event
	p.sink.until(t, "the request", func(events []bot.Event) bool {
		for _, e := range events {
			if e.Kind == bot.FriendAsked {
				asked = e
			}
		}
		return asked.Ref != ""
	})
	invitation := bot.Outgoing{Route: to, Action: bot.InviteToGroup, Mentions: []bot.Person{asked.From}}
	if _, err := p.Send(t.Context(), invitation); !errors.Is(err, bot.ErrRejected) {
		t.Errorf("who is no friend is invited: %v", err)
	}
	if _, err := p.Send(t.Context(), bot.Outgoing{Action: bot.AcceptFriend, Token: asked.Ref}); err != nil {
		t.Fatal(err)
	}
	soon(t, "that the friend can be invited", func() bool {
		_, err := p.Send(t.Context(), invitation)
		return err == nil
	})
	if !slices.Contains(group.Members(), hong) {
		t.Error("the invited friend is not in the group")
	}
	if _, err := p.Send(t.Context(), bot.Outgoing{Route: to, Action: bot.InviteToGroup}); !errors.Is(err, bot.ErrRejected) {
		t.Errorf("nobody is invited: %v", err)
	}
	if len(s.Sent()) != 0 {
		t.Errorf("an invitation said %d things", len(s.Sent()))
	}
}

package bot_test

import (
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

func TestOnlyTheTicketOfAFriendRequestMayBeLong(t *testing.T) {
	ticket := "@user v4_" + strings.Repeat("t", 1500)
	for _, c := range []struct {
		name string
		ev   bot.Event
		want bool // stays whole
	}{
		{"a ticket", bot.Event{Kind: bot.FriendAsked, Ref: ticket}, true},
		{"a ticket beyond all measure", bot.Event{Kind: bot.FriendAsked, Ref: strings.Repeat("t", 2001)}, false},
		{"a ticket with a line feed", bot.Event{Kind: bot.FriendAsked, Ref: "@user\nticket"}, false},
		{"a message's event", bot.Event{Kind: bot.Recalled, Ref: ticket}, false},
	} {
		was := c.ev.Ref
		bot.Tidy(&c.ev, nil)
		if (c.ev.Ref == was) != c.want || c.ev.Ref == "" {
			t.Errorf("%s became %.40q", c.name, c.ev.Ref)
		}
	}
	ev := bot.Event{Kind: bot.FriendAsked, Text: "a\u202eb\x00"}
	if bot.Tidy(&ev, nil); ev.Text != "ab" {
		t.Errorf("the words are %q", ev.Text)
	}
}

func TestTheBotIsNobodyWhoIsMentionedOrBringsOthers(t *testing.T) {
	self, other := bot.Person{User: "self", Self: true}, bot.Person{User: "u"}
	ev := bot.Event{Kind: bot.Tapped, By: &self, Mentions: []bot.Person{self, other}}
	mentions := ev.Mentions
	bot.Tidy(&ev, nil)
	if ev.By != nil || len(ev.Mentions) != 1 || ev.Mentions[0] != other || !ev.ToBot {
		t.Errorf("got %+v", ev)
	}
	if mentions[0] != self {
		t.Error("what the transport holds was changed")
	}
	ev = bot.Event{Kind: bot.Message, By: &other, Mentions: []bot.Person{other}}
	if bot.Tidy(&ev, nil); ev.By == nil || len(ev.Mentions) != 1 || ev.ToBot {
		t.Errorf("got %+v", ev)
	}
}

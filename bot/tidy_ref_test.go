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

package community_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func accepting(o *community.Options) { o.AcceptFriends = []string{"app"} }

// asks is somebody's wish to be a friend.
func (w *chatApp) asks(h *human) bot.Event {
	ev := w.event(bot.FriendAsked)
	ev.Private, ev.From, ev.Text = true, bot.Person{User: w.user(h), Name: h.nick}, "我是"+h.nick
	ev.Ref = string(w.user(h)) + " ticket-" + fmt.Sprint(w.n)
	return ev
}

// accepted counts acceptances with an outcome, and greetings.
func (w *chatApp) accepted(h *human) (accepted, greeted int) {
	w.t.Helper()
	id := w.bond(h).MemberID
	return w.count(`SELECT COUNT(*) FROM outbox WHERE action = 'accept_friend' AND member_id = ? AND state = 'sent'`, id),
		w.count(`SELECT COUNT(*) FROM outbox WHERE action = '' AND member_id = ? AND text LIKE '%小助手%'`, id)
}

func (w *chatApp) acceptedOnce(h *human, want int) {
	w.t.Helper()
	if a, g := w.accepted(h); a != want || g != want {
		w.t.Errorf("%s was accepted %d times and greeted %d times, want %d", h.key, a, g, want)
	}
}

func TestWhoAsksToBeAFriendIsAcceptedOnceAndSlowly(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			w := newChatApp(t, dialect, accepting)
			h := people(30, "p")
			w.room("甲群", "小助手·G1", h...)
			w.login()
			first := w.asks(h[0])
			w.hear(first, first, w.asks(h[0]), w.asks(h[1]), w.asks(h[2]))
			w.acceptedOnce(h[0], 1)
			w.acceptedOnce(h[1], 0)
			w.pass(time.Minute + 10*time.Second)
			w.acceptedOnce(h[1], 1)
			w.acceptedOnce(h[2], 0)
			for _, who := range h[3:] {
				w.hear(w.asks(who))
			}
			w.pass(3 * time.Hour)
			all := func() int { return w.count(`SELECT COUNT(*) FROM outbox WHERE action = 'accept_friend'`) }
			if n := all(); n != 20 {
				t.Errorf("%d accepted on the first day, want 20", n)
			}
			w.pass(24 * time.Hour)
			if n := all(); n != 30 {
				t.Errorf("%d accepted by the next day, want 30", n)
			}
			w.hear(w.asks(h[0])) // they took the bot off their friends, and come back
			w.pass(time.Hour)
			w.acceptedOnce(h[0], 2)
			w.pass(9 * 24 * time.Hour)
			if n := w.count(`SELECT COUNT(*) FROM friend_requests`); n > 0 {
				t.Errorf("%d requests are never forgotten", n)
			}
			if n := w.count(`SELECT COUNT(*) FROM message_texts WHERE text LIKE '我是%'`); n > 0 {
				t.Errorf("%d words of requests are kept as messages", n)
			}
		})
	}
}

func TestAStrangerIsNotAcceptedUntilTheyAreInAGroupOfOurs(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			adopted := map[string]bool{"甲群": true}
			w := newChatApp(t, dialect, accepting, func(o *community.Options) {
				o.Adopt = func(_, name, _ string) bool { return adopted[name] }
			})
			h, foreign, stranger := people(5, "p"), people(3, "q"), &human{key: "x", nick: "骗子"}
			ours := w.room("甲群", "小助手·G1", h...)
			w.room("别人的群", "小助手", foreign...)
			w.login()
			before := w.count(`SELECT COUNT(*) FROM members`)
			w.hear(w.asks(stranger), w.asks(foreign[0]))
			w.pass(time.Hour)
			if n := w.count(`SELECT COUNT(*) FROM outbox WHERE action = 'accept_friend'`); n > 0 {
				t.Errorf("%d accepted", n)
			}
			if n := w.count(`SELECT COUNT(*) FROM members`); n != before {
				t.Errorf("asking made %d members", n-before)
			}
			ours.people = append(ours.people, stranger) // they enter the group
			w.hear(w.list(ours))
			w.pass(15 * time.Minute)
			w.acceptedOnce(stranger, 1)
			w.acceptedOnce(foreign[0], 0)
		})
	}
}

func TestAFriendRequestOfAnEarlierLoginIsNotAnswered(t *testing.T) {
	w := newChatApp(t, "sqlite", accepting)
	h := people(5, "p")
	w.room("甲群", "小助手·G1", h...)
	w.login()
	w.hear(w.asks(h[0]), w.asks(h[1]))
	w.login()
	w.pass(time.Hour)
	w.acceptedOnce(h[0], 1)
	w.acceptedOnce(h[1], 0)
	guard := w.Community.Feature().Guards["asked"]
	for who, late := range map[*human]bool{h[0]: true} {
		var event string
		if err := w.DB.Conn(t.Context()).Raw(`SELECT event FROM friend_requests WHERE user_id LIKE ?`, "%-"+who.key).Scan(&event).Error; err != nil {
			t.Fatal(err)
		}
		reason, err := guard(t.Context(), bot.Outgoing{Ref: "friend/" + event}, w.now)
		if err != nil || (reason != "") != late {
			t.Errorf("%s: %q, %v", who.key, reason, err)
		}
	}
}

func TestNobodyIsAcceptedWhereTheOperatorDidNotAskForIt(t *testing.T) {
	w := newChatApp(t, "sqlite")
	h := people(3, "p")
	w.room("甲群", "小助手·G1", h...)
	w.login()
	w.hear(w.asks(h[0]))
	w.pass(time.Hour)
	w.acceptedOnce(h[0], 0)
}

func TestAnAcceptanceThatFailedIsTriedAgainWhenTheyAskAgain(t *testing.T) {
	w := newChatApp(t, "sqlite", accepting)
	h := people(3, "p")
	w.room("甲群", "小助手·G1", h...)
	w.login()
	w.hear(w.asks(h[0]))
	if err := w.DB.Tx(t.Context(), func(ctx context.Context) error {
		return w.DB.Conn(ctx).Exec(`UPDATE friend_requests SET state = 'failed'`).Error
	}); err != nil {
		t.Fatal(err)
	}
	w.pass(2 * time.Minute)
	w.hear(w.asks(h[0]))
	if a, _ := w.accepted(h[0]); a != 2 {
		t.Errorf("accepted %d times", a)
	}
}

func TestTheTicketOfARequestStaysWhole(t *testing.T) {
	w := newChatApp(t, "sqlite", accepting)
	h := people(3, "p")
	w.room("甲群", "小助手·G1", h...)
	w.login()
	ev := w.asks(h[0])
	ev.Ref = string(w.user(h[0])) + " v4_" + strings.Repeat("t", 900) + "@stranger"
	w.hear(ev)
	if n := w.count(`SELECT COUNT(*) FROM outbox WHERE token = ?`, ev.Ref); n != 1 {
		t.Error("the token is another")
	}
}

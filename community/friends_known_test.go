package community_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestWhoIsAFriendCanBeWrittenToWhileTheLoginLasts(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		h := people(6, "p")
		h[0].friend = true
		r := w.room("甲群", "小助手·G1", h...)
		w.login()
		id := map[*human]string{}
		for _, who := range h {
			id[who] = w.bond(who).MemberID
		}
		wants := func(want ...*human) {
			t.Helper()
			for i, who := range h {
				can, err := w.Community.Reachable(t.Context(), id[who])
				if err != nil {
					t.Fatal(err)
				}
				if is := i < len(want) && want[i] != nil; can != is {
					t.Errorf("%s can be written to: %v", who.key, can)
				}
				err = w.Community.Resolve(t.Context(), &bot.Outgoing{Member: id[who], Text: "秘密"})
				if (err == nil) != can || errors.Is(err, bot.ErrUnbound) {
					t.Errorf("%s: %v", who.key, err)
				}
			}
		}
		wants(h[0])
		w.hear(w.said(h[1], nil, "你好")) // whoever writes in private can be answered there
		h[2].friend = true              // befriended on the phone; the next message shows it
		w.hear(w.said(h[2], r, "大家好"))
		wants(h[0], h[1], h[2])
		w.open(w.DB) // the same login after a restart
		wants(h[0], h[1], h[2])
		h[3].friend = true
		w.hear(w.list(r))
		wants(h[0], h[1], h[2], h[3])
		if err := w.Community.Resolve(t.Context(), &bot.Outgoing{Member: id[h[4]], Action: bot.AcceptFriend}); err != nil {
			t.Errorf("accepting a friend: %v", err)
		}
		w.login()
		wants(h[0], nil, h[2], h[3])
		w.pass(48 * time.Hour)
		if n := w.count(`SELECT COUNT(*) FROM friends`); n != 3 {
			t.Errorf("%d friends are kept of one login with three", n)
		}
		w.rooms[0].unsaved = true
		w.login()
		if can, err := w.Community.Reachable(t.Context(), id[h[4]]); err != nil || !can {
			t.Errorf("of whom nobody knows, nothing is said: %v, %v", can, err)
		}
	})
}

func TestTheGroupHearsHowToAskForWhatIsPrivate(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		h := people(6, "p")
		r := w.room("甲群", "小助手·G1", h...)
		w.login()
		w.appoint(w.bond(h[0]).MemberID, bot.Manager)
		hint := func() int {
			return w.count(`SELECT COUNT(*) FROM outbox WHERE group_id = ? AND state = 'sent' AND text LIKE '%再私聊我「待认领」%'`, w.group(r))
		}
		w.hear(w.said(h[0], r, "待认领"))
		if hint() != 1 || w.count(`SELECT COUNT(*) FROM outbox WHERE member_id <> ''`) != 0 {
			t.Error("they are not told how to ask, or the words are kept")
		}
		w.hear(w.said(h[0], nil, "待认领"), w.said(h[0], r, "待认领"))
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE member_id <> '' AND state = 'sent'`); hint() != 1 || n != 2 {
			t.Errorf("a friend is answered %d times in private, and %d times in the group", n, hint())
		}
	})
}

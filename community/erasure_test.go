package community_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/community"
)

// words are what was said in private to a member, the newest last.
func (w *chatApp) words(member string) (list []string) {
	w.t.Helper()
	if err := w.DB.Conn(w.t.Context()).Raw(`SELECT text FROM outbox WHERE member_id = ? ORDER BY id`, member).Scan(&list).Error; err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *chatApp) lastWord(member string) string {
	w.t.Helper()
	list := w.words(member)
	if len(list) == 0 {
		w.t.Fatalf("nothing was said to %s", member)
	}
	return list[len(list)-1]
}

// erase lets somebody erase themselves.
func (w *chatApp) erase(h *human) {
	w.t.Helper()
	member := w.bond(h).MemberID
	w.hear(w.said(h, nil, "删除我的数据"))
	code := regexp.MustCompile(`确认 \d{4}`).FindString(w.lastWord(member))
	if code == "" {
		w.t.Fatalf("no code: %q", w.lastWord(member))
	}
	w.hear(w.said(h, nil, code))
	w.pass(2 * time.Hour)
	if w.count(`SELECT COUNT(*) FROM erasures WHERE member_id = ? AND done_at > 0`, member) != 1 {
		w.t.Fatal("nothing was erased")
	}
}

func TestWhoIsTakenForSomebodyByWhatCouldBeCopiedSeesAndErasesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		for _, h := range all {
			h.friend = true
		}
		r := w.room("群", "小助手·G1", all...)
		w.login()
		w.hear(w.said(all[0], r, "我住在和平路"))
		victim := w.bond(all[0]).MemberID
		namesake := &human{key: "namesake", nick: all[0].nick, attr: all[0].attr, friend: true}
		r.people[0] = namesake
		w.login()
		w.is(namesake, victim, community.ByWhole)
		for _, command := range []string{"我的数据", "删除我的数据"} {
			w.hear(w.said(namesake, nil, command))
			if said := w.lastWord(victim); !strings.Contains(said, "还没有确认你是谁") {
				t.Errorf("%s: %q", command, said)
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM confirmations WHERE member_id = ?`, victim); n != 0 {
			t.Error("there is a code that could be tried")
		}
	})
}

func TestWhoWasErasedIsSomebodyNewInThisLoginAndInTheNext(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		for _, h := range all {
			h.friend = true
		}
		all[0].remark = "店长"
		r := w.room("群", "小助手·G1", all...)
		w.login()
		w.hear(w.said(all[0], r, "你好"), w.said(all[1], r, "你好"))
		gone, other := w.bond(all[0]).MemberID, w.bond(all[1]).MemberID
		w.erase(all[0])
		if n := w.count(`SELECT COUNT(*) FROM bindings WHERE member_id = ?`, gone); n != 0 {
			t.Errorf("%d bindings are left", n)
		}
		w.hear(w.said(all[0], r, "我又来了"))
		now := w.bond(all[0])
		if now.MemberID == gone || now.MemberID == "" || now.Provisional != 0 || len(w.candidates(now.MemberID)) > 0 {
			t.Errorf("the same account is %+v with the candidates %v, want a new member", now, w.candidates(now.MemberID))
		}
		if n := w.count(`SELECT COUNT(*) FROM messages WHERE member_id = ?`, gone); n != 3 {
			t.Errorf("%d messages of the tombstone, want the 3 of before", n)
		}
		w.login()
		if b := w.bond(all[0]); b.MemberID != now.MemberID {
			t.Errorf("in the next login they are %+v, want %s", b, now.MemberID)
		}
		if b := w.bond(all[1]); b.MemberID != other {
			t.Errorf("somebody else is %+v, want %s", b, other)
		}
		w.erase(all[0]) // and again, as the new one
		w.login()       // before they said anything
		b := w.bond(all[0])
		if b.MemberID == gone || b.MemberID == now.MemberID {
			t.Errorf("recognised after an erasure: %+v", b)
		}
	})
}

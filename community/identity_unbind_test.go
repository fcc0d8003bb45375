package community_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestAManagerPartsANamesakeFromTheOneTheyWereTakenFor(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		h := people(6, "p")
		h[0].remark, h[0].friend = "王总-0001", true
		r := w.room("甲群", "小助手·G1", h...)
		w.login()
		boss, leaver := w.bond(h[0]).MemberID, w.bond(h[1]).MemberID
		w.appoint(boss, bot.Owner)
		w.hear(w.said(h[1], r, "早"))
		w.login() // h[1] is gone and a namesake with the whole of their names is there: nobody can tell
		w.is(h[1], leaver, community.ByWhole)

		w.hear(w.said(h[0], r, "拆分 "+leaver))
		preview := w.last("%凭昵称或编号认出来的%")
		if w.bond(h[1]).MemberID != leaver {
			t.Fatal("parted before it was confirmed")
		}
		w.hear(w.said(h[0], r, "确认 "+confirmCode.FindString(preview)))
		made := w.bond(h[1]).MemberID
		if made == leaver || w.count(`SELECT COUNT(*) FROM members WHERE id = ? AND provisional > 0`, made) != 1 {
			t.Fatalf("they are %s", made)
		}
		if got := w.candidates(made); len(got) != 1 {
			t.Errorf("candidates %v", got)
		}
		w.hear(w.said(h[1], r, "我是新来的"))
		if n := w.count(`SELECT COUNT(*) FROM messages WHERE member_id = ?`, made); n != 1 {
			t.Errorf("%d messages of theirs", n)
		}
		w.open(w.DB) // the memory after a restart
		w.hear(w.said(h[1], r, "又说"))
		if n := w.count(`SELECT COUNT(*) FROM messages WHERE member_id = ?`, made); n != 2 {
			t.Errorf("%d messages of theirs after a restart", n)
		}
		w.hear(w.said(h[0], r, "撤销 "+undoCode.FindString(w.last("%从现在起 TA 是%"))))
		if n := w.count(`SELECT COUNT(*) FROM aliases WHERE alias = ? AND member_id = ?`, made, leaver); n != 1 {
			t.Error("the undo did not make them one again")
		}
		w.hear(w.said(h[0], r, "拆分 "+boss)) // known by a remark: beyond doubt
		w.last("%不用拆分%")
	})
}

package community_test

import (
	"context"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// TestAnOwnerWhomTheNewAccountDoesNotKnow becomes the owner again by a code, and gets back what they had.
func TestAnOwnerWhomTheNewAccountDoesNotKnow(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		wang := &human{key: "w", nick: "老王", attr: "1", remark: "王总"}
		r := w.room("群", "小助手·G1", append(people(4, "p"), wang)...)
		w.login()
		old := w.bond(wang).MemberID
		w.appoint(old, bot.Owner)
		w.hear(w.said(wang, r, "早"))

		w.account, wang.remark, wang.nick = "uin2", "", "王老板"
		var move community.Move
		if err := w.DB.Tx(t.Context(), func(ctx context.Context) (err error) {
			move, err = w.Community.PreviewMove(ctx, "app")
			return err
		}); err != nil || move.Members != (community.MoveMembers{Total: 5, ByName: 5}) || move.Groups != (community.MoveGroups{Total: 1, ByCode: 1}) {
			t.Errorf("%+v %v", move, err)
		}
		code, err := community.NewBindCode(t.Context(), w.DB, w.now)
		if err != nil {
			t.Fatal(err)
		}
		w.login()
		again := w.waits(wang, old)
		whisper := w.said(wang, nil, "绑定 "+code)
		w.hear(whisper)
		if b := w.bond(wang); b.MemberID != again || !b.Strong {
			t.Errorf("after 绑定: %+v", b)
		}
		w.hear(w.said(wang, nil, "合并 "+again+" 到 "+old))
		var asked string
		if err := w.DB.Conn(t.Context()).Raw(`SELECT text FROM outbox ORDER BY id DESC LIMIT 1`).Scan(&asked).Error; err != nil {
			t.Fatal(err)
		}
		_, confirm, ok := strings.Cut(asked, "确认 ")
		if !ok {
			t.Fatalf("asked %q", asked)
		}
		w.hear(w.said(wang, nil, "确认 "+confirm[:4]))
		if b := w.bond(wang); b.MemberID != old || !b.Strong {
			t.Errorf("after 合并: %+v, want %s", b, old)
		}
		if !w.mayEnable(wang, r) {
			t.Error("the owner is none")
		}
	})
}

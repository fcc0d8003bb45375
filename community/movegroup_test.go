package community_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// onQQ is a message on the side that groups move to, whose ids stay the same.
func (w *chatApp) onQQ(user, name, chat, text string) bot.Event {
	ev := w.event(bot.Message)
	ev.Transport, ev.Session, ev.Form, ev.Text = "qq", "", bot.Text, text
	ev.From = bot.Person{User: bot.UserID(user), Name: name, Stable: true}
	ev.Chat, ev.ChatName, ev.Private = bot.ChatID(chat), "群 "+chat, chat == ""
	return ev
}

func (w *chatApp) whoOnQQ(user string) (member string, strong bool) {
	w.t.Helper()
	var b bond
	if err := w.DB.Conn(w.t.Context()).Raw(`SELECT COALESCE(a.member_id, b.member_id) AS member_id, b.strong FROM bindings b
		LEFT JOIN aliases a ON a.alias = b.member_id WHERE b.transport = 'qq' AND b.user_id = ?`, user).Scan(&b).Error; err != nil {
		w.t.Fatal(err)
	}
	return b.MemberID, b.Strong
}

// moveCodes are the codes that people were sent since the last call.
func (w *chatApp) moveCodes() map[bot.UserID]string {
	w.t.Helper()
	list, err := w.Said(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	codes := map[bot.UserID]string{}
	for _, s := range list {
		if m := regexp.MustCompile(`绑定我 ([0-9A-Z-]+)`).FindStringSubmatch(s.Text); m != nil {
			codes[s.To] = m[1]
		}
	}
	return codes
}

func onEachMoving(t *testing.T, fn func(t *testing.T, w *chatApp)) {
	t.Helper()
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			fn(t, newChatApp(t, dialect, func(o *community.Options) { o.MovesTo = "qq" }))
		})
	}
}

// TestSeveralGroupsMove: who is in both needs one code, whichever group they bind themselves for, and none for a group that
// moves when they are known.
func TestSeveralGroupsMove(t *testing.T) {
	onEachMoving(t, func(t *testing.T, w *chatApp) {
		all := people(5, "p")
		for i, p := range all {
			p.friend, p.remark = true, fmt.Sprintf("备注%d", i)
		}
		owner, both := all[0], all[1]
		rooms := []*room{w.room("一群", "小助手·G1", all[:3]...), w.room("二群", "小助手·G2", all...), w.room("三群", "小助手·G3", all[:2]...)}
		w.login()
		w.appoint(w.bond(owner).MemberID, bot.Owner)
		for _, r := range rooms {
			w.hear(w.said(owner, r, "启用"), w.said(both, r, "大家好"))
		}
		move := func(r *room, chat string) map[bot.UserID]string {
			t.Helper()
			w.hear(w.said(owner, nil, "搬群 "+w.group(r)+" 到 "+chat+" 立即"))
			if n := w.count(`SELECT COUNT(*) FROM group_moves WHERE group_id = ? AND chat = ? AND ended_at = 0`, w.group(r), chat); n != 1 {
				t.Fatalf("%s moves %d times", r.name, n)
			}
			return w.moveCodes()
		}
		one, two := move(rooms[0], "101"), move(rooms[1], "102")
		if len(one) != 3 || len(two) != 5 || one[w.user(both)] == "" || two[w.user(both)] == "" {
			t.Fatalf("codes %v and %v, want one for everybody in each group", one, two)
		}
		me := w.bond(both).MemberID
		w.hear(w.onQQ("7", "某人", "102", "我先来了"))
		if who, _ := w.whoOnQQ("7"); who == me {
			t.Fatal("known without a code")
		}
		w.hear(w.onQQ("7", "某人", "102", "绑定我 "+one[w.user(both)])) // the code of the other group
		if who, strong := w.whoOnQQ("7"); who != me || !strong {
			t.Errorf("after 绑定我: %s %v, want %s beyond doubt", who, strong, me)
		}
		w.hear(w.onQQ("8", "别人", "101", "绑定我 "+two[w.user(both)]))
		if who, _ := w.whoOnQQ("8"); who == me {
			t.Error("the second code still works")
		}
		w.hear(w.onQQ("7", "某人", "101", "这边也是我"))
		if n := w.count(`SELECT COUNT(*) FROM stays s JOIN bindings b ON b.member_id = s.member_id WHERE b.user_id = '7' AND s.group_id = ? AND s.left_at = 0`, w.group(rooms[0])); n != 1 {
			t.Errorf("in the first group %d times", n)
		}
		w.moveCodes()
		w.hear(w.said(owner, nil, "搬群 "+w.group(rooms[2])+" 到 103"))
		if list, err := w.Said(t.Context()); err != nil || len(list) != 1 || !strings.Contains(list[0].Text, "群里 2 人，我会私聊给 1 人发绑定码；1 人在 QQ 那边已经认识，不用再绑；另外 0 人") {
			t.Errorf("the preview: %v %v", list, err)
		}
		three := move(rooms[2], "103")
		if len(three) != 1 || three[w.user(owner)] == "" {
			t.Errorf("codes for the third group: %v, want one for the owner, and none for who is known there", three)
		}
		w.hear(w.onQQ("9", "本地人", "200", "大家好"), w.said(owner, nil, "搬群 g4 到 201"))
		if list, err := w.Said(t.Context()); err != nil || len(list) != 1 || list[0].Text != "「群 200」本来就是 QQ 群（200），不用搬。" {
			t.Errorf("a group that was never elsewhere: %v %v", list, err)
		}
	})
}

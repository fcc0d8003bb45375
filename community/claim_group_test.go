package community_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// lost is a login in which a group with a manager is not recognised, because most of its people have new names.
func lost(t *testing.T, w *chatApp) (r *room, h []*human, was map[*human]string, group string) {
	t.Helper()
	h = people(10, "p")
	h[0].remark, h[0].friend = "王总-0001", true
	r = w.room("甲群", "小助手·G1", h...)
	w.login()
	group = w.group(r)
	was = map[*human]string{}
	for _, who := range h {
		was[who] = w.bond(who).MemberID
	}
	w.appoint(was[h[0]], bot.Owner)
	for _, who := range h[4:] {
		who.nick += "改"
	}
	r.name, r.bot = "新名", "小助手"
	w.login()
	if w.group(r) == group {
		t.Fatal("the group was recognised")
	}
	return r, h, was, group
}

// last is the latest thing said that is like a pattern.
func (w *chatApp) last(like string) (text string) {
	w.t.Helper()
	if err := w.DB.Conn(w.t.Context()).Raw(`SELECT text FROM outbox WHERE text LIKE ? ORDER BY id DESC LIMIT 1`, like).Scan(&text).Error; err != nil {
		w.t.Fatal(err)
	}
	if text == "" {
		w.t.Fatalf("nothing was said like %s", like)
	}
	return text
}

var (
	confirmCode = regexp.MustCompile(`\b\d{4}\b`)
	undoCode    = regexp.MustCompile(`\b[A-Z34679]{6}\b`)
)

func TestAManagerSaysWhichGroupThisIs(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		r, h, was, group := lost(t, w)
		made := w.group(r)
		stays := func() string {
			return fmt.Sprint(w.count(`SELECT COUNT(*) FROM stays WHERE left_at = 0 AND group_id = ?`, made), " ",
				w.count(`SELECT COUNT(*) FROM stays WHERE left_at = 0 AND group_id = ?`, group))
		}
		before := stays()
		w.hear(w.said(h[0], nil, "待认领"))
		if text := w.last("%没认出来%"); !regexp.MustCompile(`新名.*\n.*小助手·G1\n.*认领群 ` + group).MatchString(text) {
			t.Errorf("待认领 says %q", text)
		}
		w.hear(w.said(h[4], r, "认领群 "+group)) // no manager
		if n := w.count(`SELECT COUNT(*) FROM confirmations`); n != 0 {
			t.Error("anybody can claim a group")
		}
		w.hear(w.said(h[0], r, "认领群 "+group))
		preview := w.last("%要把这里认作%")
		if !regexp.MustCompile(`认识 10 人，其中 4 人（40%）`).MatchString(preview) || w.group(r) != made {
			t.Errorf("the preview is %q", preview)
		}
		w.hear(w.said(h[0], r, "确认 "+confirmCode.FindString(preview)))
		if w.group(r) != group {
			t.Fatalf("the chat is %s, want %s", w.group(r), group)
		}
		w.is(h[1], was[h[1]], community.ByWhole) // who is found in it is recognised at once
		o := bot.Outgoing{Group: group}
		if err := w.Community.Resolve(t.Context(), &o); err != nil || o.Route.Chat != w.chat(r) {
			t.Errorf("words to the group: %+v, %v", o, err)
		}
		if n := w.count(`SELECT COUNT(*) FROM activity WHERE group_id = ?`, made); n == 0 {
			t.Error("the group that was made has lost what was said in it")
		}
		if n := w.count(`SELECT COUNT(*) FROM stays WHERE left_at = 0 AND group_id = ?`, made); n != 0 {
			t.Errorf("%d people stay in the group that was made", n)
		}
		done := w.last("%之前的记录都接上了%")
		if w.count(`SELECT COUNT(*) FROM outbox WHERE group_id = ? AND state = 'sent' AND text = ?`, group, done) != 1 {
			t.Error("the answer is not said in the chat")
		}
		if unsure, err := community.UnsureGroups(t.Context(), w.DB); err != nil || len(unsure) != 0 {
			t.Errorf("still unsure: %+v, %v", unsure, err)
		}
		w.open(w.DB)
		w.hear(w.said(h[2], r, "早"), w.said(h[0], r, "认领群 "+group))
		if w.group(r) != group {
			t.Errorf("after a restart the chat is %s", w.group(r))
		}
		w.last("%不用认领%")
		w.hear(w.said(h[0], r, "撤销 "+undoCode.FindString(done)))
		if w.group(r) != made {
			t.Errorf("after the undo the chat is %s, want %s", w.group(r), made)
		}
		if got := stays(); got != before {
			t.Errorf("after the undo %s people stay in the two groups, before it was %s", got, before)
		}
		if w.count(`SELECT COUNT(*) FROM outbox WHERE group_id = ? AND state = 'sent' AND text LIKE '已撤销%'`, made) != 1 {
			t.Error("the undo is not answered in the chat")
		}
	})
}

func TestAGroupThatIsFoundCannotBeClaimed(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		r, h, _, group := lost(t, w)
		other := w.room("乙群", "小助手·G1", append([]*human{h[0]}, people(5, "q")...)...)
		w.hear(w.list(other)) // it has the code, so it is the group
		if w.group(other) != group {
			t.Fatalf("the other chat is %s", w.group(other))
		}
		made := w.group(r)
		for text, want := range map[string]string{
			"认领群 " + group: "%不能再认领%", "认领群 g99": "%没有编号是 g99%", "认领群 " + made: "%不用认领%", "认领群 那个": "%请写上群编号%",
		} {
			w.hear(w.said(h[0], r, text))
			w.last(want)
		}
		if w.group(r) != made || w.count(`SELECT COUNT(*) FROM confirmations`) != 0 {
			t.Error("it was claimed")
		}
	})
}

func TestAClaimCannotBeUndoneInAnotherLogin(t *testing.T) {
	w := newChatApp(t, "sqlite")
	r, h, _, group := lost(t, w)
	w.hear(w.said(h[0], r, "认领群 "+group))
	w.hear(w.said(h[0], r, "确认 "+confirmCode.FindString(w.last("%要把这里认作%"))))
	done := w.last("%之前的记录都接上了%")
	w.login()
	if w.group(r) != group {
		t.Fatalf("after a login the chat is %s, want %s", w.group(r), group)
	}
	w.hear(w.said(h[0], nil, "撤销 "+undoCode.FindString(done)))
	w.last("%不能再撤销这一次%")
}

func TestNobodyIsAnsweredWhereTheBotIsSilent(t *testing.T) {
	w := newChatApp(t, "sqlite", func(o *community.Options) { o.Adopt = nil })
	h := people(4, "p")
	r := w.room("甲群", "小助手·G1", h...)
	w.login()
	w.hear(w.said(h[0], r, "确认 1234"), w.said(h[0], r, "确认"))
	if n := w.count(`SELECT COUNT(*) FROM outbox`); n != 0 {
		t.Errorf("%d answers", n)
	}
}

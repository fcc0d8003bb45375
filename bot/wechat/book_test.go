package wechat

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// change is an entry of ModContactList: the group with everybody in it.
func change(names ...string) []rawContact { return []rawContact{roomWith(people(names...))} }

func TestTheFirstListIsEverybodyAndNoNews(t *testing.T) {
	b := newBook(rawContact{UserName: me, NickName: "小助手"}, "s1", start)
	b.contacts([]rawContact{{UserName: user(1), NickName: "小明", RemarkName: "王工", AttrStatus: 9}, {UserName: group, NickName: "大群", MemberCount: 3,
		MemberList: []rawMember{{UserName: user(1)}}}})
	if got := b.groups(); !slices.Equal(got, []string{group}) {
		t.Errorf("groups: %q", got)
	}
	a := syncAnswer{AddMsgList: []rawMessage{inRoom(1, typeText, user(1), "x")}}
	if got := b.unknown(a); !slices.Equal(got, []string{group}) {
		t.Errorf("unknown: %q", got)
	}
	events := b.room(roomWith(people(`小<span class="emoji emoji1f604"></span>明|A&lt;B`, "小红|小红")), start.Add(time.Second))
	if len(events) != 1 {
		t.Fatalf("events: %s", brief(events))
	}
	want := []bot.Person{
		{User: bot.UserID(user(1)), Name: "小😄明", Display: "A<B", Remark: "王工", Attr: "100", Friend: true},
		{User: bot.UserID(user(2)), Name: "小红", Attr: "101"},
		{User: me, Name: "小助手", Display: "小助手·G07", Self: true},
	}
	ev := events[0]
	if ev.Kind != bot.MembersSeen || ev.BotName != "小助手·G07" || ev.ChatName != "大群&朋友" || !reflect.DeepEqual(ev.Members, want) {
		t.Errorf("got  %+v\nwant %+v", ev, want)
	}
	if len(b.unknown(a)) != 0 || len(b.stale(a, start)) != 0 {
		t.Error("a list that was read a moment ago is asked for")
	}
	if !b.knows(user(2)) || !b.knows(group) || !b.knows(me) || b.knows("@@other") || b.knows("") {
		t.Error("names of the login are not told apart from others")
	}
	names := b.called(bot.Outgoing{Route: bot.Route{Chat: group}, Mentions: []bot.Person{{User: bot.UserID(user(1))}, {User: "@gone"}}})
	if len(names) != 1 || names[bot.UserID(user(1))] != "A<B" {
		t.Errorf("called %v", names)
	}
}

func TestAListThatIsReadAgain(t *testing.T) {
	b := known("小明", "小红", "小刚")
	later := start.Add(time.Minute)
	same := b.room(roomWith(people("小明", "小红", "小刚")), later)
	again := b.room(roomWith(people("小明", "小红", "小刚")), later.Add(time.Minute))
	if brief(same) != "members_seen 4" || same[0].ID != again[0].ID {
		t.Errorf("a list that is as before is told as something new: %s, then %s", same[0].ID, again[0].ID)
	}
	list := people("明明", "小红|红红", "小刚", "新人")
	list = slices.DeleteFunc(list, func(m rawMember) bool { return m.UserName == user(3) })
	events := b.room(roomWith(list), later)
	if got := brief(events); got != "renamed 明明; renamed 红红; members_seen 4; left 小刚" {
		t.Errorf("changes: %s", got)
	}
	if got := b.old(later.Add(lineWait), time.Hour); !slices.Equal(got, []string{group}) {
		t.Errorf("nobody asks again for the group where somebody is new: %q", got)
	}
	if got := brief(b.room(roomWith(list), later.Add(lineWait))); got != "members_seen 4; joined 新人" {
		t.Errorf("somebody no line has spoken of: %s", got)
	}
	if got := brief(b.room(roomWith(list), later.Add(time.Hour))); got != "members_seen 4" {
		t.Errorf("told again: %s", got)
	}
	back := b.room(roomWith(append(list, rawMember{UserName: user(3), NickName: "小刚"})), later.Add(2*time.Hour))
	left := b.room(roomWith(list), later.Add(3*time.Hour))
	if brief(back) != "members_seen 5" || brief(left) != "members_seen 4; joined 小刚; left 小刚" && brief(left) != "joined 小刚; members_seen 4; left 小刚" {
		t.Errorf("somebody who is back, then gone: %s, then %s", brief(back), brief(left))
	}
	if left[len(left)-1].ID == events[len(events)-1].ID {
		t.Error("leaving twice is one event")
	}
	if got := b.old(later.Add(4*time.Hour), time.Hour); len(got) != 1 {
		t.Errorf("old: %q", got)
	}
}

func TestAListToBeDoubtedMakesNobodyLeave(t *testing.T) {
	for name, c := range map[string]rawContact{
		"a part":          {UserName: group, MemberCount: 4, MemberList: people("小明")[:1]},
		"without the bot": {UserName: group, MemberCount: 1, MemberList: people("小明")[:1]},
		"empty":           {UserName: group, MemberCount: 0},
	} {
		b := known("小明", "小红", "小刚")
		for _, ev := range append(b.room(c, start), hear(t, b, start, syncAnswer{ModContactList: []rawContact{c}})...) {
			if ev.Kind == bot.Left || ev.ChatName != "大群&朋友" {
				t.Errorf("%s: %+v", name, ev)
			}
		}
	}
}

// A list that was read for an answer, and the answer's own, must lead to the same.
func TestWhoJoinedIsFoundByDifference(t *testing.T) {
	before := []string{"小明", "同名", "A", "You"}
	cases := []struct {
		name  string
		lines []string
		after []string
		want  string
	}{
		{"invited", []string{`"小明"邀请"新人"加入了群聊`}, []string{"新人"}, "joined 新人 by 小明"},
		{"in English", []string{`小明 invited 新人 to the group chat`}, []string{"新人"}, "joined 新人 by 小明"},
		{"by the bot", []string{`你邀请"新人"加入了群聊  `}, []string{"新人"}, "joined 新人 by me"},
		{"in English by the bot, where somebody is called You", []string{`You invited 新人 to the group chat`}, []string{"新人"}, "joined 新人 by me"},
		{"by a code", []string{`" 新人"通过扫描"小明"分享的二维码加入群聊`}, []string{"新人"}, "joined 新人 by 小明"},
		{"by a code of the bot", []string{`"新人"通过扫描你分享的二维码加入群聊`}, []string{"新人"}, "joined 新人 by me"},
		{"in English by a code", []string{`"新人" joined the group chat via the QR Code shared by "小明"`}, []string{"新人"}, "joined 新人 by 小明"},
		{"together with the bot", []string{`"小明"邀请你和"新人"加入了群聊`}, []string{"新人"}, "joined 新人 by 小明"},
		{"two at once", []string{`"小明"邀请"甲、乙"加入了群聊`}, []string{"甲", "乙"}, "joined 甲 by 小明; joined 乙 by 小明"},
		{"whose name lists names", []string{`"小明"邀请"甲、乙、丙"加入了群聊`}, []string{"甲、乙", "丙"}, "joined 甲、乙 by 小明; joined 丙 by 小明"},
		{"whose name has quotes", []string{`"小明"邀请"x"邀请"y"加入了群聊`}, []string{`x"邀请"y`}, `joined x"邀请"y by 小明`},
		{"who is called as somebody here", []string{`"小明"邀请"同名"加入了群聊`}, []string{"同名"}, "joined 同名 by 小明"},
		{"two of one name", []string{`"小明"邀请"双、双"加入了群聊`}, []string{"双", "双"}, "joined 双 by 小明; joined 双 by 小明"},
		{"under a name that is not seen", []string{`"小明"邀请"另一个名字"加入了群聊`}, []string{"新人"}, "joined 新人 by 小明"},
		{"two lines", []string{`"小明"邀请"甲"加入了群聊`, `"A"邀请"乙"加入了群聊`}, []string{"乙", "甲"}, "joined 甲 by 小明; joined 乙 by A"},
		{"by somebody whose name two have", []string{`"同名"邀请"甲"加入了群聊`}, []string{"甲", "同名"}, "joined 甲"},
		{"and one more without a line", []string{`"小明"邀请"甲"加入了群聊`}, []string{"甲", "乙"}, "joined 甲 by 小明"},
	}
	answer := func(lines []string) (a syncAnswer) {
		for i, l := range lines {
			a.AddMsgList = append(a.AddMsgList, system(i+1, l))
		}
		return a
	}
	at := start.Add(time.Minute)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			after := append(slices.Clone(before), c.after...)
			check := func(how string, events []bot.Event) {
				t.Helper()
				events = slices.DeleteFunc(events, func(ev bot.Event) bool { return ev.Kind == bot.MembersSeen })
				if got := brief(events); got != c.want {
					t.Errorf("%s: %s, want %s", how, got, c.want)
				}
				for _, ev := range events {
					if !strings.HasSuffix(ev.ID, "/"+string(ev.From.User)) || !ev.At.Before(at) {
						t.Errorf("%s: %s at %s is not the line's", how, ev.ID, ev.At)
					}
				}
			}
			a := answer(c.lines)
			b := known(before...)
			if got := b.stale(a, at); !slices.Equal(got, []string{group}) {
				t.Fatalf("stale: %q", got)
			}
			if got := b.stale(a, at.Add(time.Second)); len(got) != 0 {
				t.Errorf("asked again at once: %q", got)
			}
			check("read for the answer", append(b.room(roomWith(people(after...)), at), hear(t, b, at, a)...))

			b = known(before...)
			with := a
			with.ModContactList = change(after...)
			if got := b.stale(with, at); len(got) != 0 {
				t.Errorf("asked for what the answer brings: %q", got)
			}
			check("in the answer", hear(t, b, at, with))

			b = known(before...)
			check("the list first", append(hear(t, b, at, syncAnswer{ModContactList: change(after...)}), hear(t, b, at, a)...))

			if c.name == "under a name that is not seen" {
				return // such a line explains nothing later
			}
			b = known(before...)
			check("the line first", append(hear(t, b, start.Add(3*time.Second), a), b.room(roomWith(people(after...)), at)...))
			if got := brief(hear(t, b, at, a)); got != "" {
				t.Errorf("told twice: %s", got)
			}
		})
	}
}

func TestALineMakesNobodyJoinWhoWasThere(t *testing.T) {
	b := known("小明", "小红")
	at := start.Add(10 * time.Minute)
	line := inRoom(600, typeSystem, "", `"小明"邀请"小红"加入了群聊`)
	if got := brief(hear(t, b, at, syncAnswer{AddMsgList: []rawMessage{line}})); got != "" {
		t.Errorf("before the list is read: %s", got)
	}
	if got := brief(b.room(roomWith(people("小明", "小红")), at)); got != "members_seen 3" {
		t.Errorf("after: %s", got)
	}
	old := system(-1, `"小明"邀请"小红"加入了群聊`) // before the first list, so it may be true
	if got := brief(hear(t, known("小明", "小红"), at, syncAnswer{AddMsgList: []rawMessage{old}})); got != "joined 小红 by 小明" {
		t.Errorf("an old line: %s", got)
	}
	late := newBook(rawContact{UserName: me}, "s1", start) // whose clock is behind
	for _, name := range late.unknown(syncAnswer{AddMsgList: []rawMessage{line}}) {
		late.room(roomWith(people("小明", "小红")), start)
		if name != group {
			t.Errorf("unknown: %s", name)
		}
	}
	if got := brief(hear(t, late, at, syncAnswer{AddMsgList: []rawMessage{line}})); got != "joined 小红 by 小明" {
		t.Errorf("the line with which the group became known: %s", got)
	}
	again := inRoom(-2, typeSystem, "", `"小明"邀请"小红"加入了群聊`)
	if got := brief(hear(t, known("小明", "小红"), at, syncAnswer{AddMsgList: []rawMessage{again, old}})); got != "joined 小红 by 小明" {
		t.Errorf("two old lines: %s", got)
	}
	late = newBook(rawContact{UserName: me}, "s1", start)
	if got := brief(hear(t, late, start, syncAnswer{ModContactList: change("小明", "小红"), AddMsgList: []rawMessage{line}})); got != "members_seen 3; joined 小红 by 小明" {
		t.Errorf("the answer with which the group became known: %s", got)
	}
	line.Content = `"小红"邀请"小明"加入了群聊`
	if got := brief(hear(t, late, start, syncAnswer{AddMsgList: []rawMessage{line}})); got != "" {
		t.Errorf("the next answer: %s", got)
	}
	if got := brief(hear(t, known("小明", "小红", "小红"), at, syncAnswer{AddMsgList: []rawMessage{old}})); got != "" {
		t.Errorf("an old line about one of two: %s", got)
	}
}

func TestWhoSpeaksHasJoinedBefore(t *testing.T) {
	b := known("小明")
	a := syncAnswer{ModContactList: change("小明", "新人"), AddMsgList: []rawMessage{inRoom(5, typeText, user(2), "大家好")}}
	events := hear(t, b, start.Add(time.Minute), a)
	if got := brief(events); got != "joined 新人; message 新人: 大家好" || events[1].At.Before(events[0].At) {
		t.Errorf("got %s", got)
	}
	if got := brief(hear(t, b, start.Add(time.Minute), syncAnswer{AddMsgList: []rawMessage{system(6, `"小明"邀请"新人"加入了群聊`)}})); got != "" {
		t.Errorf("told twice: %s", got)
	}
}

func TestWhoLeft(t *testing.T) {
	kick := syncAnswer{AddMsgList: []rawMessage{system(70, `你将"同名"移出了群聊`)}}
	rest := people("小明", "同名")
	rest = slices.DeleteFunc(append(rest, rawMember{UserName: user(3), NickName: "同名"}), func(m rawMember) bool { return m.UserName == user(2) })
	at := start.Add(2 * time.Minute)
	b := known("小明", "同名", "同名")
	list := syncAnswer{ModContactList: []rawContact{roomWith(rest)}}
	events := hear(t, b, at, list)
	if got := brief(events); got != "left 同名" || events[0].From.User != bot.UserID(user(2)) {
		t.Errorf("silently: %s", got)
	}
	if got := brief(hear(t, b, at, kick)); got != "" {
		t.Errorf("told twice: %s", got)
	}

	b = known("小明", "同名", "同名")
	both := kick
	both.ModContactList = list.ModContactList
	events = hear(t, b, at, both)
	if got := brief(events); got != "left 同名 by me" || events[0].ID != "wechat/70/"+user(2) {
		t.Errorf("with a line: %s", got)
	}

	b = known("小明", "同名", "同名")
	b.stale(kick, at)
	if got := brief(append(b.room(roomWith(rest), at), hear(t, b, at, kick)...)); got != "members_seen 3; left 同名 by me" {
		t.Errorf("read for the line: %s", got)
	}

	b = known("小明", "同名", "同名")
	if got := brief(append(hear(t, b, at, kick), b.room(roomWith(rest), at.Add(time.Minute))...)); got != "left 同名 by me; members_seen 3" && got != "members_seen 3; left 同名 by me" {
		t.Errorf("the line first: %s", got)
	}
}

func TestWhoWasThrownOutLeftOnce(t *testing.T) {
	at := start.Add(2 * time.Minute)
	without := func(list []rawMember, gone ...int) rawContact {
		return roomWith(slices.DeleteFunc(list, func(m rawMember) bool {
			return slices.ContainsFunc(gone, func(n int) bool { return m.UserName == user(n) })
		}))
	}
	names := []string{"小明", "小红", "同名", "同名"}
	b := known(names...)
	kick := syncAnswer{AddMsgList: []rawMessage{system(70, `你将"小红"移出了群聊`)}}
	if got := brief(hear(t, b, at, kick)); got != "left 小红 by me" {
		t.Errorf("while they are still listed: %s", got)
	}
	if got := brief(b.room(without(people(names...), 2), at)); got != "members_seen 4" {
		t.Errorf("told twice: %s", got)
	}

	b = known(names...)
	b.room(without(people(names...), 3), at)
	hear(t, b, at, syncAnswer{AddMsgList: []rawMessage{system(70, `你将"同名"移出了群聊`)}})
	events := b.room(without(people(names...), 3, 4), at.Add(time.Minute))
	if got := brief(events); got != "members_seen 3; left 同名" {
		t.Errorf("a namesake who left by themselves: %s", got)
	}
}

func TestAListReadForAnAnswerWaitsForThatAnswerOnly(t *testing.T) {
	b := known("小明", "小红", "小刚")
	a := syncAnswer{AddMsgList: []rawMessage{inRoom(1, typeText, user(9), "x")}}
	b.stale(a, start)
	if got := brief(b.room(roomWith(people("小明", "小红")), start)); got != "members_seen 3" {
		t.Errorf("before the answer: %s", got)
	}
	if got := brief(hear(t, b, start, a)); got != "message : x; left 小刚" {
		t.Errorf("the answer: %s", got)
	}
	if got := brief(b.room(roomWith(people("小明")), start)); got != "members_seen 2; left 小红" {
		t.Errorf("after it: %s", got)
	}
}

func TestTheBotIsThrownOut(t *testing.T) {
	gone := []rawContact{{UserName: group}}
	line := []rawMessage{system(80, `你被"小明"移出群聊`)}
	for want, a := range map[string]syncAnswer{
		"left me by 小明": {AddMsgList: line, DelContactList: gone},
		"left me":       {DelContactList: gone},
	} {
		b := known("小明")
		events := hear(t, b, start, a)
		if got := brief(events); got != want || events[0].Chat != group {
			t.Errorf("got %s, want %s", got, want)
		}
		if b.knows(group) || len(b.groups()) != 0 {
			t.Error("the group is still known")
		}
		if got := brief(hear(t, b, start, a)); a.AddMsgList == nil && got != "" {
			t.Errorf("told twice: %s", got)
		}
	}
}

func TestNamesFollow(t *testing.T) {
	b := known("小明")
	a := syncAnswer{AddMsgList: []rawMessage{inRoom(1, typeText, user(1), "一"), system(2, `"小明"修改群名为“围炉 &amp; 火”`), inRoom(3, typeText, user(1), "二")}}
	events := hear(t, b, start, a)
	if len(events) != 2 || events[0].ChatName != "大群&朋友" || events[1].ChatName != "围炉 & 火" {
		t.Errorf("group: %+v", events)
	}
	mod := syncAnswer{ModContactList: change("明明")}
	mod.ModContactList[0].MemberList[1].DisplayName = "围炉"
	mod.AddMsgList = []rawMessage{inRoom(4, typeText, user(1), "三")}
	events = hear(t, b, start, mod)
	if got := brief(events); got != "renamed 明明; message 明明: 三" || events[1].BotName != "围炉" {
		t.Errorf("members: %s, the bot is called %q", got, events[1].BotName)
	}
	b.contacts(nil)
	hear(t, b, start, syncAnswer{ModContactList: []rawContact{{UserName: user(1), NickName: "明明", RemarkName: "王工"}}})
	if ev := said(t, b, inRoom(5, typeText, user(1), "四")); ev.From.Remark != "王工" {
		t.Errorf("a remark: %+v", ev.From)
	}
	hear(t, b, start, syncAnswer{DelContactList: []rawContact{{UserName: user(1)}}})
	if ev := said(t, b, inRoom(6, typeText, user(1), "五")); ev.From.Remark != "" {
		t.Errorf("no friend any more: %+v", ev.From)
	}
}

func TestTalkersWhoAreNotKnownAreAskedForSometimes(t *testing.T) {
	b := known("小明")
	a := syncAnswer{AddMsgList: []rawMessage{inRoom(1, typeText, user(9), "x")}}
	asked := 0
	for i := range 60 {
		asked += len(b.stale(a, start.Add(time.Duration(i)*time.Second)))
	}
	if asked != 2 {
		t.Errorf("asked %d times in a minute", asked)
	}
	b = known("小明")
	hear(t, b, start, syncAnswer{AddMsgList: []rawMessage{system(5, `"小明"邀请"新人"加入了群聊`)}})
	a = syncAnswer{AddMsgList: []rawMessage{inRoom(40, typeText, user(1), "x")}}
	if got := b.stale(a, start.Add(40*time.Second)); len(got) != 1 {
		t.Error("a line that no list has explained is forgotten")
	}
	b.room(rawContact{UserName: "@@empty"}, start) // was asked for in vain
	a = syncAnswer{AddMsgList: []rawMessage{{FromUserName: "@@empty", MsgType: 1, Content: "@x:<br/>y"}}}
	if len(b.unknown(a)) != 0 || !slices.Equal(b.stale(a, start), []string{"@@empty"}) || len(b.stale(a, start.Add(time.Second))) != 0 {
		t.Error("a group without a list is asked for at every message, or never")
	}
}

// A list that is read while an answer is being delivered is newer than what the answer brought.
func TestALaterListIsNotOverwritten(t *testing.T) {
	b := known("小明", "小红")
	a := syncAnswer{ModContactList: change("小明", "小红", "甲"), AddMsgList: []rawMessage{system(1, `"小明"邀请"甲"加入了群聊`)}}
	events, commit := b.translate(a, start)
	b.room(roomWith(people("小明", "小红", "甲", "乙")), start)
	commit()
	if got := brief(events); got != "joined 甲 by 小明" {
		t.Errorf("got %s", got)
	}
	if got := brief(hear(t, b, start.Add(time.Minute), syncAnswer{})); got != "joined 乙" {
		t.Errorf("after it: %s", got)
	}
}

package community_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// onEach runs fn on a chat app of each engine.
func onEach(t *testing.T, fn func(t *testing.T, w *chatApp)) {
	t.Helper()
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { fn(t, newChatApp(t, dialect)) })
	}
}

func TestANamesakeWhoReplacesALeaverIsBoundWeaklyAndRolesSleep(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		r := w.room("群", "小助手·G1", all...)
		w.login()
		before := w.bond(all[0])
		if !before.Strong {
			t.Errorf("who is first seen is nobody else: %+v", before)
		}
		w.appoint(before.MemberID, bot.Manager)

		namesake := &human{key: "namesake", nick: all[0].nick, attr: all[0].attr}
		r.people[0] = namesake
		w.login()
		w.is(namesake, before.MemberID, community.ByWhole)
		if w.bond(namesake).Strong || w.mayEnable(namesake, r) {
			t.Error("the roles of a leaver work for a namesake")
		}

		// The operator knows the namesake by this name; that says nothing about who was there before.
		namesake.remark = "张三"
		w.hear(w.list(r))
		w.login()
		w.is(namesake, before.MemberID, community.ByRemark)
		if w.bond(namesake).Strong || w.mayEnable(namesake, r) {
			t.Error("a remark that was given on weak evidence woke the roles")
		}
		w.appoint(before.MemberID, bot.Manager)
		if !w.bond(namesake).Strong || !w.mayEnable(namesake, r) {
			t.Error("an owner's word does not work in the login in which it was given")
		}
	})
}

func TestRolesSleepOnTheWholeKeyAndWakeWithARemark(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		all[1].remark = "店长"
		r := w.room("群", "小助手·G1", all...)
		w.login()
		one, two := w.bond(all[0]).MemberID, w.bond(all[1]).MemberID
		w.appoint(one, bot.Manager)
		w.appoint(two, bot.Manager)
		all[1].nick, r.display[all[1]] = "改名", "新店长"
		w.login()
		w.is(all[0], one, community.ByWhole)
		w.is(all[1], two, community.ByRemark)
		if w.mayEnable(all[0], r) {
			t.Error("a role works on weak evidence")
		}
		if !w.mayEnable(all[1], r) {
			t.Error("a role sleeps in spite of the remark")
		}
	})
}

func TestTwoWithOneTagAreBothProvisional(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		r := w.room("群", "小助手·G1", all...)
		for i, h := range all {
			r.display[h] = fmt.Sprintf("%s#%d", h.nick, i)
		}
		w.login()
		two, three := w.bond(all[2]).MemberID, w.bond(all[3]).MemberID
		r.display[all[3]] = "抄来的＃０００2"
		w.login()
		w.waits(all[2], two, three)
		w.waits(all[3], two, three)
		w.is(all[4], w.bond(all[4]).MemberID, community.ByTag)
	})
}

func TestTwoWithOneRemarkAreBothProvisional(t *testing.T) {
	w := newChatApp(t, "sqlite")
	all := people(6, "p")
	all[2].remark = "老李"
	w.room("群", "小助手·G1", all[:4]...)
	w.room("群二", "小助手·G2", all[3:]...)
	w.login()
	two, five := w.bond(all[2]).MemberID, w.bond(all[5]).MemberID
	all[5].remark = "老李" // in another group
	w.login()
	w.waits(all[2], two, five)
	w.waits(all[5], two, five)
}

func TestANickAloneNeverBinds(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		r := w.room("群", "小助手·G1", all...)
		r.display[all[0]] = "班长"
		w.login()
		leaver := w.bond(all[0]).MemberID
		r.people = r.people[1:]
		guest := &human{key: "guest", nick: all[0].nick, attr: all[0].attr}
		r.people = append(r.people, guest)
		w.login()
		id := w.waits(guest, leaver)
		if got := w.candidates(id); !slices.Equal(got, []string{leaver}) {
			t.Errorf("candidates %v, want %s", got, leaver)
		}
	})
}

func TestWhoeverContradictsInAnotherGroupIsProvisional(t *testing.T) {
	w := newChatApp(t, "sqlite")
	a, b := &human{key: "a", nick: "甲", attr: "1"}, &human{key: "b", nick: "乙", attr: "1"}
	others := people(4, "p")
	one := w.room("群一", "小助手·G1", append([]*human{a}, others...)...)
	two := w.room("群二", "小助手·G2", append([]*human{b}, others...)...)
	one.display[a], two.display[b] = "小甲#7", "小乙#8"
	w.login()
	was := []string{w.bond(a).MemberID, w.bond(b).MemberID}
	both := &human{key: "both", nick: "丙", attr: "1"}
	one.people[0], two.people[0] = both, both
	one.display[both], two.display[both] = "x#7", "y#8"
	w.login()
	w.waits(both, was...)
	for _, h := range others {
		if b := w.bond(h); b.Rule != string(community.ByWhole) {
			t.Errorf("%s is %+v", h.key, b)
		}
	}
}

func TestNobodyIsTwoUsersAndNobodyHasTwoTags(t *testing.T) {
	w := newChatApp(t, "sqlite")
	one := w.room("群一", "小助手·G1", people(4, "p")...)
	two := w.room("群二", "小助手·G2", people(4, "q")...)
	split, tagged := &human{key: "split", nick: "甲", attr: "1"}, &human{key: "tagged", nick: "乙", attr: "1"}
	for _, r := range w.rooms {
		r.people = append(r.people, split, tagged)
	}
	one.display[split], two.display[split] = "一甲", "二甲"
	two.display[tagged] = "乙#5"
	w.login()
	was := []string{w.bond(split).MemberID, w.bond(tagged).MemberID}

	// One took the name of the first in one group, another in the other.
	a, b := &human{key: "a", nick: "甲", attr: "1"}, &human{key: "b", nick: "甲", attr: "1"}
	one.people[4], two.people[4] = a, b
	one.display[a], two.display[b] = "一甲", "二甲"
	two.display[tagged] = "乙#6"
	w.login()
	for _, h := range []*human{a, b, tagged} {
		w.waits(h, was...)
	}
}

func TestAProvisionalMemberIsRecognisedWhenARemarkOrATagIsSet(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		r := w.room("群", "小助手·G1", all...)
		r.display[all[0]], all[1].remark = "小零#10", "老一"
		w.login()
		zero, one := w.bond(all[0]).MemberID, w.bond(all[1]).MemberID
		all[0].nick, r.display[all[0]] = "换", ""
		all[1].nick, all[1].remark = "换名", ""
		all[2].remark = "别人" // remarks are told, so one that is gone says something
		w.login()
		w.waits(all[0], zero)
		w.waits(all[1], one)
		w.hear(w.said(all[0], r, "你好"), w.said(all[1], r, "你好"))

		r.display[all[0]] = "换 #10"
		w.hear(w.said(all[0], r, "我是10号")) // a message shows it
		all[1].remark = "老一"
		w.hear(w.list(r)) // a list shows it
		w.is(all[0], zero, community.ByTag)
		w.is(all[1], one, community.ByRemark)
		if w.bond(all[0]).Strong || !w.bond(all[1]).Strong {
			t.Errorf("a tag is weak and a remark is strong: %+v %+v", w.bond(all[0]), w.bond(all[1]))
		}
		w.login()
		w.is(all[0], zero, community.ByTag)
		w.is(all[1], one, community.ByRemark)
	})
}

func TestRenamesOfALoginAreFollowed(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		r := w.room("群", "小助手·G1", all...)
		w.login()
		zero, one := w.bond(all[0]).MemberID, w.bond(all[1]).MemberID
		all[0].nick = "改过了"
		w.hear(w.list(r))
		r.display[all[1]] = "也改了"
		w.hear(w.said(all[1], r, "看我的新名字"))
		w.login()
		w.is(all[0], zero, community.ByWhole)
		w.is(all[1], one, community.ByWhole)
	})
}

func TestWhoComesWhileWeWatchIsNew(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		all[1].remark = "老一"
		r := w.room("群", "小助手·G1", all...)
		r.display[all[2]] = "二#2"
		w.login()
		left := map[*human]string{}
		for _, h := range all[:4] {
			left[h] = w.bond(h).MemberID
		}
		r.people = all[4:]
		w.hear(w.list(r))
		if n := w.count(`SELECT COUNT(*) FROM stays WHERE left_at > 0`); n != 4 {
			t.Errorf("%d have left, want 4", n)
		}
		w.login()
		back := &human{key: "back", nick: all[0].nick, attr: all[0].attr} // the whole key of somebody who left
		remark := &human{key: "remark", nick: "新", attr: "a", remark: "老一"}
		tag := &human{key: "tag", nick: "新", attr: "b"}
		half := &human{key: "half", nick: all[3].nick, attr: "different"}
		r.display[tag] = "谁#2"
		r.people = append(r.people, back, remark, tag, half)
		w.hear(w.list(r))
		w.waits(back, left[all[0]])
		w.is(remark, left[all[1]], community.ByRemark)
		w.is(tag, left[all[2]], community.ByTag)
		if b := w.bond(half); b.Rule != string(community.ByArrival) || b.Provisional != 0 || !b.Strong {
			t.Errorf("a newcomer is %+v", b)
		}
		w.hear(w.said(&human{key: "unlisted", nick: "路人"}, r, "我还不在名单上"))
		if b := w.bond(&human{key: "unlisted"}); b.Rule != string(community.ByArrival) {
			t.Errorf("who speaks before a list shows them is %+v", b)
		}
	})
}

func TestANewAccountWithoutRemarksFindsPeopleByTheirWholeKeys(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(10, "p")
		for i, h := range all[:5] {
			h.remark = fmt.Sprint("备注", i)
		}
		r := w.room("群", "小助手·G1", all...)
		r.display[all[9]] = "九#9"
		w.login()
		was := map[*human]string{}
		for _, h := range all {
			was[h] = w.bond(h).MemberID
		}
		for _, h := range all {
			h.remark = ""
		}
		all[9].nick = "新九"
		all[7].remark = "备注1" // the new account gives remarks of its own
		w.account = "uin2"
		w.login()
		for _, h := range all[:9] {
			w.is(h, was[h], community.ByWhole)
		}
		w.is(all[9], was[all[9]], community.ByTag)
	})
}

func TestWhoIsNotRecognisedIsSettledAfterAMonth(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(6, "p")
		w.room("群", "小助手·G1", all...)
		w.login()
		zero := w.bond(all[0]).MemberID
		all[0].nick = "全新的名字"
		w.login()
		id := w.waits(all[0], zero)
		w.pass(29 * 24 * time.Hour)
		w.waits(all[0], zero)
		if n := w.count(`SELECT COUNT(*) FROM stays WHERE left_at > 0`); n != 0 {
			t.Errorf("%d are thought to have left too early", n)
		}
		w.pass(3 * 24 * time.Hour)
		if b := w.bond(all[0]); b.MemberID != id || b.Provisional != 0 {
			t.Errorf("got %+v", b)
		}
		if n := w.count(`SELECT COUNT(*) FROM stays WHERE member_id = ? AND left_at > 0`, zero); n != 1 {
			t.Error("a ghost is still in the group")
		}
	})
}

func TestAProcessThatStartsAgainInALoginKnowsEverybody(t *testing.T) {
	w := newChatApp(t, "sqlite")
	all := people(6, "p")
	r := w.room("群", "小助手·G1", all...)
	w.login()
	w.login()
	was := w.bond(all[0])
	w.open(w.DB)
	w.hear(w.list(r), w.said(all[0], r, "又见面了"))
	if b := w.bond(all[0]); b != was {
		t.Errorf("was %+v, is %+v", was, b)
	}
	if n := w.count(`SELECT COUNT(*) FROM members`); n != 6 {
		t.Errorf("%d members", n)
	}
}

func TestAHostileListHarmsNobody(t *testing.T) {
	w := newChatApp(t, "sqlite")
	all := people(12, "p")
	r := w.room("群", "小助手·G1", all...)
	w.login()
	w.login()
	zero := w.bond(all[0])
	ev := w.list(r)
	long := strings.Repeat("长", 10_000)
	ev.Members = append(ev.Members, ev.Members[1], bot.Person{User: w.user(all[0]), Name: long}, bot.Person{Name: "nobody"},
		bot.Person{User: "@x", Name: "\x00\u202e\xff#1", Display: long + "#1"}, bot.Person{User: "@y"})
	w.hear(ev)
	if b := w.bond(all[0]); b != zero {
		t.Errorf("was %+v, is %+v", zero, b)
	}
	empty := w.list(r)
	empty.Members = nil
	half := w.list(r)
	half.Members = half.Members[:1]
	short := w.list(r)
	short.Members = short.Members[:2]
	w.hear(empty, half, short) // what an app tells while it has trouble
	if n := w.count(`SELECT COUNT(*) FROM stays WHERE left_at > 0 AND member_id <> (SELECT member_id FROM bindings WHERE user_id = '@y')`); n != 0 {
		t.Errorf("%d are thought to have left", n)
	}
	w.login()
	w.is(all[5], w.bond(all[5]).MemberID, community.ByWhole)
}

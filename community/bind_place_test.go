package community_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestTheCodeOfAGroup(t *testing.T) {
	for name, want := range map[string]string{
		"小助手·G07": "G7", "小助手•g7": "G7", "小助手#Ｇ０12": "G12", "小助手－G3": "G3", "小助手 · G 3": "", "小助手-G1-G2": "G2",
		"小助手·G007（值班）": "G7", "小助手": "", "G07": "", "小助手G07": "", "小助手·G07x": "", "小助手·Go7": "", "小助手·G": "",
		"小助手·G12345678": "", "小助手·G00": "G0", "·g1": "G1", "": "",
	} {
		if got := community.GroupCode(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestTheTagOfAName(t *testing.T) {
	for display, want := range map[string]string{
		"名字#12": "12", "名字＃００12": "12", "名字 # 7": "7", "名字#": "", "#5": "5", "名字#12号": "", "名字12": "", "a#1#2": "2",
		"名字#1234567890": "", "名字#0": "0", "": "",
	} {
		if got := (community.Trait{Display: display}).Tag(); got != want {
			t.Errorf("%q: got %q, want %q", display, got, want)
		}
	}
	if got := (community.Trait{Nick: "名字#3"}).Tag(); got != "" {
		t.Errorf("a nickname has the tag %q", got)
	}
}

func TestAGroupIsFoundByItsCodeWhateverElseChanges(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		one, two := w.room("甲群", "小助手·G1", people(5, "p")...), w.room("乙群", "小助手·G2", people(5, "q")...)
		w.login()
		g1, g2 := w.group(one), w.group(two)
		one.name, two.name = "改了名", "甲群"
		one.bot, two.bot = "新助手#g01", "新助手·Ｇ02"
		one.people, two.people = people(4, "x"), people(5, "p") // and nobody stayed
		w.login()
		if w.group(one) != g1 || w.group(two) != g2 {
			t.Errorf("got %s and %s, want %s and %s", w.group(one), w.group(two), g1, g2)
		}
		three := w.room("丙群", "小助手·G3", people(5, "p")...) // an unknown code is a new group, whoever is in it
		w.login()
		if g := w.group(three); g == g1 || g == g2 || w.count(`SELECT COUNT(*) FROM groups WHERE id = ? AND code = 'G3'`, g) != 1 {
			t.Errorf("got %s", g)
		}
	})
}

func TestAGroupWithoutACodeIsFoundByItsMembers(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		one, two := w.room("甲群", "", people(10, "p")...), w.room("乙群", "", people(10, "q")...)
		w.login()
		g1, g2 := w.group(one), w.group(two)
		one.name, two.name = "乙群", "甲群" // names say nothing against the members
		for _, h := range one.people[:3] {
			h.nick += "改"
		}
		w.login()
		if w.group(one) != g1 || w.group(two) != g2 {
			t.Errorf("got %s and %s, want %s and %s", w.group(one), w.group(two), g1, g2)
		}
		// With fewer the name must be the same too.
		for _, h := range one.people[3:8] {
			h.nick += "改"
		}
		w.login()
		if w.group(one) != g1 {
			t.Error("half of the members and the name were not enough")
		}
		for _, h := range one.people[:5] {
			h.nick += "再改"
		}
		one.name = "新名"
		w.login()
		g := w.group(one)
		if g == g1 || w.count(`SELECT COUNT(*) FROM group_candidates WHERE group_id = ? AND candidate_id = ?`, g, g1) != 1 {
			t.Errorf("got %s, which may be %s", g, g1)
		}
		if w.group(two) != g2 {
			t.Errorf("got %s, want %s", w.group(two), g2)
		}
	})
}

func TestTwoChatsOfTheSamePeopleAreNeitherTheGroup(t *testing.T) {
	w := newChatApp(t, "sqlite")
	one := w.room("甲群", "", people(10, "p")...)
	w.login()
	g1 := w.group(one)
	two := w.room("核心群", "", one.people[:8]...) // made while the bot was away
	w.login()
	if w.group(one) == g1 || w.group(two) == g1 || w.group(one) == w.group(two) {
		t.Errorf("got %s and %s", w.group(one), w.group(two))
	}
	unsure := must(community.UnsureGroups(t.Context(), w.DB))(t)
	if len(unsure) != 2 || string(unsure[0].Candidate) != g1 || unsure[0].Share < 0.8 {
		t.Errorf("the operator is shown %+v", unsure)
	}
	// The operator gives the code of the group in one of them: that settles it, without another login.
	w2 := newChatApp(t, "sqlite")
	one = w2.room("甲群", "小助手·G1", people(10, "p")...)
	w2.login()
	g1 = w2.group(one)
	one.bot, one.name, one.people = "小助手", "别的", people(10, "x")
	w2.login()
	if w2.group(one) == g1 {
		t.Fatal("nothing says that this is the group")
	}
	one.bot = "小助手·G1"
	w2.hear(w2.list(one))
	if w2.group(one) != g1 {
		t.Errorf("got %s, want %s", w2.group(one), g1)
	}
}

func TestOneCodeInTwoChatsIsNoEvidence(t *testing.T) {
	w := newChatApp(t, "sqlite")
	one, two := w.room("甲群", "小助手·G1", people(5, "p")...), w.room("乙群", "小助手·G2", people(5, "q")...)
	w.login()
	g1, g2 := w.group(one), w.group(two)
	two.bot = "小助手·G1"
	w.login()
	for _, r := range []*room{one, two} {
		if g := w.group(r); g == g1 || g == g2 {
			t.Errorf("%s is %s", r.name, g)
		}
	}
}

func TestAGroupThatAppearsLaterIsFoundAndSoAreItsPeople(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		shared := people(3, "s")
		one := w.room("甲群", "小助手·G1", append(people(5, "p"), shared...)...)
		two := w.room("乙群", "小助手·G2", append(people(5, "q"), shared...)...)
		guest := two.people[0]
		w.login()
		g2, was := w.group(two), map[*human]string{}
		for _, h := range two.people {
			was[h] = w.bond(h).MemberID
		}
		one.people = append(one.people, guest) // joined the first while the bot was away, and speaks there
		guest.remark = "常客"                    // given while nobody could know who they are
		two.unsaved = true
		w.login()
		w.hear(w.said(guest, one, "大家好"))
		if b := w.bond(guest); b.MemberID == was[guest] {
			t.Fatalf("found too early: %+v", b)
		}
		w.hear(w.list(two), w.said(two.people[1], two, "早"))
		if w.group(two) != g2 {
			t.Errorf("got %s, want %s", w.group(two), g2)
		}
		for _, h := range two.people {
			if b := w.bond(h); b.MemberID != was[h] || b.Strong {
				t.Errorf("%s was %s and is %+v", h.key, was[h], b)
			}
		}
		guest.nick, two.unsaved = "再改", false
		w.hear(w.list(one))
		w.login()
		w.is(guest, was[guest], community.ByRemark)
		if w.bond(guest).Strong {
			t.Error("a remark that was given to a stranger is a proof")
		}
	})
}

func TestAWordToAGroupThatIsNotFoundYetWaits(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		h := people(5, "p")
		r := w.room("甲群", "小助手·G1", h...)
		w.login()
		id, member := w.group(r), w.bond(h[0]).MemberID
		resolve := func(o bot.Outgoing) (bot.Outgoing, error) {
			err := w.Community.Resolve(t.Context(), &o)
			return o, err
		}
		r.unsaved = true
		w.login()
		if _, err := resolve(bot.Outgoing{Group: id}); !errors.Is(err, bot.ErrUnbound) {
			t.Errorf("group: %v", err)
		}
		if _, err := resolve(bot.Outgoing{Member: member}); !errors.Is(err, bot.ErrUnbound) {
			t.Errorf("member: %v", err)
		}
		if _, err := resolve(bot.Outgoing{Group: "g99"}); err == nil || errors.Is(err, bot.ErrUnbound) {
			t.Errorf("a group that never was: %v", err)
		}
		w.hear(w.list(r))
		w.pass(time.Minute)
		o, err := resolve(bot.Outgoing{Group: id, Mention: []string{member}})
		if err != nil || o.Route.Chat != w.chat(r) || o.Mentions[0].User != w.user(h[0]) {
			t.Errorf("got %+v, %v", o, err)
		}
	})
}

func TestConfigurationAdoptsGroupsUntilAManagerSaysOtherwise(t *testing.T) {
	names := map[string]bool{}
	adjust := func(o *community.Options) {
		o.Adopt = nil
		o.Adopt = func(transport, name, code string) bool { return transport == "app" && (names[name] || code == "G2") }
	}
	w := newChatApp(t, "sqlite", adjust)
	one, two, three := w.room("甲群", "小助手·G1", people(4, "p")...), w.room("乙群", "小助手·G2", people(4, "q")...), w.room("丙群", "", people(4, "r")...)
	adopted := func(want ...int) {
		t.Helper()
		for i, r := range []*room{one, two, three} {
			if n := w.count(`SELECT COUNT(*) FROM groups WHERE id = ? AND adopted`, w.group(r)); n != want[i] {
				t.Errorf("%s: adopted %d, want %d", r.name, n, want[i])
			}
		}
	}
	w.login()
	adopted(0, 1, 0)
	names["丙群"] = true // the operator writes it into the configuration
	w.login()
	adopted(0, 1, 1)
	boss := w.bond(two.people[0])
	w.appoint(boss.MemberID, bot.Owner)
	w.hear(w.said(two.people[0], two, "停用"))
	adopted(0, 0, 1)
	w.login()
	adopted(0, 0, 1)
}

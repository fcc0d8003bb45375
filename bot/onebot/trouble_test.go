package onebot_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// TestOneChatWithoutHistoryHidesNoOther misses a message in each of many groups, some of whose histories can't be had.
func TestOneChatWithoutHistoryHidesNoOther(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming := w.Person("小明")
	w.Befriend(w.Person("没说过话的好友"))
	var groups []*onebottest.Group
	for i := range 40 {
		groups = append(groups, w.Group(fmt.Sprintf("群 %d", i), ming))
	}
	b := setUp(t, onebot.Options{}, w)
	b.notes.wait(t, bot.MembersSeen, len(groups))
	w.Down()
	b.until("away", func() bool { return len(b.tr.Status().Accounts) == 0 })
	for _, g := range groups {
		g.Say(ming, "没人听见")
	}
	const refused = 3
	w.Fault(onebottest.Fault{Trouble: onebottest.Refuse, Action: "get_group_msg_history", Times: refused})
	w.Up()
	b.notes.wait(t, bot.Message, len(groups)-refused)
}

// TestTheFirstQuestionsAreAskedAgain speaks although an implementation could not tell its groups at first.
func TestTheFirstQuestionsAreAskedAgain(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	w.Fault(onebottest.Fault{Trouble: onebottest.Refuse, Action: "get_group_list", Times: 2})
	b := setUp(t, onebot.Options{}, w)
	b.until("able to speak", func() bool {
		_, err := b.send(inGroup(g, "大家好"))
		return err == nil
	})
}

// TestTemporarySessions hears and answers them in every shape that implementations tell them in.
func TestTemporarySessions(t *testing.T) {
	for name, o := range map[string]onebottest.Options{"with the sender": {}, "in the event": {GroupOnTop: true}, "nowhere": {NoGroups: true}} {
		t.Run(name, func(t *testing.T) {
			w := onebottest.New(o)
			ming := w.Person("小明")
			g := w.Group("大群", ming)
			b := setUp(t, onebot.Options{Strangers: true}, w)
			b.notes.wait(t, bot.MembersSeen, 1)
			ming.WhisperFrom(g, "搬家码")
			ev := b.notes.wait(t, bot.Message, 1)
			if !ev.Private || ev.Chat != "" || ev.Text != "搬家码" || ev.From.Friend {
				t.Errorf("heard %+v", ev)
			}
			if _, err := b.send(toPerson(ming, "给你")); err != nil || w.Sent()[0].Through != g.ID() {
				t.Errorf("said %+v: %v", w.Sent(), err)
			}
		})
	}
}

// TestALostLoginIsNoticed has an implementation that stays connected while the platform threw its account out.
func TestALostLoginIsNoticed(t *testing.T) {
	for name, o := range map[string]onebottest.Options{"heartbeats": {Beat: 20 * time.Millisecond}, "none": {}} {
		t.Run(name, func(t *testing.T) {
			w := onebottest.New(o)
			ming := w.Person("小明")
			g := w.Group("大群", ming)
			b := setUp(t, onebot.Options{}, w)
			b.notes.wait(t, bot.SessionUp, 1)
			g.Say(ming, "一")
			b.notes.wait(t, bot.Message, 1)
			w.Offline(true)
			b.notes.wait(t, bot.SessionDown, 1)
			if _, err := b.send(inGroup(g, "有人吗")); !errors.Is(err, bot.ErrDown) {
				t.Errorf("said without a login: %v", err)
			}
			g.Say(ming, "没人听见")
			w.Offline(false)
			g.Say(ming, "三")
			b.notes.wait(t, bot.SessionUp, 2)
			b.notes.wait(t, bot.Message, 3)
		})
	}
}

// TestWhoIsRemovedHearsNoMore has two accounts in a group; the one that hears it is thrown out.
func TestWhoIsRemovedHearsNoMore(t *testing.T) {
	one, two := onebottest.New(onebottest.Options{Self: 10001}), onebottest.New(onebottest.Options{Self: 10002})
	var groups []*onebottest.Group
	var people []*onebottest.Person
	for _, w := range []*onebottest.World{one, two} {
		ming := w.Person("小明")
		people, groups = append(people, ming), append(groups, w.Group("大群", ming))
	}
	b := setUp(t, onebot.Options{}, one, two)
	b.notes.wait(t, bot.MembersSeen, 1)
	b.until("both greeted", func() bool { return one.Asked("get_friend_list") > 0 && two.Asked("get_friend_list") > 0 })
	say := func(text string) {
		for i, g := range groups {
			g.Say(people[i], text)
		}
	}
	say("一")
	b.notes.wait(t, bot.Message, 1)
	if _, err := b.send(inGroup(groups[0], "在")); err != nil {
		t.Fatal(err)
	}
	ear, other := 0, two // who spoke hears
	if len(one.Sent()) == 0 {
		ear, other = 1, one
	}
	before := len(other.Sent())
	groups[ear].Kick([]*onebottest.World{one, two}[ear].Bot(), people[ear])
	time.Sleep(50 * time.Millisecond)
	say("二")
	b.notes.wait(t, bot.Message, 2)
	if _, err := b.send(inGroup(groups[0], "还在")); err != nil || len(other.Sent()) != before+1 {
		t.Errorf("said by the other: %+v: %v", other.Sent(), err)
	}
	if n := len(b.notes.all(bot.Left)); n != 0 {
		t.Errorf("%d departures, where one account goes on", n)
	}
}

// TestGroupsThatAreGone are told where the bot was removed while nobody heard it; a list that was cut short is not believed.
func TestGroupsThatAreGone(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming := w.Person("小明")
	var groups []*onebottest.Group
	for i := range 6 {
		groups = append(groups, w.Group(fmt.Sprintf("群 %d", i), ming))
	}
	b := setUp(t, onebot.Options{}, w)
	b.notes.wait(t, bot.MembersSeen, len(groups))
	away := func() {
		w.Down()
		b.until("away", func() bool { return len(b.tr.Status().Accounts) == 0 })
	}
	away()
	groups[0].LeaveSilently(w.Bot())
	w.Up()
	if ev := b.notes.wait(t, bot.Left, 1); string(ev.Chat) != groups[0].ID() || !ev.From.Self {
		t.Errorf("left %+v", ev)
	}
	away()
	for _, g := range groups[1:5] {
		g.LeaveSilently(w.Bot())
	}
	asked := w.Asked("get_group_list")
	w.Up()
	b.until("asked again", func() bool { return w.Asked("get_group_list") > asked+1 })
	if n := len(b.notes.all(bot.Left)); n != 1 {
		t.Errorf("%d groups are gone, want 1", n)
	}
}

// TestOldMessagesAreFoundWithoutTheirGroup quotes what was said before the start, where the implementation
// tells of a message only what the specification has.
func TestOldMessagesAreFoundWithoutTheirGroup(t *testing.T) {
	w := onebottest.New(onebottest.Options{Sparse: true})
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	o := onebot.Options{}
	b := setUp(t, o, w)
	second := g.Say(ming, "二")
	said := b.notes.wait(t, bot.Message, 1)
	b.stop()
	w.Down()
	w.Up()
	b.start(o, w)
	g.Send(ming, onebottest.Reply(second), onebottest.Text("嗯"))
	if ev := b.notes.wait(t, bot.Message, 2); ev.Quote == nil || ev.Quote.ID != said.ID || ev.Quote.Text != "二" {
		t.Errorf("quoted %+v, want %q", ev.Quote, said.ID)
	}
}

// TestHistoriesInPages misses more than an implementation tells at once.
func TestHistoriesInPages(t *testing.T) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	w := onebottest.New(onebottest.Options{Cap: 20, Now: now})
	ming := w.Person("小明")
	w.Befriend(ming)
	g := w.Group("大群", ming)
	b := setUp(t, onebot.Options{Now: now}, w)
	g.Say(ming, "一")
	b.notes.wait(t, bot.Message, 1)
	w.Down()
	b.until("away", func() bool { return len(b.tr.Status().Accounts) == 0 })
	const missed = 150
	ahead.Store(int64(time.Minute)) // so that what was said before is not of it
	for i := range missed {
		g.Say(ming, fmt.Sprint(i))
		if i%3 == 0 {
			ming.Whisper(fmt.Sprint("私聊 ", i))
		}
	}
	w.Up()
	b.notes.wait(t, bot.Message, 1+missed+missed/3)
	n := 0
	for _, ev := range b.notes.all(bot.Message)[1:] {
		if !ev.Private {
			if ev.Text != fmt.Sprint(n) {
				t.Fatalf("the %d. message missed is %q", n, ev.Text)
			}
			n++
		}
	}
}

// twins are two accounts in one group, in which the same is said at the same time to both.
type twins struct {
	worlds [2]*onebottest.World
	groups [2]*onebottest.Group
	people [2]*onebottest.Person
}

func newTwins() *twins {
	t := &twins{}
	at := time.Now().Truncate(time.Second)
	now := at.Add(-time.Hour)
	for i := range t.worlds {
		t.worlds[i] = onebottest.New(onebottest.Options{Self: int64(10_001 + i), Now: func() time.Time { return now }})
		t.people[i] = t.worlds[i].Person("小明")
		other := t.worlds[i].Group("另外", t.people[i])
		if i == 1 {
			other.Say(t.people[i], "很久以前") // each world has numbers of its own
		}
		t.groups[i] = t.worlds[i].Group("大群", t.people[i])
	}
	now = at
	return t
}

func (t *twins) say(text string) {
	for i, g := range t.groups {
		g.Say(t.people[i], text)
	}
}

// TestAnotherAccountTellsNothingTwice begins anew with the other account first: what the one told it finds in the history.
func TestAnotherAccountTellsNothingTwice(t *testing.T) {
	tw := newTwins()
	o := onebot.Options{Dir: t.TempDir()}
	b := setUp(t, o, tw.worlds[0], tw.worlds[1])
	b.until("both greeted", func() bool {
		return tw.worlds[0].Asked("get_friend_list") > 0 && tw.worlds[1].Asked("get_friend_list") > 0
	})
	tw.say("兑换 1")
	b.notes.wait(t, bot.Message, 1)
	b.stop()
	for _, first := range []int{0, 1} {
		for _, w := range tw.worlds {
			w.Down()
		}
		tw.worlds[first].Up()
		b.start(o, tw.worlds[first])
		tw.say(fmt.Sprint("又来 ", first))
		b.notes.wait(t, bot.Message, 2+first)
		time.Sleep(50 * time.Millisecond)
		if list := b.notes.all(bot.Message); len(list) != 2+first {
			t.Errorf("%d messages, want %d", len(list), 2+first)
		}
		b.stop()
	}
}

// TestWhatADeafAccountMissed is asked for by the one that takes its place.
func TestWhatADeafAccountMissed(t *testing.T) {
	tw := newTwins()
	b := setUp(t, onebot.Options{Dir: t.TempDir()}, tw.worlds[0], tw.worlds[1])
	b.until("both greeted", func() bool {
		return tw.worlds[0].Asked("get_friend_list") > 0 && tw.worlds[1].Asked("get_friend_list") > 0
	})
	tw.say("一")
	b.notes.wait(t, bot.Message, 1)
	if _, err := b.send(inGroup(tw.groups[0], "在")); err != nil {
		t.Fatal(err)
	}
	ear := 0
	if len(tw.worlds[0].Sent()) == 0 {
		ear = 1
	}
	tw.groups[1-ear].Say(tw.people[1-ear], "没人听见") // the line of the one that hears is dead
	time.Sleep(50 * time.Millisecond)
	tw.worlds[ear].Down()
	b.until("one left", func() bool { return len(b.tr.Status().Accounts) == 1 })
	tw.groups[1-ear].Say(tw.people[1-ear], "三")
	b.notes.wait(t, bot.Message, 3)
	time.Sleep(50 * time.Millisecond)
	if n := len(b.notes.all(bot.Message)); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

package onebot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// manners are the ways in which implementations differ.
func manners() map[string]onebottest.Options {
	return map[string]onebottest.Options{
		"arrays":      {},
		"CQ codes":    {CQ: true},
		"strings":     {StringIDs: true, BigIDs: true},
		"big numbers": {BigIDs: true},
		"two links":   {Split: true, Beat: 50 * time.Millisecond},
		"token":       {Token: "很长的 secret"},
	}
}

// TestWhatIsSaidIsHeard says everything that people say, in all manners of implementations, dialling and dialled.
func TestWhatIsSaidIsHeard(t *testing.T) {
	for name, o := range manners() {
		t.Run(name, func(t *testing.T) {
			w := onebottest.New(o)
			ming, hong := w.Person("小明"), w.Person("小红[CQ:at,qq=1]<b>&")
			g := w.Group("大群", ming, hong)
			b := setUp(t, onebot.Options{Token: o.Token}, w)
			hear(t, b, g, ming, hong)
		})
	}
	t.Run("dialled", func(t *testing.T) {
		w := onebottest.New(onebottest.Options{Token: "secret"})
		ming, hong := w.Person("小明"), w.Person("小红[CQ:at,qq=1]<b>&")
		g := w.Group("大群", ming, hong)
		b := setUp(t, onebot.Options{Token: "secret", Dial: []string{w.Listen()}}, w)
		hear(t, b, g, ming, hong)
	})
}

func hear(t *testing.T, b *bench, g *onebottest.Group, ming, hong *onebottest.Person) {
	t.Helper()
	seen := b.notes.wait(t, bot.MembersSeen, 1)
	if len(seen.Members) != 3 || !seen.Members[0].Self || seen.ChatName != "大群" || !seen.Members[1].Stable {
		t.Errorf("members: %+v", seen)
	}
	said := func(n int) bot.Event { return b.notes.wait(t, bot.Message, n) }
	first := g.Say(ming, " 签到 [CQ:face,id=1] &amp; ")
	ev := said(1)
	if ev.Text != "签到 [CQ:face,id=1] &amp;" || ev.Form != bot.Text || string(ev.Chat) != g.ID() || ev.ChatName != "大群" || ev.Private || ev.ToBot ||
		string(ev.From.User) != ming.ID() || ev.From.Name != "小明" || !ev.From.Stable || ev.From.Self || ev.BotName != "小助手" || ev.Transport != "onebot" {
		t.Errorf("a text: %+v", ev)
	}
	if d := time.Since(ev.At); d < -2*time.Second || d > time.Minute || ev.SeenAt.IsZero() {
		t.Errorf("at %s, seen %s", ev.At, ev.SeenAt)
	}
	if !ev.From.Admin { // they made the group
		t.Errorf("the owner of the group is not called one: %+v", ev.From)
	}
	g.Send(hong, onebottest.Reply(first), onebottest.At(b.w.Bot()), onebottest.Text(" 你看 "), onebottest.At(ming), onebottest.Text("，好"))
	if ev = said(2); !ev.ToBot || ev.From.Admin || ev.Text != "你看 @小明 ，好" || len(ev.Mentions) != 1 || string(ev.Mentions[0].User) != ming.ID() ||
		ev.Quote == nil || ev.Quote.ID != said(1).ID || string(ev.Quote.From.User) != ming.ID() || ev.Quote.Text != said(1).Text {
		t.Errorf("quote and mentions: %+v %+v", ev, ev.Quote)
	}
	g.Send(hong, onebottest.Text("打卡"), onebottest.Image("a.jpg"), onebottest.Face(3))
	text, image := said(3), said(4)
	if text.Form != bot.Text || text.Text != "打卡" || image.Form != bot.Image || image.Text != "" || image.Media == "" || image.ID == text.ID {
		t.Errorf("a text with a picture: %+v, %+v", text, image)
	}
	g.Send(ming, onebottest.AtAll(), onebottest.Text("看"))
	if ev = said(5); ev.Text != "@全体成员 看" || ev.ToBot || len(ev.Mentions) > 0 {
		t.Errorf("to everybody: %+v", ev)
	}
	g.Anonymous("蒙面人", "猜我是谁")
	if ev = said(6); ev.From.User != "" || ev.From.Name != "蒙面人" || ev.Text != "猜我是谁" {
		t.Errorf("anonymous: %+v", ev)
	}
	ming.Whisper("积分")
	if ev = said(7); !ev.Private || ev.Chat != "" || ev.Text != "积分" || string(ev.From.User) != ming.ID() {
		t.Errorf("in private: %+v", ev)
	}
	g.Card(ming, "明明")
	if ev = b.notes.wait(t, bot.Renamed, 1); ev.From.Display != "明明" || ev.From.Name != "小明" {
		t.Errorf("renamed: %+v", ev)
	}
	gang := b.w.Person("小刚")
	g.Join(gang, ming)
	if ev = b.notes.wait(t, bot.Joined, 1); ev.From.Name != "小刚" || ev.By == nil || string(ev.By.User) != ming.ID() {
		t.Errorf("joined: %+v", ev)
	}
	lan := b.w.Person("小兰")
	g.Join(lan, nil)
	if ev = b.notes.wait(t, bot.Joined, 2); ev.From.Name != "小兰" || ev.By != nil {
		t.Errorf("joined by themselves: %+v", ev)
	}
	g.Leave(lan)
	g.Kick(gang, ming)
	if ev = b.notes.wait(t, bot.Left, 2); string(ev.From.User) != gang.ID() || ev.By == nil || string(ev.By.User) != ming.ID() || b.notes.all(bot.Left)[0].By != nil {
		t.Errorf("left: %+v", ev)
	}
	first.Recall(hong)
	if ev = b.notes.wait(t, bot.Recalled, 1); ev.Ref != said(1).ID || string(ev.From.User) != ming.ID() || ev.By == nil {
		t.Errorf("recalled: %+v", ev)
	}
	g.Poke(ming, b.w.Bot())
	g.Poke(ming, hong)
	if ev = b.notes.wait(t, bot.Tapped, 2); ev.ToBot || len(ev.Mentions) != 1 || !b.notes.all(bot.Tapped)[0].ToBot {
		t.Errorf("tapped: %+v", ev)
	}
	g.Kick(b.w.Bot(), ming)
	if ev = b.notes.wait(t, bot.Left, 3); !ev.From.Self {
		t.Errorf("the bot is out: %+v", ev)
	}
	if n := b.notes.again; n != 0 {
		t.Errorf("%d events were told twice", n)
	}
	for _, ev := range b.notes.all("") {
		if strings.Count(ev.ID, "/") < 2 || ev.Transport != onebot.Name || ev.At.Location() != time.UTC {
			t.Errorf("event %q of %q at %s", ev.ID, ev.Transport, ev.At)
		}
	}
}

// TestWhatWasQuotedLongAgo asks the implementation for what is not remembered.
func TestWhatWasQuotedLongAgo(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	old := g.Say(ming, "很久以前") // nobody hears it
	b := setUp(t, onebot.Options{}, w)
	g.Send(ming, onebottest.Reply(old), onebottest.Text("记得吗"))
	ev := b.notes.wait(t, bot.Message, 1)
	if ev.Quote == nil || ev.Quote.Text != "很久以前" || string(ev.Quote.From.User) != ming.ID() {
		t.Errorf("quote: %+v", ev.Quote)
	}
	old.Recall(ming) // get_msg does not know it any more, but it was asked for
	if ev := b.notes.wait(t, bot.Recalled, 1); ev.Ref != b.notes.all(bot.Message)[0].Quote.ID {
		t.Errorf("recalled %q", ev.Ref)
	}
	w.Fault(onebottest.Fault{Trouble: onebottest.Deaf, Action: "get_msg"})
	older := &onebottest.Message{}
	for i := range 20 { // an implementation that does not answer must not hold up everything
		g.Send(ming, onebottest.Reply(older), onebottest.Text(fmt.Sprint(i)))
	}
	begin := time.Now()
	b.notes.wait(t, bot.Message, 21)
	if d := time.Since(begin); d > 3*time.Second {
		t.Errorf("quotes that can't be found took %s", d)
	}
}

// TestFriendsAndInvitations are answered as configured.
func TestFriendsAndInvitations(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming, hong := w.Person("小明"), w.Person("小红")
	g, other := w.Group("大群", ming), w.Group("另一个", hong, ming)
	b := setUp(t, onebot.Options{AcceptFriends: true, AcceptGroups: true}, w)
	b.notes.wait(t, bot.MembersSeen, 2)
	flag := ming.AskFriend("我是小明")
	ev := b.notes.wait(t, bot.FriendAsked, 1)
	if ev.Text != "我是小明" || ev.From.Name != "小明" || ev.Ref == "" || !ev.Private {
		t.Errorf("asked: %+v", ev)
	}
	if _, err := b.send(bot.Outgoing{Action: bot.AcceptFriend, Token: ev.Ref, Route: bot.Route{User: ev.From.User}}); err != nil {
		t.Error(err)
	}
	if approve, ok := w.Answered(flag); !approve || !ok {
		t.Error("the friend was not accepted")
	}
	if ev = b.notes.wait(t, bot.Renamed, 1); !ev.From.Friend || string(ev.From.User) != ming.ID() {
		t.Errorf("a new friend: %+v", ev)
	}
	flag = other.Invite(hong)
	b.until("in the group", func() bool { approve, ok := w.Answered(flag); return approve && ok })
	if ev = b.notes.wait(t, bot.MembersSeen, 3); ev.ChatName != "另一个" || len(ev.Members) != 3 {
		t.Errorf("the group that the bot came into: %+v", ev)
	}
	_ = g

	closed := onebottest.New(onebottest.Options{})
	lan := closed.Person("小兰")
	g = closed.Group("群", lan)
	b = setUp(t, onebot.Options{}, closed)
	asked, invited := lan.AskFriend("hi"), closed.Group("别的", lan).Invite(lan)
	g.Say(lan, "done")
	b.notes.wait(t, bot.Message, 1)
	for _, flag := range [...]string{asked, invited} {
		if _, ok := closed.Answered(flag); ok {
			t.Errorf("%s was answered", flag)
		}
	}
	if n := len(b.notes.all(bot.FriendAsked)); n != 0 {
		t.Errorf("%d requests were told", n)
	}
}

package wechat

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

const (
	me    = "@me"
	group = "@@group"
)

var start = time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC) // when the login of tests began

// user is the name that the login gives somebody in tests.
func user(n int) string { return fmt.Sprintf("@%032x", n) }

// people makes a member list of nicks; "nick|display" has a name in the group too. The bot is the last of it.
func people(names ...string) (list []rawMember) {
	for i, name := range names {
		nick, display, _ := strings.Cut(name, "|")
		list = append(list, rawMember{UserName: user(i + 1), NickName: text(nick), DisplayName: text(display), AttrStatus: number(100 + i)})
	}
	return append(list, rawMember{UserName: me, NickName: "小助手", DisplayName: "小助手·G07"})
}

func roomWith(members []rawMember) rawContact {
	return rawContact{UserName: group, NickName: "大群&amp;朋友", MemberCount: number(len(members)), MemberList: members}
}

// known is a book of a login whose one group has these members.
func known(names ...string) *book {
	b := newBook(rawContact{UserName: me, NickName: "小助手"}, "s1", start)
	b.room(roomWith(people(names...)), start)
	return b
}

// inRoom is a message in the group, as webwx sends it; from is empty for the service itself.
func inRoom(id int, kind number, from, content string) rawMessage {
	if from != "" {
		content = from + ":<br/>" + content
	}
	return rawMessage{
		MsgID: text(strconv.Itoa(id)), NewMsgID: text(strconv.Itoa(id)), FromUserName: group, ToUserName: me, MsgType: kind,
		Content: text(content), CreateTime: number(start.Add(time.Duration(id) * time.Second).Unix()),
	}
}

// system is a line of the service in the group.
func system(id int, line string) rawMessage { return inRoom(id, typeSystem, "", line) }

// hear translates an answer, commits it, and tells the events. Translating it twice must tell the same.
func hear(t *testing.T, b *book, at time.Time, a syncAnswer) []bot.Event {
	t.Helper()
	before, _ := b.translate(a, at)
	events, commit := b.translate(a, at)
	if !reflect.DeepEqual(before, events) {
		t.Errorf("the same answer was translated as\n%+v\nand as\n%+v", before, events)
	}
	commit()
	return events
}

// said translates one message, which must make one event.
func said(t *testing.T, b *book, m rawMessage) bot.Event {
	t.Helper()
	events := hear(t, b, start.Add(time.Hour), syncAnswer{AddMsgList: []rawMessage{m}})
	if len(events) != 1 {
		t.Fatalf("%d events, want 1: %s", len(events), brief(events))
	}
	return events[0]
}

// brief writes events so that they can be compared and read: who is called what, in a few words.
func brief(events []bot.Event) string {
	var lines []string
	for _, ev := range events {
		line := string(ev.Kind)
		switch ev.Kind {
		case bot.MembersSeen:
			line += fmt.Sprintf(" %d", len(ev.Members))
		case bot.Message:
			line += " " + short(ev.From) + ": " + ev.Text
		default:
			line += " " + short(ev.From)
		}
		if ev.By != nil {
			line += " by " + short(*ev.By)
		}
		for _, m := range ev.Mentions {
			line += " @" + short(m)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

func short(p bot.Person) string {
	if p.Self {
		return "me"
	}
	name := p.Called()
	if p.User == "" {
		name += "?"
	}
	return name
}

package wechat

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

type text string
type number int64

func (n *number) UnmarshalJSON(b []byte) error {
	var i int64
	_ = json.Unmarshal(b, &i)
	*n = number(i)
	return nil
}

type rawMember struct{ UserName, NickName text }
type rawContact struct {
	UserName, NickName text
	MemberList         []rawMember
}
type rawMessage struct {
	MsgId, Content, FromUserName text
	MsgType                      number
}
type syncAnswer struct {
	BaseResponse   struct{ Ret number }
	AddMsgList     []rawMessage
	ModContactList []rawContact
	DelContactList []rawContact
}
type book struct {
	mu  sync.Mutex
	all map[string]bool
}

func newBook(self rawContact, session string, upAt time.Time) *book {
	return &book{all: map[string]bool{}}
}
func (b *book) contacts(l []rawContact) {
	for _, c := range l {
		b.all[string(c.UserName)] = true
	}
}
func (b *book) groups() (g []string) {
	for n := range b.all {
		if strings.HasPrefix(n, "@@") {
			g = append(g, n)
		}
	}
	return g
}
func (b *book) unknown(a syncAnswer) (u []string) {
	for _, m := range a.AddMsgList {
		if n := string(m.FromUserName); strings.HasPrefix(n, "@@") && !b.all[n] {
			u = append(u, n)
		}
	}
	return u
}
func (b *book) stale(syncAnswer, time.Time) []string  { return nil }
func (b *book) old(time.Time, time.Duration) []string { return nil }
func (b *book) room(c rawContact, at time.Time) []bot.Event {
	b.all[string(c.UserName)] = true
	return []bot.Event{{ID: "seen/" + string(c.UserName) + at.String(), Kind: bot.MembersSeen, Chat: bot.ChatID(c.UserName)}}
}
func (b *book) told([]bot.Event) {}
func (b *book) translate(a syncAnswer, _ time.Time) (e []bot.Event, commit func()) {
	for _, m := range a.AddMsgList {
		if m.MsgType != 51 {
			e = append(e, bot.Event{ID: "wechat/" + string(m.MsgId), Kind: bot.Message, Text: string(m.Content), Chat: bot.ChatID(m.FromUserName)})
		}
	}
	return e, func() {}
}
func (b *book) knows(n string) bool { return b.all[n] }
func render(o bot.Outgoing, _ map[bot.UserID]string) []string {
	if o.Text == "" {
		return nil
	}
	return strings.Split(o.Text, "\x00")
}
func friendTicket(string) (string, string, error) { return "", "", errors.New("no") }

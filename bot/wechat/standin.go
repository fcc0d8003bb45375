package wechat

import (
	"errors"
	"time"

	"github.com/weilu-im/weilu/bot"
)

type rawContact struct {
	UserName, NickName string
	MemberList         []rawContact
}
type rawMessage struct{ MsgId, Content, FromUserName string }
type syncAnswer struct {
	BaseResponse   struct{ Ret int }
	AddMsgList     []rawMessage
	ModContactList []rawContact
	DelContactList []rawContact
}
type book struct{}

func newBook(self rawContact, session string, upAt time.Time) *book   { return &book{} }
func (b *book) contacts([]rawContact)                                 {}
func (b *book) groups() []string                                      { return nil }
func (b *book) unknown(syncAnswer) []string                           { return nil }
func (b *book) stale(syncAnswer, time.Time) []string                  { return nil }
func (b *book) old(time.Time, time.Duration) []string                 { return nil }
func (b *book) room(c rawContact, at time.Time) []bot.Event           { return nil }
func (b *book) translate(syncAnswer, time.Time) ([]bot.Event, func()) { return nil, func() {} }
func (b *book) knows(string) bool                                     { return true }
func render(o bot.Outgoing, b *book) []string                         { return []string{o.Text} }
func friendTicket(string) (string, string, error)                     { return "", "", errors.New("no") }

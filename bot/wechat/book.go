package wechat

import (
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// book is what is known of one login: the bot's own account, its friends, its groups and who is in them. All
// methods are safe for concurrent use.
type book struct {
	mu      sync.Mutex
	session string
	up      time.Time
}

func newBook(self rawContact, session string, upAt time.Time) *book {
	return &book{session: session, up: upAt}
}

func (b *book) contacts(list []rawContact)                                     {}
func (b *book) groups() []string                                               { return nil }
func (b *book) unknown(a syncAnswer) []string                                  { return nil }
func (b *book) stale(a syncAnswer, now time.Time) []string                     { return nil }
func (b *book) old(now time.Time, after time.Duration) []string                { return nil }
func (b *book) room(c rawContact, at time.Time) (events []bot.Event)           { return nil }
func (b *book) told(events []bot.Event)                                        {}
func (b *book) translate(a syncAnswer, seenAt time.Time) ([]bot.Event, func()) { return nil, func() {} }

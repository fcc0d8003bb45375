package community

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Put asks for a confirmation without an engine.
func (c *Confirmations) Put(ctx context.Context, member, chat, code, text string, at time.Time) error {
	return c.put(ctx, member, chat, code, askedFor{Text: text}, at)
}

// Take uses up a code without an engine.
func (c *Confirmations) Take(ctx context.Context, member, chat, code string, at time.Time) (text, verdict string, err error) {
	asked, verdict, err := c.take(ctx, member, chat, code, at)
	return asked.Text, verdict, err
}

// OfferBy is Offer with another source of chance.
func (u *Undo) OfferBy(ctx context.Context, r *bot.Request, chance *rand.Rand, action string, payload any) (string, error) {
	return u.offer(ctx, r, chance, action, payload)
}

// Run takes something back without an engine.
func (u *Undo) Run(ctx context.Context, r *bot.Request, code string) (verdict string, err error) {
	return u.run(ctx, r, code)
}

// Match is what a group's evidence says.
var Match = match

// Memory prints what the roster remembers of logins, bindings and groups, in an order of its own.
func (ro *Roster) Memory() string {
	return fmt.Sprint(ro.logins, ro.users, ro.holders, ro.chats, ro.sights, ro.stays, ro.people, ro.places, ro.aliases.of, ro.aliases.ids, ro.aliases.provisional)
}

// ReadHolidays is the table of a file by year, and what is wrong with its lines: "3 date".
func ReadHolidays(rows [][]string) (years map[int][]Holiday, wrong []string) {
	years, problems := readHolidays(rows)
	for _, p := range problems {
		wrong = append(wrong, fmt.Sprint(p.line, " ", p.key))
	}
	return years, wrong
}

// ForgetNames lets the next search read the names of some again; of none: all names.
func (c *Community) ForgetNames(of ...MemberID) { c.namebook.forget(of...) }

package wechat

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// fill writes into an event what was said, without the sender's prefix.
func (d *draft) fill(ev *bot.Event, r *room, body string, m rawMessage) {
	switch {
	case m.MsgType == typeText && m.URL == "": // with an address it is a place on a map
		d.spoken(ev, r, decode(body))
	case m.MsgType == typePicture:
		ev.Form, ev.Media = bot.Image, mediaOf(decode(body))
	case m.MsgType == typeApp:
		d.shared(ev, r, decode(body), m)
	default:
		ev.Form = bot.Other
	}
}

// spoken writes a text into an event: what it quotes, whom it addresses, and the rest.
func (d *draft) spoken(ev *bot.Event, r *room, text string) {
	ev.Form = bot.Text
	if quoted, answer, ok := unquote(text); ok {
		known := func(name string) bool { return len(d.who(r, name)) > 0 }
		name, said := attribute(quoted, known)
		ev.Quote, text = d.quote(r, name, said), answer
	}
	ev.Len = utf8.RuneCountInString(text)
	if r != nil && strings.ContainsAny(text, "@＠") {
		text = d.address(ev, r, text)
	}
	ev.Text, _ = cut(text, maxText)
}

func (d *draft) quote(r *room, name, said string) *bot.Quote {
	q := &bot.Quote{From: bot.Person{Name: name}}
	if who, ok := d.only(r, name); ok {
		q.From = who
	}
	q.Text, _ = cut(said, maxText)
	return q
}

// address finds whom a text addresses, and takes the bot's own mention off its ends.
func (d *draft) address(ev *bot.Event, r *room, text string) string {
	own := longestFirst(d.ownNames(r))
	seen := map[string]bool{}
	for _, m := range mentions(text, func(name string) []string {
		users := d.who(r, name)
		if len(users) == 0 && slices.Contains(own, name) {
			return []string{d.b.me}
		}
		return users
	}) {
		if slices.Contains(own, m.name) {
			ev.ToBot = true // also where somebody took the bot's name
		}
		if len(m.users) == 1 && m.users[0] != d.b.me && !seen[m.users[0]] && !slices.Contains(own, m.name) {
			seen[m.users[0]] = true
			ev.Mentions = append(ev.Mentions, d.person(r, m.users[0]))
		}
	}
	if ev.ToBot {
		text = withoutOwn(text, own)
	}
	return text
}

// ownNames are all that the bot is called in a group, or was a moment ago.
func (d *draft) ownNames(r *room) []string {
	m, _ := r.crowd.get(d.b.me)
	return append([]string{m.display, m.nick, d.nick}, r.former...)
}

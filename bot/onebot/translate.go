package onebot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// unknownGroup is what common implementations say where they don't know the group of a temporary session.
const unknownGroup id = "284840486"

// translate makes the events of what was heard.
func (a *account) translate(ctx context.Context, f frame, seen time.Time) []bot.Event {
	if f.Kind == "private" { // of a temporary session some tell the group here, and some with the sender
		if f.Sender.GroupID.none() {
			f.Sender.GroupID = f.GroupID
		}
		if f.GroupID = ""; f.Sender.GroupID == unknownGroup {
			f.Sender.GroupID = ""
		}
	}
	if !f.GroupID.none() && f.Post != "request" && !a.t.ear(f.GroupID, a.self) {
		return nil // another of our accounts hears this group
	}
	var events []bot.Event
	switch f.Post {
	case "message":
		events = a.message(ctx, f, seen)
	case "notice":
		events = a.notice(ctx, f, seen)
	case "request":
		events = a.request(ctx, f, seen)
	}
	for i := range events {
		ev := &events[i]
		ev.Transport, ev.SeenAt = Name, seen.UTC()
		if ev.At.IsZero() {
			ev.At = f.at(seen)
		}
	}
	return events
}

// place is an event in the frame's group, or in private.
func (a *account) place(kind bot.Kind, f frame, id string) bot.Event {
	ev := bot.Event{ID: id, Kind: kind, BotName: a.book.called(f.GroupID)}
	if f.GroupID.none() {
		ev.Private = true
		return ev
	}
	ev.Chat, ev.ChatName = bot.ChatID(f.GroupID), a.book.named(f.GroupID, f.GroupName)
	return ev
}

// eventID is the id of an event of this account. Ids of messages are short numbers in some implementations, which come
// again after some ten thousand, so the place and the time are part of it.
func (a *account) eventID(f frame, what string, at time.Time) string {
	self, where := string(a.self), "private/"+string(f.UserID)
	if !f.GroupID.none() {
		where = string(f.GroupID)
		if a.t.shared.Load() {
			self = "all"
		}
	}
	return Name + "/" + self + "/" + where + "/" + what + "/" + strconv.FormatInt(at.Unix(), 10)
}

// messageID is the id of the event of a message. Each account has numbers of its own for the messages of a group; where
// there are several accounts it is who said what when.
func (a *account) messageID(f frame, who id, parts []segment, at time.Time) string {
	if f.GroupID.none() || !a.t.shared.Load() {
		return a.eventID(f, string(f.MessageID), at)
	}
	if s, known := a.heard.get(f.MessageID); known && s.from.UserID == who && s.at.Equal(at) {
		return s.event
	}
	what := string(who)
	for _, p := range parts {
		switch p.Type {
		case "reply": // by a number as well
		case "text", "at":
			what += "\x00" + p.Data["text"] + p.Data["qq"]
		default:
			what += "\x00" + p.Type
		}
	}
	return a.eventID(f, "said/"+digest(what), at)
}

// message makes the events of something said: one for its text and one for its picture, as they would be said in a chat
// that has no messages with both.
func (a *account) message(ctx context.Context, f frame, seen time.Time) (events []bot.Event) {
	who := f.Sender
	if !f.UserID.none() {
		who.UserID = f.UserID
	}
	if f.GroupID.none() != (f.Kind == "private") || a.t.own(who.UserID) || who.UserID.none() {
		return nil // neither here nor there, or what we said ourselves
	}
	parts := segments(f.Message, f.Raw)
	if f.GroupID.none() {
		if who.GroupID.none() && f.Sub != "friend" {
			who.GroupID = a.book.meeting(who.UserID)
		}
		a.book.heardFrom(who.UserID, who.GroupID)
		who.Card = ""
	} else if f.Anonymous == nil {
		a.book.met(f.GroupID, who)
	}
	at := f.at(seen)
	ev := a.place(bot.Message, f, a.messageID(f, who.UserID, parts, at))
	ev.At, ev.From = at, who.person(false)
	if _, friend := a.book.friend(who.UserID); f.GroupID.none() && (friend || f.Sub == "friend") {
		ev.From.Friend = true
	}
	if f.Anonymous != nil { // everybody who hides has the same id
		ev.From = bot.Person{Name: f.Anonymous.Name, Stable: true}
	}
	w := a.words(ctx, f.GroupID, parts)
	ev.Quote, ev.Mentions, ev.ToBot = w.quote, w.mentions, w.toBot
	if w.text != "" || w.form == bot.Text {
		said := ev
		said.Form, said.Text, said.Len = bot.Text, w.text, utf8.RuneCountInString(w.text)
		events = append(events, said)
	}
	if w.form != bot.Text {
		if len(events) > 0 {
			ev.ID, ev.Quote, ev.Mentions, ev.ToBot = ev.ID+"/2", nil, nil, false
		}
		ev.Form, ev.Media = w.form, w.media
		events = append(events, ev)
	}
	a.heard.put(f.MessageID, said{event: events[0].ID, at: at, from: who, text: w.text, parts: len(events)})
	return events
}

// words is what a message says.
type words struct {
	text     string
	form     bot.Form // of what is not text; Text where there is nothing else
	media    string
	mentions []bot.Person
	toBot    bool
	quote    *bot.Quote
}

// words reads the parts of a message. Faces are left out: they have no words.
func (a *account) words(ctx context.Context, g id, parts []segment) (w words) {
	w.form = bot.Text
	var text strings.Builder
	other := func(form bot.Form, media string) {
		if w.form == bot.Text { // the first counts
			w.form, w.media = form, media
		}
	}
	for _, p := range parts {
		switch p.Type {
		case "text":
			text.WriteString(p.Data["text"])
		case "at":
			a.at(g, id(p.Data["qq"]), p.Data["name"], &w, &text)
		case "reply":
			if w.quote == nil {
				w.quote = a.quote(ctx, g, id(p.Data["id"]))
			}
		case "image":
			other(bot.Image, digest(p.Data["file"], p.Data["file_id"], p.Data["url"]))
		case "file":
			other(bot.File, digest(p.Data["file"], p.Data["file_id"], p.Data["url"]))
		case "share", "json", "xml", "music", "contact", "location", "forward", "node":
			other(bot.Link, "")
		case "face":
		default:
			other(bot.Other, "")
		}
	}
	w.text = strings.TrimSpace(text.String())
	return w
}

// at writes a mention. The bot's own is no part of the text.
func (a *account) at(g, user id, name string, w *words, text *strings.Builder) {
	switch {
	case user == "all":
		text.WriteString("@全体成员 ")
	case user.none():
	case a.t.own(user):
		w.toBot = true
	default:
		who, known := a.book.member(g, user)
		if !known {
			who = sender{UserID: user, Nickname: strings.TrimPrefix(name, "@")}
		}
		p := who.person(false)
		w.mentions = append(w.mentions, p)
		if name = p.Called(); name == "" {
			name = string(user)
		}
		text.WriteString("@" + name + " ")
	}
}

// digest is one of a picture or file, by the first of its names that there is.
func digest(names ...string) string {
	for _, name := range names {
		if name != "" {
			sum := sha256.Sum256([]byte(name))
			return hex.EncodeToString(sum[:16])
		}
	}
	return ""
}

// quote finds the message that an answer quotes: what was heard lately, or what the implementation knows of it.
func (a *account) quote(ctx context.Context, g, message id) *bot.Quote {
	if message.none() {
		return nil
	}
	s, known := a.heard.get(message)
	if !known {
		if s, known = a.fetch(ctx, g, message); !known {
			return &bot.Quote{From: bot.Person{Stable: true}}
		}
	}
	return &bot.Quote{ID: s.event, From: s.from.person(a.t.own(s.from.UserID)), Text: s.text}
}

// fetch asks for a message that was not heard lately, of a group, or in private. Not every answer tells where it was.
func (a *account) fetch(ctx context.Context, g, message id) (said, bool) {
	if !a.tries.may() {
		return said{}, false
	}
	var f frame
	err := a.ask(ctx, a.t.timing.Look, "get_msg", map[string]any{"message_id": message}, &f)
	a.tries.result(err)
	if err != nil || f.Sender.UserID.none() && f.UserID.none() {
		return said{}, false
	}
	if f.MessageID.none() {
		f.MessageID = message
	}
	who := f.Sender
	if who.UserID.none() {
		who.UserID = f.UserID
	}
	if f.GroupID.none() && f.Kind != "private" {
		f.GroupID = g
	}
	if f.UserID.none() {
		f.UserID = who.UserID
	}
	at, parts := f.at(a.t.now()), segments(f.Message, f.Raw)
	var plain []segment // a quote within the quoted message is nobody's business
	for _, p := range parts {
		if p.Type != "reply" {
			plain = append(plain, p)
		}
	}
	w := a.words(ctx, f.GroupID, plain)
	s := said{event: a.messageID(f, who.UserID, parts, at), at: at, from: who, text: w.text, parts: 1}
	if w.text != "" && w.form != bot.Text {
		s.parts = 2
	}
	a.heard.put(message, s)
	return s, true
}

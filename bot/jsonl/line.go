// Package jsonl is a transport of lines: events come in on one stream and words go out on another, one JSON
// object each. Another program can drive the whole bot with it; history is imported in the same form.
package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Name is the transport's name. Imported history carries it too, so that the same event is the same event.
const Name = "jsonl"

// line is one event as it is written.
type line struct {
	ID       string   `json:"id"`
	Time     string   `json:"time"`
	Chat     string   `json:"chat"`
	From     string   `json:"from"`
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Text     string   `json:"text"`
	Len      int      `json:"len"`
	Mentions []string `json:"mentions"`
	ToBot    bool     `json:"to_bot"` // the message addresses the bot
	By       string   `json:"by"`
	Private  bool     `json:"private"`
	ChatName string   `json:"chat_name"`
	Quote    string   `json:"quote"` // the id of the message that is answered
	Ref      string   `json:"ref"`   // recall: the id of the message that is taken back
}

var kinds = map[string]struct {
	kind bot.Kind
	form bot.Form
}{
	"": {bot.Message, bot.Text}, "text": {bot.Message, bot.Text}, "link": {bot.Message, bot.Link}, "image": {bot.Message, bot.Image},
	"file": {bot.Message, bot.File}, "other": {bot.Message, bot.Other},
	"join": {bot.Joined, ""}, "leave": {bot.Left, ""}, "rename": {bot.Renamed, ""}, "recall": {bot.Recalled, ""},
}

// Decode reads one line. SeenAt is the event's time: whoever reads live sets when it was learned. id is the event's id as written, also where the rest is wrong, when it can be read.
// Unknown fields are left alone.
func Decode(src []byte) (ev bot.Event, id string, err error) {
	var l line
	if err := json.Unmarshal(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), &l); err != nil {
		return bot.Event{}, l.ID, fmt.Errorf("not an event: %s", brief(err))
	}
	if err := l.check(); err != nil {
		return bot.Event{}, l.ID, err
	}
	at, err := time.Parse(time.RFC3339, l.Time)
	if err != nil {
		return bot.Event{}, l.ID, fmt.Errorf("time: not like 2024-05-01T08:00:00Z: %q", clip(l.Time))
	}
	if at.Year() < 2000 || at.Year() > 2200 {
		return bot.Event{}, l.ID, fmt.Errorf("time: year %d", at.Year())
	}
	k := kinds[l.Kind]
	ev = bot.Event{
		ID: Name + "/" + l.ID, Kind: k.kind, Form: k.form, At: at.UTC(), SeenAt: at.UTC(), Transport: Name,
		Chat: bot.ChatID(l.Chat), ChatName: l.ChatName, Private: l.Private, Text: l.Text, Len: l.Len, ToBot: l.ToBot,
		From: person(l.From),
	}
	ev.From.Name = l.Name
	if l.Private {
		ev.Chat = ""
	}
	for _, m := range l.Mentions {
		if m != "" {
			ev.Mentions = append(ev.Mentions, person(m))
		}
	}
	if l.By != "" {
		by := person(l.By)
		ev.By = &by
	}
	if l.Quote != "" {
		ev.Quote = &bot.Quote{ID: Name + "/" + l.Quote}
	}
	if l.Ref != "" {
		ev.Ref = Name + "/" + l.Ref
	}
	return ev, l.ID, nil
}

func (l line) check() error {
	var problems []error
	miss := func(name string, missing bool) {
		if missing {
			problems = append(problems, fmt.Errorf("%s: missing", name))
		}
	}
	miss("id", l.ID == "")
	miss("time", l.Time == "")
	miss("from", l.From == "")
	miss("chat", l.Chat == "" && !l.Private)
	miss("ref", l.Kind == "recall" && l.Ref == "")
	if _, ok := kinds[l.Kind]; !ok {
		problems = append(problems, fmt.Errorf("kind: unknown %q", clip(l.Kind)))
	}
	if l.Len < 0 {
		problems = append(problems, fmt.Errorf("len: negative: %d", l.Len))
	}
	return errors.Join(problems...)
}

func person(user string) bot.Person { return bot.Person{User: bot.UserID(user), Stable: true} }

// brief is an error of the decoder, which quotes numbers of any length.
func brief(err error) string {
	const most = 200
	if s := err.Error(); len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return err.Error()
}

func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}

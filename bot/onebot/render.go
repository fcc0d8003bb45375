package onebot

import (
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// How long one message is, and in how many a text is said before it is said as one that opens.
const (
	maxPiece   = 3000 // characters; QQ takes about 4,500
	mostPieces = 2
)

// part is a segment that is sent. Messages are always sent as arrays, in which nothing needs escapes.
type part struct {
	Type string         `json:"type"`
	Data map[string]any `json:"data"`
}

func text(s string) part { return part{"text", map[string]any{"text": s}} }

// render writes something said as messages: the quote and the picture first, mentions as real ones, and a long text in
// several messages.
func (a *account) render(o bot.Outgoing) (messages [][]part) {
	var head []part
	if quoted := a.quoted(o); quoted != "" {
		head = append(head, part{"reply", map[string]any{"id": string(quoted)}})
	}
	if len(o.Picture) > 0 {
		head = append(head, picture(o.Picture))
	}
	body := strings.TrimSpace(bot.CleanAll(o.Text))
	var atoms []string
	at := map[string]id{} // by how they are written in the text
	for _, p := range o.Mentions {
		if p.User == "" {
			if name := called(p); name != "" && !strings.Contains(body, "@"+name) {
				body = "@" + name + " " + body // not found here: by name
			}
			continue
		}
		name := a.nameIn(id(o.Route.Chat), p)
		if o.Route.Chat == "" || name == "" {
			continue // alone, everybody knows who is meant
		}
		if _, twice := at["@"+name]; twice {
			continue // two of one name: the first is mentioned
		}
		at["@"+name] = id(p.User)
		atoms = append(atoms, "@"+name)
		if !strings.Contains(body, "@"+name) {
			head = append(head, part{"at", map[string]any{"qq": string(p.User)}}, text(" "))
		}
	}
	for i, piece := range bot.Pieces(body, maxPiece, atoms) {
		parts := inPlace(piece, atoms, at)
		if i == 0 {
			parts = append(head, parts...)
		}
		messages = append(messages, parts)
	}
	if len(messages) == 0 && len(o.Picture) > 0 {
		messages = append(messages, head)
	}
	return messages
}

// nameIn is how a text may call somebody in a group.
func (a *account) nameIn(g id, p bot.Person) string {
	if m, ok := a.book.member(g, id(p.User)); ok && called(m.person(false)) != "" && called(p) == "" {
		return called(m.person(false))
	}
	return called(p)
}

func called(p bot.Person) string { return strings.Join(strings.Fields(bot.CleanAll(p.Called())), " ") }

// inPlace makes the mentions that a text holds real ones.
func inPlace(s string, atoms []string, at map[string]id) (parts []part) {
	for s != "" {
		first, which := len(s), ""
		for _, atom := range atoms {
			if i := strings.Index(s, atom); i >= 0 && (i < first || i == first && len(atom) > len(which)) {
				first, which = i, atom
			}
		}
		if which == "" {
			break
		}
		if first > 0 {
			parts = append(parts, text(s[:first]))
		}
		parts = append(parts, part{"at", map[string]any{"qq": string(at[which])}})
		s = s[first+len(which):]
	}
	if s != "" {
		parts = append(parts, text(s))
	}
	return parts
}

// quoted is the message that an answer quotes: the one that asked for it, where it was said in the same group.
func (a *account) quoted(o bot.Outgoing) id {
	if !a.t.o.QuoteAnswers || o.Priority != bot.Answer || o.Route.Chat == "" {
		return ""
	}
	if a.t.shared.Load() {
		message, _ := a.heard.of(o.Event)
		return message
	}
	// As eventID writes it: onebot/account/group/message/time.
	field := strings.Split(o.Event, "/")
	const fields = 5
	if len(field) != fields || field[0] != Name || field[1] != string(a.self) || field[2] != string(o.Route.Chat) {
		return ""
	}
	return id(field[3])
}

// withoutReply is a message without what it quotes.
func withoutReply(parts []part) []part {
	if len(parts) > 0 && parts[0].Type == "reply" {
		return parts[1:]
	}
	return parts
}

// textOf is what a message says in words.
func textOf(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		if s, ok := p.Data["text"].(string); ok {
			b.WriteString(s)
		}
	}
	return b.String()
}

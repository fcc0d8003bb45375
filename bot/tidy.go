package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// What an event may hold. Longer texts are cut (Len keeps the truth), longer ids become their digest.
const (
	maxText     = 10_000 // characters
	maxNick     = 200    // characters
	maxID       = 200    // bytes
	maxMentions = 500
	maxTicket   = 2_000 // bytes: what a transport needs back to accept a friend, or it is worth nothing
)

// tidy makes an event fit to be stored and matched, whatever a transport let through: valid UTF-8, no
// control or bidirectional characters, bounded sizes, quote and mention of the bot taken off. The bot is nobody who
// is mentioned or who brings others.
func tidy(ev *Event, names []string) {
	ev.ID = shorten(ev.ID)
	if ev.Kind != FriendAsked || len(ev.Ref) > maxTicket || !plain(ev.Ref) {
		ev.Ref = shorten(ev.Ref)
	}
	ev.Chat, ev.Session = ChatID(shorten(string(ev.Chat))), shorten(ev.Session)
	ev.At, ev.SeenAt = ev.At.UTC(), ev.SeenAt.UTC()
	ev.ChatName, ev.BotName = cleanName(ev.ChatName), cleanName(ev.BotName)
	tidyPerson(&ev.From)
	if ev.By != nil {
		by := *ev.By
		tidyPerson(&by)
		if ev.By = &by; by.Self {
			ev.By = nil
		}
	}
	ev.Mentions = tidyPeople(ev.Mentions[:min(len(ev.Mentions), maxMentions)])
	if others := slices.DeleteFunc(slices.Clone(ev.Mentions), func(p Person) bool { return p.Self }); len(others) < len(ev.Mentions) {
		ev.Mentions, ev.ToBot = others, true
	}
	ev.Members = tidyPeople(ev.Members)
	ev.Media = shorten(ev.Media)
	ev.Table = tidyTable(ev.Table)
	if ev.Quote != nil {
		q := *ev.Quote
		q.ID, q.Text = shorten(q.ID), Clean(q.Text)
		tidyPerson(&q.From)
		ev.Quote = &q
	}
	if ev.Kind == FriendAsked {
		ev.Text = Clean(ev.Text)
	}
	if ev.Kind != Message {
		return
	}
	if ev.Form == "" {
		ev.Form = Text
	}
	if n := utf8.RuneCountInString(ev.Text); n > ev.Len {
		ev.Len = n
	}
	ev.Text = Clean(ev.Text)
	if ev.Form != Text {
		return
	}
	rest, quote := unquote(ev.Text)
	if quote != nil {
		tidyPerson(&quote.From)
		ev.Text = rest
		if ev.Quote == nil {
			ev.Quote = quote
		}
	}
	if strings.ContainsAny(ev.Text, "@＠") {
		text, toBot := unmention(ev.Text, slices.Concat(names, []string{ev.BotName}))
		ev.Text, ev.ToBot = text, ev.ToBot || toBot
	}
}

func tidyPeople(people []Person) []Person {
	if len(people) == 0 {
		return nil
	}
	tidied := make([]Person, len(people))
	for i, p := range people {
		tidyPerson(&p)
		tidied[i] = p
	}
	return tidied
}

func tidyPerson(p *Person) {
	p.User = UserID(shorten(string(p.User)))
	p.Name, p.Display, p.Remark = cleanName(p.Name), cleanName(p.Display), cleanName(p.Remark)
	p.Avatar, p.Attr = shorten(p.Avatar), shorten(p.Attr)
}

func cleanName(s string) string {
	if !plain(s) {
		s = strings.NewReplacer("\n", " ", "\t", " ").Replace(Clean(s))
	}
	return strings.TrimSpace(cut(strings.TrimSpace(s), maxNick))
}

// Clean makes a text safe to store and to show: valid UTF-8 of at most 10,000 characters without control
// characters (line feeds and tabs stay), bidirectional controls and zero-width spaces. Joiners within emoji stay.
func Clean(s string) string {
	if plain(s) && len(s) <= maxText {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\u200d' {
			return r
		}
		if invisible(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD"))
	return cut(s, maxText)
}

// plain tells that s is ASCII without control characters, or Chinese and other text that needs no cleaning.
func plain(s string) bool {
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || r >= 0xad && invisible(r) {
			return false
		}
	}
	return true
}

// invisible tells whether a character has no shape of its own and can be used to deceive.
func invisible(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0: // controls
	case r >= 0x200b && r <= 0x200f: // zero width, marks of direction
	case r >= 0x2028 && r <= 0x202e: // separators, embeddings, overrides
	case r >= 0x2060 && r <= 0x206f: // joiners, isolates, deprecated
	case r == 0xfeff, r == 0x00ad, r == 0x061c, r == 0x180e:
	case r >= 0xe0000 && r <= 0xe007f: // tags
	default:
		return false
	}
	return true
}

func cut(s string, runes int) string {
	if len(s) <= runes {
		return s
	}
	n := 0
	for i := range s {
		if n == runes {
			return s[:i]
		}
		n++
	}
	return s
}

// shorten keeps ids bounded and clean without making two of them equal.
func shorten(id string) string {
	if len(id) <= maxID && plain(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// tidyTable is a table whose cells are fit to be stored and matched.
func tidyTable(table [][]string) [][]string {
	clean := make([][]string, len(table))
	for i, row := range table {
		clean[i] = make([]string, len(row))
		for j, cell := range row {
			clean[i][j] = Clean(cell)
		}
	}
	if len(clean) == 0 {
		return nil
	}
	return clean
}

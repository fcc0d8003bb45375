package community

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/weilu-im/weilu/bot"
)

// A name's sizes: code points that are read, characters as people count them that are kept, and echoed.
const (
	nameRead   = 1000
	nameStored = 64
	nameEchoed = 20
)

// CleanText makes a text from any door safe to store and to show: valid UTF-8 without NUL, control characters
// other than line feed and tab, and bidirectional controls. The machine does the same to messages.
func CleanText(s string) string { return bot.Clean(s) }

// OneLine is a clean text on one line, with single spaces.
func OneLine(s string) string { return strings.Join(strings.Fields(CleanText(s)), " ") }

// MostReason is how many characters a reason or a note has at the most.
const MostReason = 200

// Reason reads why somebody does something, or what they note about it: one line. It refuses what is too long.
func (c *Community) Reason(r *bot.Request, text string) (string, error) {
	text = OneLine(text)
	if n := utf8.RuneCountInString(text); n > MostReason {
		return "", c.refuse(r, "reason.long", "Most", MostReason, "Count", n)
	}
	return text, nil
}

// CleanName makes a name safe to store and to show on one line: valid UTF-8, no control, bidirectional,
// invisible or private characters, single spaces, no leading mention, at most 64 characters. It may be empty.
func CleanName(name string) string {
	var b strings.Builder
	marks, space := 0, false
	prev := ' '
	runes := []rune(strings.ToValidUTF8(name, ""))
	runes = runes[:min(len(runes), nameRead)]
	for i, r := range runes {
		switch {
		case unicode.IsSpace(r) || r == '\u2800':
			space = true
			continue
		case r == '\u200d':
			if space || !joins(prev, runes[i+1:]) {
				continue
			}
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || isBlank(r):
			continue
		case unicode.IsMark(r):
			if marks++; marks > 4 || space || b.Len() == 0 {
				continue
			}
		default:
			marks = 0
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
		prev = r
	}
	return Shorten(unmentioned(b.String()), nameStored)
}

// joins tells whether a zero-width joiner stands within an emoji.
func joins(prev rune, rest []rune) bool {
	emoji := unicode.Is(unicode.So, prev) || prev == '\ufe0f' || prev >= 0x1f3fb && prev <= 0x1f3ff
	return emoji && len(rest) > 0 && unicode.Is(unicode.So, rest[0]) && rest[0] != '\u2800'
}

// isBlank knows the letters without a shape that unicode counts as letters, marks or symbols.
func isBlank(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0', utf8.RuneError:
		return true
	}
	return false
}

// everybody are the names that mean all people of a group where a mention may stand.
var everybody = [...]string{"所有人", "全体成员", "all", "everyone", "channel", "here"}

// unmentioned takes off the mentions that a name begins with, and the sign before everybody's names within.
func unmentioned(name string) string {
	for {
		bare := strings.TrimLeftFunc(name, opensMention)
		if i := everybodyAt(bare); i >= 0 {
			bare = strings.TrimSpace(bare[:i]) + " " + strings.TrimLeftFunc(bare[i:], opensMention)
		}
		if bare == name {
			return name
		}
		name = bare
	}
}

func opensMention(r rune) bool { return isAt(r) || unicode.IsSpace(r) || unicode.IsMark(r) }

func isAt(r rune) bool { return r == '@' || r == '＠' || r == '﹫' }

// everybodyAt is where a name mentions everybody, or -1.
func everybodyAt(name string) int {
	for i, r := range name {
		if !isAt(r) {
			continue
		}
		after := bot.Fold(strings.TrimLeftFunc(name[i:], opensMention))
		for _, all := range everybody {
			if strings.HasPrefix(after, all) {
				return i
			}
		}
	}
	return -1
}

// Shorten cuts s to a number of characters as people count them, the last of which is then an ellipsis. A
// character made of very many code points counts as several.
func Shorten(s string, most int) string {
	budget := 4 * most
	if len(s) <= most {
		return s
	}
	rest, state, n, runes, end := s, -1, 0, 0, 0
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		n++
		runes += utf8.RuneCountInString(cluster)
		if n < most && runes < budget {
			end += len(cluster)
		}
		if n > most || runes > budget {
			if end == 0 { // one endless character
				end = len(string([]rune(s)[:budget-1]))
			}
			return strings.TrimRight(s[:end], " \u200d") + "…"
		}
	}
	return s
}

// Excerpt is the beginning of a text that somebody wrote, safe to show: on one line, of at most n characters as people count them.
func Excerpt(text string, n int) string {
	return Shorten(strings.Join(strings.Fields(CleanText(text)), " "), n)
}

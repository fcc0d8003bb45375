package wechattest

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// text is a JSON string that keeps the bytes it was given, also those that are no UTF-8, as WeChat passes them on.
type text string

// MarshalJSON quotes the bytes without looking at what they spell.
func (t text) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(t)+2)
	b = append(b, '"')
	for i := range len(t) {
		switch c := t[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20 || c == 0x7f:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"'), nil
}

// Encode writes a text as WeChat's web server does: newlines as <br/>, three entities, old emoji as spans.
func Encode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if code, size := emojiAt(s[i:]); size > 0 {
			fmt.Fprintf(&b, `<span class="emoji emoji%s"></span>`, code)
			i += size
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		switch s[i] {
		case '\n':
			b.WriteString("<br/>")
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

const (
	variation = 0xfe0f
	keycap    = 0x20e3
	oldFlags  = "JP US FR DE IT GB ES RU CN KR"
	oldSigns  = "©®☀☁☂☃☄★☎☔☕☝☺♈♉♊♋♌♍♎♏♐♑♒♓♠♣♥♦♨♻♿⚓⚠⚡⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✂✅✈✉✊✋✌✏✒✔✖✨✳✴❄❇❌❎❓❔❕❗❤➕➖➗➡➰➿⭐⭕"
)

// emojiAt is the code and the length of the old emoji that a text begins with; the length is 0 if there is none.
func emojiAt(s string) (code string, size int) {
	first, n := utf8.DecodeRuneInString(s)
	second, m := utf8.DecodeRuneInString(s[n:])
	switch {
	case first >= '0' && first <= '9' || first == '#':
		if second == variation {
			n += m
			second, m = utf8.DecodeRuneInString(s[n:])
		}
		if second == keycap {
			return fmt.Sprintf("%x%x", first, second), n + m
		}
		return "", 0
	case isRegional(first) && isRegional(second):
		if strings.Contains(oldFlags, string([]rune{first - 0x1f1e6 + 'A', second - 0x1f1e6 + 'A'})) {
			return fmt.Sprintf("%x%x", first, second), n + m
		}
		return "", 0
	case !isOld(first):
		return "", 0
	case isTone(second) && first > 0xffff, second == variation && first > 0xff && first <= 0xffff:
		return fmt.Sprintf("%x%x", first, second), n + m
	default:
		return fmt.Sprintf("%x", first), n
	}
}

func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func isTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// isOld tells the emoji of Unicode 6, which WeChat writes as spans; the later ones stay as they are.
func isOld(r rune) bool {
	switch {
	case isTone(r):
		return false
	case r >= 0x1f300 && r <= 0x1f5ff, r >= 0x1f600 && r <= 0x1f640, r >= 0x1f645 && r <= 0x1f64f, r >= 0x1f680 && r <= 0x1f6c5:
		return true
	default:
		return r > 0xff && strings.ContainsRune(oldSigns, r)
	}
}

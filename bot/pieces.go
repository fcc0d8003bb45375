package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanAll is Clean for a text of any length: nothing is cut off.
func CleanAll(s string) string {
	const most = 8000 // bytes, and so fewer characters than Clean keeps
	var b strings.Builder
	for len(s) > most {
		end := most
		for !utf8.RuneStart(s[end]) && end > most-utf8.UTFMax {
			end--
		}
		b.WriteString(Clean(s[:end]))
		s = s[end:]
	}
	b.WriteString(Clean(s))
	return b.String()
}

// Pieces splits a text so that each piece has at most so many characters, for transports that take no longer ones. It is cut where a reader would pause,
// the later the better, and never within an atom or what is seen as one character, unless there is no other way.
func Pieces(text string, most int, atoms []string) (list []string) {
	for {
		text = strings.TrimSpace(text)
		if text == "" {
			return list
		}
		window := runes(text, most)
		if window == text {
			return append(list, text)
		}
		end := pause(text, window, atoms)
		list = append(list, strings.TrimSpace(text[:end]))
		text = text[end:]
	}
}

// pauses are what a text can be cut behind, the best first.
var pauses = [...]func(before, after rune) bool{
	func(b, a rune) bool { return b == '\n' && a == '\n' },
	func(b, a rune) bool { return b == '\n' || a == '\n' },
	func(b, a rune) bool {
		return strings.ContainsRune("。！？!?；;…", b) && !strings.ContainsRune("。！？!?；;…”」』）)", a) ||
			b == '.' && unicode.IsSpace(a) || strings.ContainsRune("”」』", b)
	},
	func(b, a rune) bool {
		return unicode.IsSpace(b) || unicode.IsSpace(a) || strings.ContainsRune("，、,：:", b)
	},
	func(_, _ rune) bool { return true },
}

// pause is where to cut a text so that the beginning fits into the window.
func pause(text, window string, atoms []string) int {
	kept := spans(text, len(window), atoms)
	for i, good := range pauses {
		least := len(window) / 4 // a tiny piece is worse than a cut at a lesser pause
		if i == len(pauses)-1 {
			least = 0
		}
		after := firstRune(text[len(window):])
		for end := len(window); end > least; {
			before, size := utf8.DecodeLastRuneInString(text[:end])
			if good(before, after) && !oneSign(text, end) && !inside(kept, end) {
				return end
			}
			end, after = end-size, before
		}
	}
	return len(window)
}

// spans are the places of atoms in a text that reach into its first bytes.
func spans(text string, within int, atoms []string) (list [][2]int) {
	for _, atom := range atoms {
		for i := 0; i < within; {
			at := strings.Index(text[i:], atom)
			if at < 0 || i+at >= within {
				break
			}
			list = append(list, [2]int{i + at, i + at + len(atom)})
			i += at + len(atom)
		}
	}
	return list
}

func inside(spans [][2]int, i int) bool {
	for _, s := range spans {
		if s[0] < i && i < s[1] {
			return true
		}
	}
	return false
}

// oneSign tells whether what stands on both sides of a place is seen as one character.
func oneSign(text string, i int) bool {
	const joiner = '\u200d'
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after := firstRune(text[i:])
	switch {
	case after == joiner || before == joiner, unicode.IsMark(after), after >= 0x1f3fb && after <= 0x1f3ff:
		return true
	case after >= 0x1160 && after <= 0x11ff: // the later letters of a Hangul syllable
		return true
	case regional(after): // flags are pairs of these
		flags := 0
		for rest := text[:i]; rest != ""; flags++ {
			r, size := utf8.DecodeLastRuneInString(rest)
			if !regional(r) {
				break
			}
			rest = rest[:len(rest)-size]
		}
		return flags%2 == 1
	}
	return false
}

func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// runes is the beginning of a text, of at most so many characters.
func runes(s string, most int) string {
	for i := range s {
		if most == 0 {
			return s[:i]
		}
		most--
	}
	return s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

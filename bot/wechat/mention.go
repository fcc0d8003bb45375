package wechat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a text is searched for; beyond that it is made to cost, not to be read.
const (
	maxAts     = 300 // signs that may begin a mention
	maxCalled  = 100 // characters of a name
	maxMention = 500 // people
)

// fourth is the space that phones put behind a mention.
const fourth = '\u2005'

// mention is one found in a text.
type mention struct {
	users []string // who has that name; several are nobody for certain
	name  string
}

// mentions finds the names that a text addresses: "@name" before a space, a punctuation mark or the end. Names may
// hold spaces, so the longest known one wins. who tells which users have a name.
func mentions(text string, who func(name string) []string) (found []mention) {
	for i, n := 0, 0; n < maxAts && len(found) < maxMention; n++ {
		at := strings.IndexAny(text[i:], "@＠")
		if at < 0 {
			break
		}
		at += i
		_, size := utf8.DecodeRuneInString(text[at:])
		i = at + size
		if m, end := mentionAt(text[i:], inAddress(text[:at]), who); end > 0 {
			found = append(found, m)
			i += end
		}
	}
	return found
}

// mentionAt is the longest known name that a text begins with, and its length in bytes; 0 if there is none.
func mentionAt(text string, inAddress bool, who func(name string) []string) (best mention, length int) {
	for end, runes := 0, 0; runes <= maxCalled; runes++ {
		r, size := utf8.DecodeRuneInString(text[end:])
		closed := size == 0 || closesMention(r)
		if inAddress {
			closed = size > 0 && r == fourth
		}
		if end > 0 && closed {
			if users := who(text[:end]); len(users) > 0 {
				best, length = mention{users, text[:end]}, end
			}
		}
		if size == 0 {
			break
		}
		end += size
	}
	return best, length
}

func closesMention(r rune) bool {
	return unicode.IsSpace(r) || r == '@' || r == '＠' || strings.ContainsRune("，。！？：；、,!?:;）)】]", r)
}

// inAddress tells whether what stands before an @ reads like the beginning of an e-mail address.
func inAddress(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._%+-", r))
}

// withoutOwn takes mentions of the bot off the beginning and the end of a text, whichever of its names they use.
func withoutOwn(text string, names []string) string {
	for again := true; again; {
		again = false
		text = strings.TrimSpace(text)
		for _, name := range names {
			for _, at := range [...]string{"@", "＠"} {
				if rest, ok := strings.CutPrefix(text, at+name); ok && (rest == "" || closesMention(firstRune(rest))) {
					text, again = rest, true
				} else if rest, ok := strings.CutSuffix(text, at+name); ok && !inAddress(rest) {
					text, again = rest, true
				}
			}
		}
	}
	return text
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// longestFirst sorts names so that none hides one that it begins.
func longestFirst(names []string) []string {
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	slices.SortFunc(names, func(a, b string) int {
		if d := len(b) - len(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(names)
}

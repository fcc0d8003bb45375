package ambassador

import (
	"math/rand/v2"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// Codes are made of letters and digits that no other looks like. There are 23, a prime, so that the check character finds
// every single wrong character and every two that changed places.
const (
	codeAlphabet = "ACDEFGHJKMNPQRTWXY34679"
	codeLength   = 8 // 7 by chance, of 3.4 thousand million, and the check character
	codeSum      = 5 // what the weighted characters come to, modulo 23; not 0, which a row of the first letter has
)

// newCode makes a code.
func newCode(chance *rand.Rand) string {
	var code [codeLength]byte
	sum := 0
	for i := range codeLength - 1 {
		n := chance.IntN(len(codeAlphabet))
		code[i] = codeAlphabet[n]
		sum += (i + 1) * n
	}
	for n := range len(codeAlphabet) {
		if (sum+codeLength*n)%len(codeAlphabet) == codeSum {
			code[codeLength-1] = codeAlphabet[n]
		}
	}
	return string(code[:])
}

// checks tells whether a word can be a code: it has the length, the letters, and its check character is right.
func checks(word string) bool {
	if len(word) != codeLength {
		return false
	}
	sum := 0
	for i := range codeLength {
		n := strings.IndexByte(codeAlphabet, word[i])
		if n < 0 {
			return false
		}
		sum += (i + 1) * n
	}
	return sum%len(codeAlphabet) == codeSum
}

// shownCode is a code as people read it: in two halves.
func shownCode(code string) string {
	if len(code) != codeLength {
		return code
	}
	return code[:codeLength/2] + "-" + code[codeLength/2:]
}

// The words that a code stands behind, folded.
var codeWords = []string{"邀请码", "invitation code", "invite code", "invitecode"}

// spoken is what a message says of a code.
type spoken struct {
	code   string // the word that is, or was meant to be, a code; in capitals
	direct bool   // it follows the words for a code, or is all that is said: a wrong one was a mistake
}

// findCode finds the code in a message that is no command: behind 邀请码 or somewhere beside it, or alone.
func findCode(text string) (s spoken, ok bool) {
	if len(text) > 2000 {
		return s, false
	}
	folded := bot.Fold(text)
	words := codeLike(folded)
	if len(words) == 0 {
		return s, false
	}
	for _, about := range codeWords {
		_, after, found := strings.Cut(folded, about)
		if !found {
			continue
		}
		for _, w := range words {
			if checks(w) {
				return spoken{w, true}, true
			}
		}
		near := codeLike(beginning(after, 24))
		if len(near) == 1 && mixed(near[0]) {
			return spoken{near[0], true}, true
		}
		return s, false
	}
	if len(words) == 1 && checks(words[0]) && bare(folded) == words[0] {
		return spoken{words[0], false}, true
	}
	return s, false
}

// bare are the letters and digits of a folded text, in capitals.
func bare(folded string) string {
	return strings.ToUpper(strings.Join(strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), ""))
}

// cutCode is what was typed as a code behind the command: without hyphens, dots and spaces, in capitals. What stands around
// it, as in 邀请码 是 K7QM-3RTX 谢谢, is left out.
func cutCode(args string) string {
	words := codeLike(bot.Fold(args))
	if len(words) == 1 {
		return words[0]
	}
	for _, w := range words {
		if checks(w) {
			return w
		}
	}
	return bare(bot.Fold(args))
}

// codeLike are the words of a folded text that are as long as a code, in capitals. A hyphen or a space in the middle
// belongs to them.
func codeLike(text string) (list []string) {
	plain := func(r rune) bool { return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	var parts []string
	var gaps []string // what stands before each part
	start, last := -1, 0
	for i, r := range text + "\x00" {
		switch {
		case plain(r) && start < 0:
			start = i
		case !plain(r) && start >= 0:
			parts, gaps = append(parts, text[start:i]), append(gaps, text[last:start])
			start, last = -1, i
		}
	}
	for i, p := range parts {
		joined := i > 0 && len(p) == codeLength/2 && len(parts[i-1]) == codeLength/2 && strings.Trim(gaps[i], " -–—·") == ""
		switch {
		case len(p) == codeLength:
			list = append(list, strings.ToUpper(p))
		case joined && (mixed(parts[i-1]+p) || checks(strings.ToUpper(parts[i-1]+p))):
			list = append(list, strings.ToUpper(parts[i-1]+p))
		}
	}
	return list
}

// mixed tells whether a word has letters and digits, as words of a language don't.
func mixed(word string) bool {
	return strings.ContainsAny(word, "0123456789") && strings.Trim(word, "0123456789") != ""
}

// beginning is the first n bytes of a text, or a little less.
func beginning(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

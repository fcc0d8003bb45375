package community

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// scanner takes words off the beginning of a text, whatever their width and case.
type scanner struct{ rest string }

// space skips spaces.
func (s *scanner) space() { s.rest = strings.TrimLeftFunc(s.rest, unicode.IsSpace) }

// left is what is left, without the spaces and commas before it.
func (s *scanner) left() string {
	return strings.TrimLeftFunc(s.rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，:：、", r) })
}

// take takes one of the words, the first that fits, with the spaces before it, and tells which.
func (s *scanner) take(words ...string) (string, bool) {
	trimmed := strings.TrimLeftFunc(s.rest, unicode.IsSpace)
	for _, w := range words {
		if rest, ok := cutFolded(trimmed, w); ok {
			s.rest = rest
			return w, true
		}
	}
	return "", false
}

func (s *scanner) has(words ...string) bool { _, ok := s.take(words...); return ok }

// cutFolded cuts a folded word off the beginning of a text, with spaces within it or not: 明 天. A word of letters ends
// where letters end.
func cutFolded(text, word string) (rest string, ok bool) {
	rest = text
	for i, want := range word {
		if want == ' ' || i > 0 && want >= utf8.RuneSelf {
			rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		}
		if want == ' ' {
			continue
		}
		r, n := utf8.DecodeRuneInString(rest)
		if n == 0 || bot.Fold(string(r)) != string(want) {
			return text, false
		}
		rest = rest[n:]
	}
	last := word[len(word)-1]
	if next, _ := utf8.DecodeRuneInString(rest); last >= 'a' && last <= 'z' && unicode.IsLetter(next) && next < utf8.RuneSelf {
		return text, false
	}
	return rest, true
}

// hanNumbers are the digits as Chinese writes them.
var hanNumbers = map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// number takes a number of up to four digits, or a Chinese one below 100.
func (s *scanner) number() (n int, ok bool) {
	s.space()
	rest, digits := s.rest, 0
	for rest != "" {
		r, size := utf8.DecodeRuneInString(rest)
		d := bot.Fold(string(r))
		if len(d) != 1 || d[0] < '0' || d[0] > '9' {
			break
		}
		if digits++; digits > 4 {
			return 0, false
		}
		n, rest = n*10+int(d[0]-'0'), rest[size:]
	}
	if digits > 0 {
		s.rest = rest
		return n, true
	}
	return s.han()
}

// twoDigits takes a number of exactly two digits.
func (s *scanner) twoDigits() (n int, ok bool) {
	before := s.rest
	if s.spaced() {
		return 0, false
	}
	for i, r := range s.rest {
		d := bot.Fold(string(r))
		digit := len(d) == 1 && d[0] >= '0' && d[0] <= '9'
		switch {
		case digit && ok:
			s.rest = before
			return 0, false
		case !digit:
			if ok {
				s.rest = s.rest[i:]
			}
			return n, ok
		}
		if n = n*10 + int(d[0]-'0'); i > 0 {
			ok = true
		}
	}
	if ok {
		s.rest = ""
	}
	return n, ok
}

// spaced tells whether a space is next, or nothing.
func (s *scanner) spaced() bool {
	r, _ := utf8.DecodeRuneInString(s.rest)
	return s.rest == "" || unicode.IsSpace(r)
}

// digit tells whether a digit is next.
func (s *scanner) digit() bool {
	r, _ := utf8.DecodeRuneInString(s.rest)
	d := bot.Fold(string(r))
	return s.rest != "" && len(d) == 1 && d[0] >= '0' && d[0] <= '9'
}

// han takes a Chinese number: 八, 十, 十二, 二十, 二十五.
func (s *scanner) han() (n int, ok bool) {
	rest := s.rest
	digit := func() (int, bool) {
		r, size := utf8.DecodeRuneInString(rest)
		d, ok := hanNumbers[r]
		if ok {
			rest = rest[size:]
		}
		return d, ok
	}
	n, ok = digit()
	if after, ten := strings.CutPrefix(rest, "十"); ten && (!ok || n > 0) {
		rest = after
		if !ok {
			n = 1
		}
		ones, _ := digit()
		n, ok = n*10+ones, true
	}
	if ok {
		s.rest = rest
	}
	return n, ok
}

package post

import (
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// option is what stands at the beginning of a text for the times that a post leaves out. Where unclear is not empty, it
// begins with what can't be read of it.
type option struct {
	x       exclusions
	rest    string
	unclear string
}

// readOption reads 除了周末, 跳过 节假日, 周末除外, （除周末外）, 仅工作日, skip weekends at the beginning of a text, or several
// of them. Where the text does not begin so, ok is false: it is the text of the post.
func readOption(text string) (o option, ok bool) {
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	s := &skipReader{rest: folded(trimmed)}
	length := len(s.rest)
	original := func(left string) string { return trimmed[unfolded(trimmed, length-len(left)):] }
	for ; ; ok = true {
		end := s.rest
		if ok {
			s.take(skipNext)
		}
		begin := s.rest
		switch found := s.phrase(); {
		case found == unclear, found == noSkip && ok && goesOn(end):
			return option{unclear: strings.TrimSpace(original(begin))}, true
		case found == noSkip && !ok:
			return option{rest: text}, false
		case found == noSkip:
			return option{x: s.x, rest: original(strings.TrimLeft(end, ":;,。"))}, true
		}
	}
}

// folded is a text of one width and case, in which spaces and the ends of lines are kept.
func folded(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteString(foldedRune(r))
	}
	return b.String()
}

func foldedRune(r rune) string {
	switch {
	case r == '\n':
		return "\n"
	case unicode.IsSpace(r):
		return " "
	}
	return bot.Fold(string(r))
}

// unfolded is how many bytes of a text make n bytes of it when it is folded.
func unfolded(text string, n int) int {
	for i, r := range text {
		if n <= 0 {
			return i
		}
		n -= len(foldedRune(r))
	}
	return len(text)
}

// goesOn tells whether a list that was read goes on with a time that was not: 跳过周末 和春节, 跳过周末 周五.
func goesOn(left string) bool {
	s := &skipReader{rest: left}
	if s.take(skipGoes) && skipTime.MatchString(s.rest) {
		return true
	}
	s.take(skipSpace)
	return s.items() && listEnds.MatchString(s.rest)
}

// skipKind is what a phrase is.
type skipKind int

const (
	noSkip  skipKind = iota
	aSkip            // it is read
	unclear          // it leaves something out that is not understood
)

// phrase takes one phrase: 除了周末, 除周末外, 周末除外, 仅工作日, in brackets or without.
func (s *skipReader) phrase() skipKind {
	before := *s
	bracket := s.take(skipOpen)
	found := s.bare()
	if found == aSkip && bracket && !s.take(skipClose) {
		found = unclear
	}
	if found != aSkip {
		*s = before
	}
	return found
}

// bare takes a phrase without its brackets.
func (s *skipReader) bare() skipKind {
	begin := *s
	tail := skipTail.MatchString(s.rest)
	switch {
	case s.take(skipStrict):
		return s.list(true)
	case s.take(skipLoose):
		return s.list(tail || skipTime.MatchString(s.rest) || skipAlone.MatchString(begin.rest))
	case s.take(skipOnly):
		return s.only()
	case s.items() && s.take(skipEnd) && commaEnds.MatchString(s.rest):
		return aSkip
	}
	return kind(false, tail)
}

// list takes what follows 除了. meant: where it can't be read, it leaves something out all the same.
func (s *skipReader) list(meant bool) skipKind {
	ends := listEnds
	read := s.items()
	if s.take(skipOut) {
		ends = commaEnds
	}
	return kind(read && ends.MatchString(s.rest), meant)
}

// only takes what follows 仅: 工作日, 周末.
func (s *skipReader) only() skipKind {
	meant := onlyTime.MatchString(s.rest)
	days := &skipReader{rest: s.rest}
	switch {
	case s.take(onlyWork):
		s.x.Workdays = true
	case days.items() && days.x == exclusions{Days: days.x.Days}:
		s.x.Days |= everyDay &^ days.x.Days
		s.rest = days.rest
	default:
		return kind(false, meant)
	}
	s.take(skipSent)
	return kind(listEnds.MatchString(s.rest), meant)
}

func kind(read, meant bool) skipKind {
	switch {
	case read:
		return aSkip
	case meant:
		return unclear
	}
	return noSkip
}

// readList reads a text that is nothing but exclusions: 周末 节假日, 跳过周末. Where it isn't, unclear is what can't be read.
func readList(text string) (o option, ok bool) {
	text = strings.TrimSpace(text)
	s := &skipReader{rest: folded(text)}
	length := len(s.rest)
	for s.rest != "" {
		before := *s
		if s.phrase() != aSkip && (!s.items() || !listEnds.MatchString(s.rest)) {
			return option{unclear: text[unfolded(text, length-len(before.rest)):]}, false
		}
		s.take(skipNext)
	}
	return option{x: s.x}, true
}

// behindMost is how many bytes of the end of a text are looked at for exclusions.
const behindMost = 120

// skipsBehind finds exclusions that stand behind a text, as a part of their own: 早安 跳过周末, 早安（周末除外）.
func skipsBehind(text string) (what string, ok bool) {
	text = strings.TrimSpace(text)
	apart := false
	for i, r := range text {
		opens := strings.ContainsRune("（(【[", r)
		if i > 0 && len(text)-i <= behindMost && (apart || opens) {
			s := &skipReader{rest: folded(strings.TrimRight(text[i:], " \n.。!！~～"))}
			if s.phrase() == aSkip && strings.TrimSpace(s.rest) == "" {
				return text[i:], true
			}
		}
		apart = unicode.IsSpace(r) || unicode.IsPunct(r) && !opens
	}
	return "", false
}

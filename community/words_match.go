package community

import (
	"strings"
	"unicode"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"
	"golang.org/x/text/unicode/norm"

	"github.com/weilu-im/weilu/bot"
)

// foldLight makes words that look alike equal and keeps punctuation and single spaces: compatibility forms,
// width, case, invisible characters, marks and look-alike letters.
func foldLight(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, bot.Fold(norm.NFKC.String(s)))
	return strings.Join(strings.Fields(lookAlikes.Replace(s)), " ")
}

// foldDeep leaves only the letters and digits of a lightly folded text.
func foldDeep(light string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, light)
}

// wordList finds words in folded texts: each in the light form, and those of letters and digits alone also in
// the deep form, where nothing put between the letters hides them.
type wordList struct {
	words       []string // as configured
	light, deep *wordSearch
}

type wordSearch struct {
	finder ahocorasick.AhoCorasick
	folded []string
	word   []int // the index in wordList.words of each folded word
}

// wordSpan is where a word stands in a folded text, in bytes.
type wordSpan struct{ start, end, word int }

func newWordList(words []string) *wordList {
	l := &wordList{words: words}
	light, deep := &wordSearch{}, &wordSearch{}
	for i, w := range words {
		f := foldLight(w)
		light.add(f, i)
		if d := foldDeep(f); d == strings.ReplaceAll(f, " ", "") {
			deep.add(d, i)
		}
	}
	l.light, l.deep = light.built(), deep.built()
	return l
}

func (s *wordSearch) add(folded string, word int) {
	if folded != "" {
		s.folded, s.word = append(s.folded, folded), append(s.word, word)
	}
}

func (s *wordSearch) built() *wordSearch {
	if len(s.folded) > 0 {
		b := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.StandardMatch})
		s.finder = b.Build(s.folded)
	}
	return s
}

func (l *wordList) empty() bool { return len(l.light.folded) == 0 }

// find gives all spans of all words in a text folded lightly or deeply.
func (l *wordList) find(text string, light bool) []wordSpan {
	s := l.deep
	if light {
		s = l.light
	}
	if len(s.folded) == 0 || text == "" {
		return nil
	}
	var spans []wordSpan
	for it := s.finder.IterOverlapping(text); ; {
		m := it.Next()
		if m == nil {
			return spans
		}
		if span := (wordSpan{m.Start(), m.End(), s.word[m.Pattern()]}); wholeWord(text, span) {
			spans = append(spans, span)
		}
	}
}

// first is a word in a text, given in both folded forms, that stands outside of everything allowed.
func (l *wordList) first(light, deep string, allowLight, allowDeep []wordSpan) (word string, bad bool) {
	for _, span := range l.find(light, true) {
		if !within(span, allowLight) {
			return l.words[span.word], true
		}
	}
	for _, span := range l.find(deep, false) {
		if !within(span, allowDeep) {
			return l.words[span.word], true
		}
	}
	return "", false
}

// wholeWord tells that a span does not begin or end in the middle of a Latin word.
func wholeWord(text string, s wordSpan) bool {
	return !(s.start > 0 && latin(text[s.start]) && latin(text[s.start-1])) &&
		!(s.end < len(text) && latin(text[s.end-1]) && latin(text[s.end]))
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' }

func within(s wordSpan, allowed []wordSpan) bool {
	for _, a := range allowed {
		if a.start <= s.start && s.end <= a.end {
			return true
		}
	}
	return false
}

package bot

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPiecesLoseNothing(t *testing.T) {
	words := rapid.SampledFrom([]string{"签到成功", "。", "\n", "\n\n", " ", "word", "@小明\u2005", "👍🏽", "🇨🇳", "e\u0301", "👨\u200d👩\u200d👧", "！", "」", "字字字字字字字字字字", "x. y"})
	spaceless := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(words, 0, 600).Draw(t, "text"), "")
		most := rapid.IntRange(20, 200).Draw(t, "most")
		list := Pieces(text, most, []string{"@小明"})
		at := 0
		for _, p := range list {
			if n := utf8.RuneCountInString(p); n > most || n == 0 {
				t.Errorf("a piece of %d characters", n)
			}
			i := strings.Index(text[at:], p)
			if i < 0 || spaceless(text[at:at+i]) != "" {
				t.Fatalf("%q is not what comes next in %q", p, text[at:])
			}
			if at+i > 0 && oneSign(text, at+i) {
				t.Errorf("cut within a character: %q", p)
			}
			if r := firstRune(p); strings.HasPrefix(p, "小明") && strings.HasSuffix(text[:at+i], "@") || unicode.IsMark(r) {
				t.Errorf("cut within a mention or character: %q", p)
			}
			at += i + len(p)
		}
		if rest := spaceless(text[at:]); rest != "" {
			t.Errorf("lost %q", rest)
		}
	})
}

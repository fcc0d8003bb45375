package community_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
)

func TestCleanName(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a plain name stays", "小明 Ming", "小明 Ming"},
		{"spaces around go and spaces within become one", " 小\u3000\u00a0 明 ", "小 明"},
		{"line feeds and tabs become spaces", "小\n明\t了", "小 明 了"},
		{"control characters go", "小\x00\x1b[31m明\u0085", "小[31m明"},
		{"bidirectional controls go", "\u202e明小\u202c\u2066x\u2069\u200e", "明小x"},
		{"zero-width characters go", "小\u200b\ufeff\u2060明", "小明"},
		{"letters without a shape go", "\u3164\u115f\uffa0\u2800", ""},
		{"invalid UTF-8 goes", "小\xff\xfe明", "小明"},
		{"private characters go", "小\ue000明", "小明"},
		{"a family stays together", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		{"a joiner between letters goes", "小\u200d明", "小明"},
		{"a name can't begin with a mention", "@＠ @小明", "小明"},
		{"a name in the shape of a mail address stays", "ming@weilu", "ming@weilu"},
		{"everybody is not mentioned within", "小明@所有人", "小明 所有人"},
		{"everybody is not mentioned within in full width", "小明＠＠ ＡＬＬ", "小明 ＡＬＬ"},
		{"marks are not piled up", "a" + strings.Repeat("\u0301", 50), "a" + strings.Repeat("\u0301", 4)},
		{"marks at the beginning go", "\u0301小明", "小明"},
		{"a mark behind a mention goes with it", "@\u0301小明", "小明"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := community.CleanName(c.in); got != c.want {
				t.Errorf("CleanName(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanTextKeepsLinesAndNothingThatDeceives(t *testing.T) {
	got := community.CleanText("第一行\r\n第二\t行\x00\x1b\u202e\xff")
	if want := "第一行\n第二\t行\uFFFD"; got != want {
		t.Errorf("CleanText = %q, want %q", got, want)
	}
}

// hostile draws names from letters that have gone wrong before.
func hostile() *rapid.Generator[string] {
	parts := []string{
		"小", "明", "a", "l", "A", "@", "＠", "﹫", "@all", "所有人", " ", "\n", "\u3000", "\u200d", "\u200b", "\u202e", "\u2069", "\ufe0f", "\u0301",
		"\u3164", "\u2800", "👨", "👩", "\U0001f3fd", "🇨", "🇳", "\u1100", "\u0600", "\x00", "\xff", "…", "vx", "v", "x", "1", "２", "③", ".com", "加",
		"\U000e0067", "\ue000", "\u0915\u094d", "Ｖ",
	}
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 4).Draw(t, "any") == 0 {
			return string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bytes"))
		}
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 90).Draw(t, "parts"), "")
	})
}

// unsafe says what is wrong with a name that was cleaned, or nothing.
func unsafe(name string, most int) string {
	switch {
	case !utf8.ValidString(name):
		return "invalid UTF-8"
	case uniseg.GraphemeClusterCount(name) > most:
		return "too long"
	case utf8.RuneCountInString(name) > 4*most:
		return "too many code points"
	case strings.TrimSpace(name) != name || strings.Contains(name, "  "):
		return "loose spaces"
	case strings.HasPrefix(name, "@") || strings.HasPrefix(name, "＠"):
		return "mentions somebody"
	case strings.Contains(strings.ToLower(name), "@all") || strings.Contains(name, "@所有人"):
		return "mentions everybody"
	}
	for _, r := range name {
		if r == '\u200d' {
			continue // within emoji
		}
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return "a character that deceives: " + string(r)
		}
	}
	return ""
}

func TestCleanNamesAreSafeAndStayAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := hostile().Draw(t, "name")
		got := community.CleanName(in)
		if problem := unsafe(got, 64); problem != "" {
			t.Fatalf("CleanName(%q) = %q: %s", in, got, problem)
		}
		if again := community.CleanName(got); again != got {
			t.Fatalf("CleanName(%q) = %q, and cleaned again %q", in, got, again)
		}
	})
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"小明", "@all", "\u202e\x00", "👨\u200d👩", "\xff", strings.Repeat("\u1100", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := community.CleanName(s)
		if problem := unsafe(got, 64); problem != "" {
			t.Errorf("CleanName(%q) = %q: %s", s, got, problem)
		}
		if again := community.CleanName(got); again != got {
			t.Errorf("CleanName(%q) = %q, and cleaned again %q", s, got, again)
		}
	})
}

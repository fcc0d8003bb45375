package community_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
)

func newWords(t *testing.T, cfg community.WordConfig) *community.Words {
	t.Helper()
	w, err := community.NewWords(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestScreenName(t *testing.T) {
	w := newWords(t, community.WordConfig{Names: []string{"竞品"}, AllowPhrases: []string{"贷款顾问", "weilu.com", "10086200"}})
	const fallback = "新朋友"
	for _, c := range []struct{ name, in, want string }{
		{"a plain name stays", "小明", "小明"},
		{"a name of twenty characters stays", strings.Repeat("明", 20), strings.Repeat("明", 20)},
		{"a longer name is cut with an ellipsis", strings.Repeat("明", 21), strings.Repeat("明", 19) + "…"},
		{"flags are not cut in half", strings.Repeat("🇨🇳", 21), strings.Repeat("🇨🇳", 19) + "…"},
		{"an empty name has a fallback", "\u200b \u3164", fallback},
		{"a link has a fallback", "看https://x.y", fallback},
		{"a domain has a fallback", "买鞋找shoes.com", fallback},
		{"a domain in full width has a fallback", "ｓｈｏｅｓ．ＣＯＭ", fallback},
		{"a word that begins like a domain stays", "Mr.Community", "Mr.Community"},
		{"a WeChat hint has a fallback", "小明加V", fallback},
		{"a WeChat hint with an account has a fallback", "vx123", fallback},
		{"letters put apart are the same word", "v.x 好货", fallback},
		{"letters put apart by nothing visible are the same word", "v\u200bx好货", fallback},
		{"letters in full width are the same word", "ＶＸ好货", fallback},
		{"letters in mathematical shapes are the same word", "𝓿𝔁好货", fallback},
		{"Cyrillic letters that look alike are the same word", "vх好货", fallback},
		{"a Latin word that holds the letters stays", "Dev X", "Dev X"},
		{"an advertising word has a fallback", "法国代购", fallback},
		{"an advertising word with a star has a fallback", "法国代*购", fallback},
		{"a word of the community has a fallback", "竞 品 小明", fallback},
		{"an allowed phrase stays", "贷款顾问小明", "贷款顾问小明"},
		{"a word beside an allowed phrase has a fallback", "贷款顾问兼职", fallback},
		{"an allowed domain stays", "小明 weilu.com", "小明 weilu.com"},
		{"an account number has a fallback", "小明123456", fallback},
		{"an account number put apart has a fallback", "小明 1-2-3 4.5.6", fallback},
		{"an account number in circles has a fallback", "①②③④⑤⑥", fallback},
		{"an allowed number stays", "热线10086200", "热线10086200"},
		{"a tag is no account number", "成员462#463", "成员462#463"},
		{"a tag hides no account number", "小明123456#1", fallback},
		{"a number in two parts is one number", "小明13800#1380", fallback},
		{"a short number stays", "小明2026", "小明2026"},
		{"everybody's name has a fallback", "@所有人", fallback},
		{"everybody's name in capitals has a fallback", "ＡＬＬ", fallback},
		{"a mention loses its sign", "@小红", "小红"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := w.ScreenName(c.in); got != c.want {
				t.Errorf("ScreenName(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestForbiddenSpeech(t *testing.T) {
	w := newWords(t, community.WordConfig{Speech: []string{"最好", "全网第一", "No.1", "best"}, AllowPhrases: []string{"最好的朋友"}})
	for _, c := range []struct{ name, text, word string }{
		{"plain words are fine", "今天一起读书吧", ""},
		{"a word is found", "这是最好的杯子", "最好"},
		{"a word put apart is found", "全 网-第一", "全网第一"},
		{"a word with punctuation is found as it is", "我们是ＮＯ．１！", "No.1"},
		{"a Latin word within another is not found", "bestow", ""},
		{"a Latin word among Chinese is found", "这是BEST的", "best"},
		{"an allowed phrase is fine", "你是我最好的朋友", ""},
		{"a word beside an allowed phrase is found", "最好的朋友用最好的杯子", "最好"},
		{"advertising words are only for names", "代购", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			word, bad := w.Forbidden(c.text)
			if word != c.word || bad != (c.word != "") {
				t.Errorf("Forbidden(%q) = %q, %v; want %q", c.text, word, bad, c.word)
			}
		})
	}
	if word, bad := newWords(t, community.WordConfig{}).Forbidden("最好"); bad {
		t.Errorf("without words %q is forbidden", word)
	}
}

func TestAForbiddenWordIsMasked(t *testing.T) {
	w := newWords(t, community.WordConfig{Speech: []string{"最便宜", "最", "水货"}})
	for word, want := range map[string]string{"最便宜": "＊＊＊", "水货": "水＊", "最": "＊", "best": "b＊＊＊", "": "＊"} {
		if got := w.Masked(word); got != want {
			t.Errorf("Masked(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestWrongWordsAreToldTogether(t *testing.T) {
	_, err := community.NewWords(community.WordConfig{Names: []string{"好", ""}, Speech: []string{"\u200b"}, Fallback: "代购"})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three problems, got %v", err)
	}
}

// The finder must give what a plain search gives.
func TestEveryWordIsFoundWhereverItStands(t *testing.T) {
	letter := rapid.SampledFrom([]rune("加微好1一二天é"))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringOfN(letter, 1, 4, -1), 1, 12).Draw(t, "words")
		text := rapid.StringOfN(letter, 0, 30, -1).Draw(t, "text")
		w, err := community.NewWords(community.WordConfig{Speech: words})
		if err != nil {
			t.Fatal(err)
		}
		want := false
		for _, word := range words {
			want = want || strings.Contains(text, word)
		}
		if word, bad := w.Forbidden(text); bad != want || bad && !strings.Contains(text, word) {
			t.Fatalf("Forbidden(%q) of %q = %q, %v; want %v", text, words, word, bad, want)
		}
	})
}

func TestScreenedNamesAreSafeAndStayAsTheyAre(t *testing.T) {
	w := newWords(t, community.WordConfig{})
	rapid.Check(t, func(t *rapid.T) {
		in := hostile().Draw(t, "name")
		got := w.ScreenName(in)
		if problem := unsafe(got, 20); problem != "" || got == "" {
			t.Fatalf("ScreenName(%q) = %q: %s", in, got, problem)
		}
		if again := w.ScreenName(got); again != got {
			t.Fatalf("ScreenName(%q) = %q, and screened again %q", in, got, again)
		}
	})
}

func FuzzScreenName(f *testing.F) {
	for _, s := range []string{"小明", "加v123", "@所有人", "\u202e\x00", "www.x.com", "１２３４５６", "\xff"} {
		f.Add(s)
	}
	w, err := community.NewWords(community.WordConfig{Names: []string{"竞品"}, AllowPhrases: []string{"贷款顾问"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := w.ScreenName(s)
		if problem := unsafe(got, 20); problem != "" || got == "" {
			t.Errorf("ScreenName(%q) = %q: %s", s, got, problem)
		}
		if again := w.ScreenName(got); again != got {
			t.Errorf("ScreenName(%q) = %q, and screened again %q", s, got, again)
		}
	})
}

func BenchmarkScreenName(b *testing.B) {
	w, err := community.NewWords(community.WordConfig{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		w.ScreenName("爱读书的小明 Ming🌱")
	}
}

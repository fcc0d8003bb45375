package community

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// WordConfig is what a community adds to the built-in words. All words are compared folded: width, case,
// look-alike letters, invisible characters, and spaces and punctuation put between.
type WordConfig struct {
	Names        []string `yaml:"names" doc:"more words that keep a name from being echoed"`
	Speech       []string `yaml:"speech" doc:"words that the bot itself never says; there are none built in"`
	AllowPhrases []string `yaml:"allow_phrases" doc:"phrases in which a word is harmless; one equal to a word allows it altogether"`
	Fallback     string   `yaml:"fallback" doc:"what to call somebody whose name can't be echoed"`
}

// DefaultWords adds nothing to the built-in words.
func DefaultWords() WordConfig {
	return WordConfig{Names: []string{}, Speech: []string{}, AllowPhrases: []string{}, Fallback: "新朋友"}
}

// nameWords are what advertisers put into names.
var nameWords = []string{
	"加v", "加微", "加薇", "加威", "+v", "v信", "vx", "vx号", "wx号", "wxid", "微信号", "薇信", "weixin",
	"加q", "加扣", "扣扣", "qq群",
	"代购", "兼职", "刷单", "贷款", "网贷", "套现", "代开", "发票", "办证", "博彩", "棋牌", "返利", "日结", "招代理",
}

// What names hide besides words: links, and the numbers of accounts and telephones.
var (
	namedLink   = regexp.MustCompile(`https?:|www\.|[a-z0-9](?:\.|。|点)(?:com|cn|net|org|top|xyz|shop|vip|club|site|link)(?:[^a-z]|$)`)
	namedNumber = regexp.MustCompile(`[0-9]{6,}`)
	longNumber  = regexp.MustCompile(`[0-9]{9,}`)
	endsWithTag = regexp.MustCompile(`#[0-9]{1,4}$`)
)

// Words screens the names that the bot echoes and what it is about to say. It is safe for concurrent use.
type Words struct {
	names, speech, allowed *wordList
	fallback               string
}

// NewWords makes the screening of a community. It tells everything that is wrong with the words.
func NewWords(cfg WordConfig) (*Words, error) {
	w := &Words{
		names:    newWordList(append(nameWords[:len(nameWords):len(nameWords)], cfg.Names...)),
		speech:   newWordList(cfg.Speech),
		allowed:  newWordList(cfg.AllowPhrases),
		fallback: Shorten(CleanName(cfg.Fallback), nameEchoed),
	}
	if w.fallback == "" {
		w.fallback = "新朋友"
	}
	var problems []error
	for _, word := range append(append(append([]string{}, cfg.Names...), cfg.Speech...), cfg.AllowPhrases...) {
		if foldLight(word) == "" {
			problems = append(problems, fmt.Errorf("word %q has no visible character", word))
		}
	}
	if w.badName(w.fallback) {
		problems = append(problems, fmt.Errorf("the name for people without one, %q, is itself forbidden", w.fallback))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return w, nil
}

// ScreenName is a name that is safe to echo: clean, at most 20 characters as people count them, mentioning
// nobody. Names that are empty, advertise or mean everybody become the fallback. Screening twice changes nothing.
func (w *Words) ScreenName(name string) string {
	name = CleanName(name)
	short := Shorten(name, nameEchoed)
	if name == "" || w.badName(name) || w.badName(short) {
		return w.fallback
	}
	return short
}

func (w *Words) badName(name string) bool {
	light := foldLight(name)
	deep := foldDeep(light)
	for _, all := range everybody {
		if deep == all {
			return true
		}
	}
	allowLight, allowDeep := w.allowed.find(light, true), w.allowed.find(deep, false)
	if _, bad := w.names.first(light, deep, allowLight, allowDeep); bad {
		return true
	}
	return outside(namedLink.FindAllStringIndex(light, -1), allowLight) || outside(numbers(light, deep), allowDeep)
}

// numbers are the spans of accounts and telephones. The tag by which members are recognised (小明88#1234) is no
// part of one, unless it would hide a whole number.
func numbers(light, deep string) [][]int {
	if tag := endsWithTag.FindString(light); tag != "" && !longNumber.MatchString(deep) {
		deep = deep[:len(deep)-len(tag)+1]
	}
	return namedNumber.FindAllStringIndex(deep, -1)
}

// Masked is a forbidden word as it can be told to who wrote it, by its first character: the bot itself must not say it.
func (w *Words) Masked(word string) string {
	runes := []rune(strings.TrimSpace(word))
	all := strings.Repeat("＊", max(len(runes), 1))
	if len(runes) < 2 {
		return all
	}
	masked := string(runes[0]) + strings.Repeat("＊", len(runes)-1)
	if _, bad := w.Forbidden(masked); bad {
		return all
	}
	return masked
}

// Forbidden finds a word that the bot itself must not say, as it was configured.
func (w *Words) Forbidden(text string) (word string, bad bool) {
	if w.speech.empty() {
		return "", false
	}
	light := foldLight(text)
	deep := foldDeep(light)
	return w.speech.first(light, deep, w.allowed.find(light, true), w.allowed.find(deep, false))
}

// outside tells whether any span is not within an allowed one.
func outside(spans [][]int, allowed []wordSpan) bool {
	for _, s := range spans {
		if !within(wordSpan{start: s[0], end: s[1]}, allowed) {
			return true
		}
	}
	return false
}

// lookAlikes are the letters of other scripts that pass for Latin ones.
var lookAlikes = strings.NewReplacer(
	"а", "a", "е", "e", "о", "o", "р", "p", "с", "c", "у", "y", "х", "x", "і", "i", "ѵ", "v", "ԛ", "q", "ԝ", "w",
	"ν", "v", "χ", "x", "ο", "o", "ɡ", "g", "ⱱ", "v", "〇", "0", "➕", "+",
)

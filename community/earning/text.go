package earning

import (
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// Print is what a text is compared by: its letters and digits, folded, without addresses, mentions and emoji.
type Print struct {
	Length int // letters; a run of three or more of one, or of one word, counts as one
	words  string
	grams  []uint32 // hashes of its pairs of letters, sorted
	marks  uint64   // one for each of them, by which most texts are told apart at once
}

// What a text holds besides words: links, emoji that WeChat writes out, keycaps, and who is addressed.
var (
	address = regexp.MustCompile(`https?://\S+`)
	codes   = regexp.MustCompile(`\[[\p{L}\p{N}]{1,12}\]`)
	keycaps = regexp.MustCompile(`[0-9#*]\x{FE0F}?\x{20E3}`)
	called  = regexp.MustCompile(`[@＠][^\s@＠]{1,64}(?:\s|$)`)
)

// Read makes the print of a text.
func Read(text string) *Print {
	if strings.Contains(text, "://") {
		text = address.ReplaceAllString(text, " ")
	}
	if strings.Contains(text, "[") {
		text = codes.ReplaceAllString(text, " ")
	}
	if strings.ContainsRune(text, '\u20e3') {
		text = keycaps.ReplaceAllString(text, " ")
	}
	if strings.ContainsAny(text, "@＠") {
		text = called.ReplaceAllString(text, " ")
	}
	letters := make([]rune, 0, len(text)/2)
	for _, r := range bot.Fold(text) {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			letters = append(letters, r)
		}
	}
	letters = unrepeated(letters)
	p := &Print{Length: len(letters)}
	for i, r := range letters { // what differs in its numbers only is the same
		if unicode.IsNumber(r) {
			letters[i] = '0'
		}
	}
	letters = slices.CompactFunc(letters, func(a, b rune) bool { return a == '0' && b == '0' })
	p.words, p.grams = string(letters), grams(letters)
	for _, g := range p.grams {
		p.marks |= 1 << (g >> 7 % 64)
	}
	return p
}

// unrepeated makes one of each run of three or more equal letters, and of a word that is said three times or more.
func unrepeated(letters []rune) []rune {
	out := letters[:0]
	for i := 0; i < len(letters); {
		n := 1
		for i+n < len(letters) && letters[i+n] == letters[i] {
			n++
		}
		out = append(out, letters[i])
		if n == 2 {
			out = append(out, letters[i])
		}
		i += n
	}
	for period := 1; period <= len(out)/3; period++ {
		if repeats(out, period) {
			return out[:period]
		}
	}
	return out
}

func repeats(letters []rune, period int) bool {
	for i := period; i < len(letters); i++ {
		if letters[i] != letters[i-period] {
			return false
		}
	}
	return true
}

func grams(letters []rune) []uint32 {
	if len(letters) < 2 {
		return nil
	}
	list := make([]uint32, len(letters)-1)
	for i := range list {
		list[i] = uint32(letters[i])*2654435761 ^ uint32(letters[i+1])
	}
	slices.Sort(list)
	return list
}

// What is as good as the same: this share of their pairs of letters, of short texts more.
const (
	alike      = 0.7
	alikeShort = 0.85
	shortPairs = 10
)

// same tells that two texts say the same words.
func (p *Print) same(o *Print) bool { return p.marks == o.marks && p.words == o.words }

// near tells that two texts are nearly the same.
func (p *Print) near(o *Print) bool {
	if len(p.grams) > len(o.grams) {
		p, o = o, p
	}
	least, most := len(p.grams), len(o.grams)
	wanted := alike
	if least < shortPairs {
		wanted = alikeShort
	}
	// Each bit that only the shorter one has is at least one pair that they don't share.
	if shared := least - bits.OnesCount64(p.marks&^o.marks); 2*float64(shared) < wanted*float64(least+most) {
		return false
	}
	shared := 0
	for i, j := 0, 0; i < len(p.grams) && j < len(o.grams); {
		switch {
		case p.grams[i] < o.grams[j]:
			i++
		case p.grams[i] > o.grams[j]:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return 2*float64(shared) >= wanted*float64(least+most)
}

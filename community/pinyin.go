package community

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"github.com/weilu-im/weilu/bot"
)

// spelling finds names by what people type: a part of the name, or its pinyin in full, by initials, or mixed, with
// every reading of a character. It remembers the readings of characters that it met, and is safe for concurrent use.
type spelling struct {
	mu       sync.Mutex // guards readings
	readings map[rune][]string
}

func newSpelling() *spelling { return &spelling{readings: map[rune][]string{}} }

// lettersMost is how many letters of pinyin are understood.
const lettersMost = 60

// finder tells whether a name is one that words look for.
func (s *spelling) finder(words string) func(nameEntry) bool {
	words = strings.TrimSpace(bot.Fold(words))
	letters := strings.Map(func(r rune) rune {
		switch r {
		case 'ü':
			return 'v'
		case ' ', '\'':
			return -1
		}
		return r
	}, words)
	spelled := letters != "" && len(letters) <= lettersMost && strings.Trim(letters, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
	first := letterBit(letters)
	return func(e nameEntry) bool {
		return strings.Contains(e.folded, words) || spelled && e.begins&first != 0 && s.spells(e.folded, letters)
	}
}

// begins are the letters and digits that a part of a folded name can begin with when it is spelled, as bits.
func (s *spelling) begins(name string) (set uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range name {
		if r < 0x80 {
			set |= letterBit(string(r))
		}
		for _, reading := range s.of(r) {
			set |= letterBit(reading)
		}
	}
	return set
}

// letterBit is a bit of its own for the letter or digit that a text begins with.
func letterBit(text string) uint64 {
	switch {
	case text == "":
		return 0
	case text[0] >= 'a' && text[0] <= 'z':
		return 1 << (text[0] - 'a')
	case text[0] >= '0' && text[0] <= '9':
		return 1 << (26 + text[0] - '0')
	}
	return 0
}

// spells tells whether letters spell a part of a folded name that begins with one of its characters. A set of
// numbers of letters that are used up goes along the name, so that it takes no longer where there are many ways.
func (s *spelling) spells(name, letters string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var used uint64
	for _, r := range name {
		used |= 1
		var next uint64
		readings := s.of(r)
		if len(readings) == 0 && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			next = used // between the characters that are spelled
		}
		for at := range letters {
			if used&(1<<at) == 0 {
				continue
			}
			rest := letters[at:]
			for _, reading := range readings {
				if strings.HasPrefix(reading, rest) {
					return true
				}
				for _, n := range [...]int{1, initial(reading), len(reading)} {
					if strings.HasPrefix(rest, reading[:n]) {
						next |= 1 << (at + n)
					}
				}
			}
			if len(readings) == 0 && rest[0] < 0x80 && rune(rest[0]) == r {
				if len(rest) == 1 {
					return true
				}
				next |= 1 << (at + 1)
			}
		}
		used = next
	}
	return false
}

// initial is how many letters a reading begins with that people type for it: two of zh, ch and sh.
func initial(reading string) int {
	if len(reading) > 1 && reading[1] == 'h' {
		return 2
	}
	return 1
}

// of are the readings of a character without tones, none where it has no pinyin.
func (s *spelling) of(r rune) []string {
	if r < 0x2e80 {
		return nil
	}
	readings, ok := s.readings[r]
	if !ok {
		readings = slices.DeleteFunc(pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal, Heteronym: true}), func(p string) bool { return p == "" })
		slices.Sort(readings)
		readings = slices.Compact(readings)
		s.readings[r] = readings
	}
	return readings
}

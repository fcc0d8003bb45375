package community

import (
	"strconv"
	"strings"
)

// MaxAmount is the most points that one command can name.
const MaxAmount = 1_000_000

// AmountError says why something is no amount of points. Key is the text to refuse it with.
type AmountError struct {
	Key  string // amount.negative, amount.zero, amount.fraction, amount.huge, amount.spaced or amount.not_a_number
	Text string // what was typed, not cleaned
}

func (e *AmountError) Error() string {
	return "not an amount (" + e.Key + "): " + strconv.Quote(e.Text)
}

// Amount reads an amount of points as people type it: digits of either width, with or without thousand
// separators or a plus, from 1 to MaxAmount. Its error is an *AmountError.
func Amount(s string) (int64, error) {
	refuse := func(key string) (int64, error) { return 0, &AmountError{Key: "amount." + key, Text: s} }
	text := strings.Map(halfWidth, strings.TrimSpace(s))
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(text, "+")
	}
	whole, fraction, broken := strings.Cut(digits, ".")
	whole, ok := ungrouped(whole)
	switch {
	case !ok || broken && !allDigits(fraction):
		return refuse("not_a_number")
	case negative:
		return refuse("negative")
	case broken:
		return refuse("fraction")
	}
	whole = strings.TrimLeft(whole, "0")
	switch {
	case whole == "":
		return refuse("zero")
	case len(whole) > len("1000000"):
		return refuse("huge")
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil:
		return refuse("not_a_number")
	case n > MaxAmount:
		return refuse("huge")
	}
	return n, nil
}

// CutAmount reads the amount that s begins with, and what follows. Where that are three digits alone, it is perhaps one
// number with a space in it, and refused. Its error is an *AmountError.
func CutAmount(s string) (amount int64, rest string, err error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return 0, "", &AmountError{Key: "amount.not_a_number"}
	}
	if amount, err = Amount(words[0]); err != nil {
		return 0, "", err
	}
	if len(words) > 1 && Thousands(words[1]) {
		return 0, "", &AmountError{Key: "amount.spaced", Text: words[0] + " " + words[1]}
	}
	return amount, strings.Join(words[1:], " "), nil
}

// Thousands tells whether a word may be the end of a number: three digits of either width.
func Thousands(word string) bool {
	word = strings.Map(halfWidth, word)
	return len(word) == 3 && allDigits(word)
}

// ungrouped takes thousand separators out of digits, where they stand at thousands.
func ungrouped(s string) (digits string, ok bool) {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if !allDigits(g) || len(groups) > 1 && (i > 0 && len(g) != 3 || len(g) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func halfWidth(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '−', r == '–', r == '—', r == '﹣':
		return '-'
	}
	return r
}

package community_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		want        int64
		key         string
	}{
		{"digits are an amount", "10", 10, ""},
		{"full-width digits are an amount", "１０", 10, ""},
		{"spaces around don't matter", "　 10 ", 10, ""},
		{"a plus is allowed", "＋５", 5, ""},
		{"thousands may be separated", "1,000", 1000, ""},
		{"thousands may be separated in full width", "１，０００", 1000, ""},
		{"leading zeros don't matter", "007", 7, ""},
		{"a million is the most", "1,000,000", 1_000_000, ""},
		{"a million and one is too much", "1000001", 0, "amount.huge"},
		{"more digits than a number holds are too much", strings.Repeat("9", 400), 0, "amount.huge"},
		{"a negative amount is refused as negative", "-5", 0, "amount.negative"},
		{"the minus of mathematics is a minus", "−５", 0, "amount.negative"},
		{"a negative fraction is refused as negative", "-0.5", 0, "amount.negative"},
		{"zero is refused", "0", 0, "amount.zero"},
		{"many zeros are zero", "０００", 0, "amount.zero"},
		{"a fraction is refused", "1.5", 0, "amount.fraction"},
		{"a fraction of nothing is still a fraction", "10.0", 0, "amount.fraction"},
		{"a point with nothing behind is no number", "１０.", 0, "amount.not_a_number"},
		{"a point with nothing before is no number", ".5", 0, "amount.not_a_number"},
		{"nothing is no number", "", 0, "amount.not_a_number"},
		{"a sign alone is no number", "-", 0, "amount.not_a_number"},
		{"two signs are no number", "--5", 0, "amount.not_a_number"},
		{"exponents are no number", "1e3", 0, "amount.not_a_number"},
		{"hexadecimals are no number", "0x10", 0, "amount.not_a_number"},
		{"an underscore separates nothing", "1_000", 0, "amount.not_a_number"},
		{"a separator at the wrong place is no number", "1,00", 0, "amount.not_a_number"},
		{"a separator before all digits is no number", ",100", 0, "amount.not_a_number"},
		{"a superscript is no digit", "10²", 0, "amount.not_a_number"},
		{"a digit of another script is no digit", "١٠", 0, "amount.not_a_number"},
		{"two numbers are no number", "10 20", 0, "amount.not_a_number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := community.Amount(c.typed)
			var bad *community.AmountError
			key := ""
			if errors.As(err, &bad) {
				key = bad.Key
			}
			if got != c.want || key != c.key {
				t.Errorf("Amount(%.20q) = %d, %q; want %d, %q", c.typed, got, key, c.want, c.key)
			}
		})
	}
}

func TestEveryAmountCanBeTypedInSeveralWays(t *testing.T) {
	wide := func(s string) string {
		return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, community.MaxAmount).Draw(t, "n")
		plain := strconv.FormatInt(n, 10)
		grouped := plain
		for i := len(plain) - 3; i > 0; i -= 3 {
			grouped = grouped[:i] + "," + grouped[i:]
		}
		for _, typed := range []string{plain, wide(plain), grouped, wide(grouped), " +" + plain} {
			if got, err := community.Amount(typed); got != n || err != nil {
				t.Fatalf("Amount(%q) = %d, %v; want %d", typed, got, err, n)
			}
		}
	})
}

func FuzzAmount(f *testing.F) {
	for _, s := range []string{"", "10", "１０", "1,000", "-1", "1.5", "1e3", "\xff", "9999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := community.Amount(s)
		if err == nil && (n < 1 || n > community.MaxAmount) {
			t.Errorf("Amount(%q) = %d", s, n)
		}
		if bad := (*community.AmountError)(nil); err != nil && (n != 0 || !errors.As(err, &bad) || !strings.HasPrefix(bad.Key, "amount.")) {
			t.Errorf("Amount(%q) = %d, %v", s, n, err)
		}
	})
}

package ambassador_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/community/ambassador"
)

// TestCodesCatchMistakes changes every character of many codes into every other one, and every two places.
func TestCodesCatchMistakes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		code := ambassador.NewCode(rnd)
		if !ambassador.Checks(code) || strings.Trim(code, ambassador.Alphabet) != "" {
			t.Fatalf("%s is no code", code)
		}
		for i := range code {
			for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" {
				if wrong := code[:i] + string(c) + code[i+1:]; wrong != code && ambassador.Checks(wrong) {
					t.Errorf("%s passes for %s", wrong, code)
				}
			}
			for j := range i {
				b := []byte(code)
				b[i], b[j] = b[j], b[i]
				if wrong := string(b); wrong != code && ambassador.Checks(wrong) {
					t.Errorf("%s passes for %s", wrong, code)
				}
			}
		}
	}
}

// TestNoLookAlikes knows which characters are taken for each other.
func TestNoLookAlikes(t *testing.T) {
	for _, alike := range []string{"0OQ", "1IL", "2Z", "5S", "8B", "UV", "VY"} {
		n := 0
		for _, c := range alike {
			n += strings.Count(ambassador.Alphabet, string(c))
		}
		if n > 1 {
			t.Errorf("the alphabet has %d of %s", n, alike)
		}
	}
}

func TestFindCode(t *testing.T) {
	code := ambassador.NewCode(rand.New(rand.NewPCG(3, 4)))
	lower, half := strings.ToLower(code), code[:4]+"-"+code[4:]
	wide := strings.Map(func(r rune) rune { return r + 0xfee0 }, code)
	wrong := code[:7] + map[bool]string{true: "A", false: "C"}[code[7] != 'A']
	for _, test := range []struct {
		text   string
		want   string
		direct bool
	}{
		{"我的邀请码是" + code, code, true},
		{"邀请码：" + lower + "，请多关照", code, true},
		{"朋友给的邀请码 " + half + " 谢谢大家", code, true},
		{"邀请码" + wide, code, true},
		{"大家好！我是小明，朋友小红给的邀请码\n" + code, code, true},
		{code + " 是我的邀请码", code, true},
		{"my invite code is " + lower + ".", code, true},
		{"邀请码" + wrong, wrong, true},
		{code, code, false},
		{half + "！", code, false},
		{wrong, "", false},
		{"有人知道邀请码怎么用吗", "", false},
		{"邀请码 activity", "", false},
		{"订单号 " + code + " 到了", "", false},
		{strings.Repeat("邀请码"+code, 1000), "", false},
		{"", "", false},
	} {
		got, direct, ok := ambassador.FindCode(test.text)
		if ok != (test.want != "") || got != test.want || direct != test.direct {
			t.Errorf("%.60q: %q, %v", test.text, got, direct)
		}
	}
	for _, args := range []string{code, lower, half, " " + wide + " ", "是 " + code, code + "，谢谢", code[:4] + " " + code[4:]} {
		if got := ambassador.CutCode(args); got != code {
			t.Errorf("%q: %s, want %s", args, got, code)
		}
	}
}

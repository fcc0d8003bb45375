package wallet_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/community/wallet"
)

func TestLinesOfAMessage(t *testing.T) {
	for in, want := range map[string]string{
		"@小明 10":             "小明|10|",
		"@小明\u200510 谢谢 3 次": "小明|10|谢谢 3 次",
		"m12 -5 重复":          "m12|-5|重复",
		"m12,5":              "m12|5|",
		"m12，5，好":            "m12|5|好",
		"m12;5":              "m12|5|",
		"小 明 1,000 好":        "小 明|1,000|好",
		"小明，1,020，晒图":        "小明|1,020|晒图",
		"m12,1,020":          "m12|1,020|",
		"m12,1,020,好":        "m12|1,020,好|", // no amount: it is not guessed
		"m12, 5":             "m12|5|",
		"m12：5":              "m12：5||",
		"小明 １０":              "小明|１０|",
		"m5 一些":              "m5|一些|",
		"10":                 "10||",
	} {
		l := wallet.ChatLine(in)
		if got := strings.Join(l[:], "|"); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestSignedAmounts(t *testing.T) {
	for in, want := range map[string]int64{"5": 5, "+5": 5, "-5": -5, "－５": -5, "−1,000": -1000, "-7\n": -7} {
		if n, err := wallet.Signed(in); err != nil || n != want {
			t.Errorf("%q is %d, %v, want %d", in, n, err, want)
		}
	}
	for _, in := range []string{"", "-", "--5", "-+5", "0", "-0", "1.5", "-1.5", "1e3", "-1000001", "五"} {
		if n, err := wallet.Signed(in); err == nil {
			t.Errorf("%q is %d, want an error", in, n)
		}
	}
}

func TestColumnsAreFoundByNameOrPlace(t *testing.T) {
	for _, c := range []struct {
		table [][]string
		want  []wallet.Line
		key   string
	}{
		{[][]string{{"m1", "5"}, nil, {"m2", "6", "好"}}, []wallet.Line{{1, "m1", "5", ""}, {3, "m2", "6", "好"}}, ""},
		{[][]string{{"分数", "电话", "昵称", "编号"}, {"5", "138", "小明", "m1"}, {"6", "", "小红"}}, []wallet.Line{{2, "m1", "5", ""}, {3, "小红", "6", ""}}, ""},
		{[][]string{nil, {"Member", "Points", "Reason"}, {"m1", "5", "x"}}, []wallet.Line{{3, "m1", "5", "x"}}, ""},
		{[][]string{{"成员", "member", "积分"}}, nil, "twice"},
		{[][]string{{"成员"}}, nil, "columns"},
		{[][]string{{"m1", "5", "好", "多"}}, nil, "cells"},
	} {
		lines, key := wallet.TableLines(c.table)
		if diff := cmp.Diff(c.want, lines); diff != "" || key != c.key {
			t.Errorf("%v: %q, want %q; -want +got\n%s", c.table, key, c.key, diff)
		}
	}
}

func TestWhatIsWrongWithTheConfiguration(t *testing.T) {
	if err := wallet.Defaults().Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*wallet.Config){
		"confirm_above":           func(c *wallet.Config) { c.ConfirmAbove = 0 },
		"board":                   func(c *wallet.Config) { c.Board = 51 },
		"transfers.min":           func(c *wallet.Config) { c.Transfers.Min = 0 },
		"transfers.max_per_day":   func(c *wallet.Config) { c.Transfers.MaxPerDay = 0 },
		"transfers.confirm_above": func(c *wallet.Config) { c.Transfers.ConfirmAbove = -1 },
	} {
		cfg := wallet.Defaults()
		change(&cfg)
		if err := cfg.Validate(); err == nil {
			t.Errorf("a bad %s is not found", name)
		}
	}
}

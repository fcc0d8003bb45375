package script_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/community/script"
)

func TestHashtagsAreFoundAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string][2]bool{
		"#开箱# 好漂亮":    {true, true},
		"＃开箱＃ 好漂亮":    {true, true},
		"好漂亮 #开箱":     {true, true},
		"# 开箱 也好":     {false, false},
		"#开箱好漂亮":      {true, true},
		"#ABC# 好":     {true, true},
		"#别的# #abc 好": {true, true},
		"#开箱#":        {true, false},
		"#开箱# ……！":    {true, false},
		"#开箱# 🎁":      {true, true},
		"#开箱赛# 好漂亮":   {false, false},
		"开箱 好漂亮":      {false, false},
		"#别的#开箱":      {false, false},
		"#":           {false, false},
		"":            {false, false},
		"###开箱## 好":   {true, true},
		"#开 箱# 好":     {false, false},
	} {
		if found, more := script.Tagged(text, []string{"开箱", "abc"}); found != want[0] || more != want[1] {
			t.Errorf("%q: found %v, more %v", text, found, more)
		}
	}
}

func TestAQuoteIsTheQuestionOrItsBeginning(t *testing.T) {
	question := "今晚 20:00 就见面啦！\n你最想问什么？"
	for quoted, want := range map[string]bool{
		question:            true,
		"今晚 20:00 就见面啦！":    true,
		"今晚20:00就见…":        true,
		"今晚 20:00 就见面啦！...": true,
		"今晚":                false,
		"你最想问什么？":           false,
		"":                  false,
		"今晚 20:00 吃什么":      false,
	} {
		if script.Quotes(quoted, question) != want {
			t.Errorf("%q: want %v", quoted, want)
		}
	}
}

func TestTimesAreReadAsManagersTypeThem(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	now := time.Date(2026, 12, 30, 21, 0, 0, 0, zone)
	for text, want := range map[string]string{
		"2026-12-31 20:00":     "2026-12-31 20:00",
		"2026/12/31 20：00 x=y": "2026-12-31 20:00",
		"12-31 20:00":          "2026-12-31 20:00",
		"01-02 20:00":          "2027-01-02 20:00",
		"1-2 8:05":             "2027-01-02 08:05",
		"今晚八点":                 "",
		"今天22:00":              "2026-12-30 22:00",
		"明天 20:00":             "2026-12-31 20:00",
		"后天 20:00":             "2027-01-01 20:00",
		"20:00":                "2026-12-31 20:00",
		"22:00":                "2026-12-30 22:00",
		"02-30 20:00":          "",
		"13-01 20:00":          "",
		"25:00":                "",
		"20:61":                "",
		"明天":                   "",
		"":                     "",
	} {
		at, _, ok, _ := script.ReadMoment(text, now, zone)
		got := ""
		if ok {
			got = script.Written(at, zone)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestValuesAreNotReadForVariables(t *testing.T) {
	if got := script.Fill("{{.A}} {{ .B }} {{.C}}", map[string]string{"A": "{{.B}}", "B": "b"}); got != "{{.B}} b " {
		t.Errorf("got %q", got)
	}
}

func TestLongScriptsComeInParts(t *testing.T) {
	long := strings.Repeat("长", 900)
	got := script.Parts([]string{"head", long, long, "short", strings.Repeat("巨", 2000), "end"})
	want := []string{"head\n" + long, long + "\nshort", strings.Repeat("巨", 2000), "end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

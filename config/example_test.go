package config_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/config"
)

func example(t testing.TB, cfg any) string {
	t.Helper()
	var out bytes.Buffer
	err := config.Example(&out, []config.Doc{
		{Name: "shop", Doc: "What members buy. Everything that is said about a section stands before it, however long that takes, and no line is longer than 90 columns.", Defaults: struct{}{}},
		{Name: "points", Doc: "What is paid for what.", Defaults: cfg},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTheExampleLooksAsReviewed(t *testing.T) {
	want, err := os.ReadFile("testdata/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), example(t, defaults())); diff != "" {
		t.Error(diff)
	}
}

func TestTheExampleDecodesStrictlyAndEqualsTheDefaults(t *testing.T) {
	limit := 3
	odd := []string{"", " ", "04:00", "5", "1e3", "0x1", "true", "No", "y", "~", "null", "a: b", "# c", "- d", "{", "[", "'", `"`, `\`,
		"*a", "&a", "!a", "|", ">", "%", "@", "`", "=", "<<", "?", "a\nb\n", "\ttab", "tail ", "签到，成功！", "a\u3000b", "\u0085", "🎉", "2026-01-01", "60:60",
		"a,b", "a #b", "---", "...", "\x1b[1m", "_1", "/", ".5", "-1", "+1", "1_000", "\ufeff", strings.Repeat("long ", 40)}
	for name, change := range map[string]func(*settings){
		"the defaults": func(*settings) {},
		"nothing set":  func(s *settings) { *s = settings{} },
		"odd texts": func(s *settings) {
			s.Groups, s.Names, s.Limit = odd, map[string]string{}, &limit
			for _, text := range odd {
				if text != "" && !strings.ContainsAny(text, "\n\t\u0085\x1b") {
					s.Names[text] = text
				}
			}
			s.Timezone = "a\nb"
			s.Bonus = map[string]rung{"5": {Name: "x", Note: &odd[2]}}
			s.Wait, s.Rate, s.Small = 90061000000001, 1e-9, -128
		},
		"empty and not nil": func(s *settings) { s.Ladder, s.Bonus, s.Inner.Tags = []rung{}, map[string]rung{}, []string{} },
	} {
		t.Run(name, func(t *testing.T) {
			want := defaults()
			change(&want)
			text := example(t, &want)
			f, err := config.Open(config.Source{File: file(t, text)})
			if err != nil {
				t.Fatal(err)
			}
			got := want // an empty list leaves nil nil, so begin with the wanted ones that are empty
			if len(want.Names) > 0 {
				got.Names = map[string]string{"other": "x"}
			}
			if len(want.Groups) > 0 {
				got.Groups = []string{"other"}
			}
			got.Checkin, got.Timezone, got.Wait, got.Limit, got.Rate, got.Small = 99, "other", 99, nil, 99, 99
			var shop struct{}
			f.Section("shop", &shop)
			f.Section("points", &got)
			var problems []string
			for _, line := range strings.Split(errText(f.Err()), "\n") {
				if line != "" && !strings.Contains(line, "timezone or place is needed") {
					problems = append(problems, line)
				}
			}
			if diff := cmp.Diff(want, got, exactly); diff != "" || problems != nil {
				t.Errorf("%s\n%s\n%s", problems, diff, text)
			}
		})
	}
}

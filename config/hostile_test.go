package config_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/config"
)

func TestAFileThatIsNoConfigurationIsRefused(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for _, c := range "bcdefgh" {
		before := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+before+", ", 9) + "]\n"
	}
	for name, c := range map[string]struct{ file, want string }{
		"a list at the top":               {"- a\n- b\n", "weilu.yaml:1: expected sections, each a name with keys below it; found a list"},
		"a single value at the top":       {"hello\n", "weilu.yaml:1: expected sections, each a name with keys below it; found a single value"},
		"a section that is a value":       {"points: 5\n", "weilu.yaml:1: points: expected a section with keys below it; found a single value"},
		"a section that is a list":        {"\npoints: [5]\n", "weilu.yaml:2: points: expected a section with keys below it; found a list"},
		"invalid UTF-8":                   {"points:\n  lent: \xff\n", "weilu.yaml:2: not UTF-8 text; save the file as UTF-8"},
		"UTF-16":                          {"\xff\xfep\x00", "weilu.yaml:1: the file is UTF-16; save it as UTF-8"},
		"a NUL":                           {"points:\n  lent: a\x00b\n", "weilu.yaml:2: control character U+0000; remove it"},
		"an escaped NUL in a key":         {"points: {names: {\"a\\0b\": c}}\n", "weilu.yaml:1: points.names: a key contains control characters"},
		"a tab for indentation":           {"points:\n\tcheckin: 5\n", "weilu.yaml:2: indented with a tab; YAML wants spaces"},
		"a bracket that stays open":       {"points: [\n", "weilu.yaml:1: not YAML: did not find expected node content"},
		"a merge key":                     {"points:\n  <<: {checkin: 5}\n", "weilu.yaml:2: points: merge keys (<<) are not read; write the keys out"},
		"a number as a key":               {"points:\n  names:\n    7: x\n", `weilu.yaml:3: points.names: the key 7 must be text; put it in quotes: "7"`},
		"null as a key":                   {"~: x\n", `weilu.yaml:1: the key ~ must be text; put it in quotes: "~"`},
		"an empty key":                    {"points: {\"\": x}\n", "weilu.yaml:1: points: a key is empty"},
		"a list as a key":                 {"points: {[a]: x}\n", "weilu.yaml:1: points: a key must be plain text"},
		"an alias":                        {"points:\n  lent: &a x\n  timezone: *a\n", "weilu.yaml:3: points.timezone: aliases (*name) are not read; write the value out"},
		"an alias without an anchor":      {"points:\n  password: *hunter2\n", "weilu.yaml:1: not YAML: an alias (*name) without its anchor; put text that begins with * in quotes"},
		"a tag":                           {"points: {lent: !!str 5}\n", "weilu.yaml:1: points.lent: tags (!name) are not read; write the value alone"},
		"a second document":               {"points: {lent: a}\n---\npoints: {lent: b}\n", "weilu.yaml:2: a second document begins here; keep all in one, without ---"},
		"a section that is written twice": {"points: {lent: a}\npoints: {small: 1}\n", "weilu.yaml:2: points: written twice (first on line 1)"},
		"depth without end":               {"points: {lent: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}", "weilu.yaml:1: points.lent: expected text, got a list\nweilu.yaml:1: points.lent" + strings.Repeat("[0]", 31) + ": nested too deeply"},
	} {
		t.Run(name, func(t *testing.T) {
			_, f := read(t, c.file, nil, nil)
			if diff := cmp.Diff(c.want, errText(f.Err())); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, f := read(t, bomb, nil, nil)
	if got := errText(f.Err()); !strings.Contains(got, "aliases (*name) are not read") {
		t.Error(got)
	}
}

func TestALargeFileIsReadAndALargerOneRefused(t *testing.T) {
	start := time.Now()
	_, f := read(t, "points:\n"+strings.Repeat("  # padding padding padding padding\n", 30_000)+"  checkin: 7\n", nil, nil)
	if err := f.Err(); err != nil {
		t.Error(err)
	}
	var junk strings.Builder
	for i := range 100_000 {
		junk.WriteString("k" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String() + ": 1\n")
	}
	_, f = read(t, junk.String(), nil, nil)
	if got := errText(f.Err()); strings.Count(got, "\n") > 100 || !strings.Contains(got, " more") {
		t.Error(len(got))
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Error(took)
	}
	name := file(t, strings.Repeat("#", 4<<20+1))
	if _, err := config.Open(config.Source{File: name}); err == nil || !strings.Contains(err.Error(), "larger than 4 MiB") {
		t.Error(err)
	}
	if _, err := config.Open(config.Source{File: os.DevNull}); err != nil {
		t.Error(err)
	}
}

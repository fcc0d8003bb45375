package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	_ "github.com/weilu-im/weilu/bot/bottest" // brings the flag -update
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/bot/wechat"
)

// readmes are the front pages with the language of their command tables.
var readmes = map[string]string{"README.md": "en", "README.zh-CN.md": "zh"}

// TestReadmeTableIsCurrent compares the tables with the Command values. -update rewrites them.
func TestReadmeTableIsCurrent(t *testing.T) {
	e, err := bareEngine(defaults())
	if err != nil {
		t.Fatal(err)
	}
	for name, lang := range readmes {
		var table bytes.Buffer
		if err := commandTable(&table, e.Offers(lang), lang); err != nil {
			t.Fatal(err)
		}
		for _, row := range strings.Split(strings.TrimSpace(table.String()), "\n") {
			if cells := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|") - 1; cells != 5 {
				t.Errorf("a row of the table has %d cells instead of 5; write \\| for a bar within one: %s", cells, row)
			}
		}
		between(t, name, "commands", table.String())
	}
}

// TestReadmeOfWeChatExplainsEachAlarm keeps the table of docs/wechat.md equal to the alarms of the transport.
func TestReadmeOfWeChatExplainsEachAlarm(t *testing.T) {
	table := "| code | what happened | what to do |\n|---|---|---|\n"
	for _, a := range wechat.Alarms() {
		table += fmt.Sprintf("| `%s` | %s | %s |\n", a.Code, a.Text, a.Do)
	}
	between(t, "docs/wechat.md", "alarms", table)
}

// chats are the transcripts that the front pages show, by the name of the place that shows them.
var chats = regexp.MustCompile(`<!-- chat:([a-z/_.-]+\.chat):begin -->`)

// TestReadmeChatIsPlayed compares the conversation on the front page with the transcript that it is, which must pass.
func TestReadmeChatIsPlayed(t *testing.T) {
	for name := range readmes {
		shown := chats.FindAllStringSubmatch(readDocument(t, name), -1)
		if len(shown) == 0 {
			t.Errorf("%s shows no conversation", name)
		}
		for _, m := range shown {
			src := readDocument(t, m[1])
			script, err := transcript.Parse(m[1], []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			result, err := transcript.Run(t.Context(), script, (&Globals{}).world, transcript.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range result.Failures {
				t.Error(f)
			}
			between(t, name, "chat:"+m[1], "```\n"+src+"```\n")
		}
	}
}

// between compares what stands between the markers of a document with what should.
func between(t *testing.T, name, marker, want string) {
	t.Helper()
	begin, end := "<!-- "+marker+":begin -->\n", "<!-- "+marker+":end -->"
	head, rest, ok := strings.Cut(readDocument(t, name), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no markers %s", name, marker)
	}
	mustBe(t, name, head+begin+want+end+tail)
}

// mustBe compares a document with what it should be, and with -update makes it so.
func mustBe(t *testing.T, name, want string) {
	t.Helper()
	got := readDocument(t, name)
	if got == want {
		return
	}
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		if err := os.WriteFile(filepath.Join(checkoutDir, name), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is not current: go test ./cmd/weilu -run 'Readme|Example' -update rewrites it (-is +should be)\n%s", name, cmp.Diff(strings.Split(got, "\n"), strings.Split(want, "\n")))
}

// TestEachLanguageCallsCommandsByItsOwnNames looks at every command in both languages.
func TestEachLanguageCallsCommandsByItsOwnNames(t *testing.T) {
	e, err := bareEngine(defaults())
	if err != nil {
		t.Fatal(err)
	}
	ascii := func(s string) bool {
		return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	}
	for _, lang := range [...]string{"zh", "en"} {
		for _, o := range e.Offers(lang) {
			if ascii(o.Names[0]) != (lang == "en") {
				t.Errorf("%s: %v", lang, o.Names)
			}
		}
	}
}

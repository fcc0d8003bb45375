package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// TestDictionaryExplainsEverything keeps the meanings of tables equal to docs/storage.md (-update rewrites them) and
// fails for a table or column without an explanation.
func TestDictionaryExplainsEverything(t *testing.T) {
	var want strings.Builder
	line := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (.*) \\| (.*) \\|$")
	for _, m := range line.FindAllStringSubmatch(readDocument(t, "docs/storage.md"), -1) {
		want.WriteString(m[1] + "\t" + m[2] + "\t" + m[3] + "\n")
	}
	mustBe(t, "cmd/weilu/dictionary_tables.tsv", want.String())
	used := map[string]bool{}
	dbtest.Each(t, allOwners(defaults()), func(t *testing.T, db *database.DB) {
		tables, err := db.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dictionary(tables); err != nil {
			t.Error(err)
		}
		for _, table := range tables {
			for _, c := range table.Columns {
				used[c.Name], used[table.Name+"."+c.Name] = true, true
				if strings.Contains(c.Name, "hash") && leftOut[table.Name] == "" && table.Name != "seals" && table.Name != "roots" {
					t.Errorf("%s.%s looks like a secret and is exported", table.Name, c.Name)
				}
			}
		}
	})
	for line := range strings.Lines(columnMeanings) {
		if name, _, _ := strings.Cut(line, "\t"); !used[name] {
			t.Errorf("dictionary.tsv explains %s, which is nowhere", name)
		}
	}
}

// TestExport exports a community with hostile words, on both databases.
func TestExport(t *testing.T) {
	onDialects(t, func(t *testing.T, dialect string) {
		data, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
		p := startBot(t, data)
		p.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "name", "=1+1", "text", "签到"),
			event("e2", "2024-05-01T01:00:05Z", "chat", "c1", "from", "u1", "text", "@SUM(1)\"\n,换行"),
			event("e3", "2024-05-01T01:00:09Z", "from", "u1", "private", true, "text", "找回码"))
		p.waitSaid("recovery code", func(o outLine) bool { return strings.Contains(o.Say, "找回码") })
		code := regexp.MustCompile(`[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}`)
		var secret string
		for _, w := range p.words() {
			if found := code.FindString(w.Say); found != "" {
				secret = found
			}
		}
		p.finish()
		mustWeilu(t, "export", "--out", out, "--data", data)
		var m manifest
		readJSONFile(t, filepath.Join(out, "manifest.json"), &m)
		rows := map[string]int64{}
		for _, f := range m.Files {
			content, err := os.ReadFile(filepath.Join(out, f.Name))
			if err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(content)) != f.Bytes {
				t.Errorf("%s is another file than the manifest says", f.Name)
			}
			if secret != "" && bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds a recovery code", f.Name)
			}
			if f.Rows != nil {
				rows[f.Name] = *f.Rows
			}
			if strings.HasSuffix(f.Name, ".csv") {
				checkSheet(t, f, content)
			}
			if strings.HasSuffix(f.Name, ".jsonl") && int64(bytes.Count(content, []byte("\n"))) != *f.Rows {
				t.Errorf("%s has other lines than %d", f.Name, *f.Rows)
			}
		}
		if secret == "" || rows["checkins.csv"] != 1 || rows["members.jsonl"] != 1 || rows["message_texts.csv"] != 3 {
			t.Errorf("%d check-ins, %d members, %d texts; code %q", rows["checkins.csv"], rows["members.jsonl"], rows["message_texts.csv"], secret)
		}
		for _, name := range []string{"recovery_codes.csv", "console_sessions.jsonl", "undos.csv"} {
			if _, err := os.Stat(filepath.Join(out, name)); err == nil {
				t.Errorf("%s is exported", name)
			}
		}
		settings, err := os.ReadFile(filepath.Join(out, "settings.csv"))
		if err != nil || strings.Contains(string(settings), "secret") {
			t.Errorf("settings: %s, %v", settings, err)
		}
		members, err := os.ReadFile(filepath.Join(out, "members.jsonl"))
		if err != nil || !strings.Contains(string(members), `"name":"=1+1"`) || !strings.Contains(string(members), `"first_seen":"2024-05-01T01:00:00Z"`) {
			t.Errorf("members: %s, %v", members, err)
		}
		if _, errs, code := weilu(t, "", "export", "--out", out, "--data", data); code != 1 || !strings.Contains(errs, "not empty") {
			t.Errorf("over an export: exit %d: %s", code, errs)
		}
		if _, _, code := weilu(t, "", "export", "--data", data); code == 0 {
			t.Error("without --out: exit 0")
		}
	})
}

// checkSheet finds cells that a spreadsheet would compute, and a file without its mark.
func checkSheet(t *testing.T, f exportedFile, content []byte) {
	t.Helper()
	text, ok := bytes.CutPrefix(content, []byte("\ufeff"))
	if !ok {
		t.Errorf("%s has no byte order mark", f.Name)
	}
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || int64(len(lines)) != *f.Rows+1 {
		t.Errorf("%s: %d lines of %d rows, %v", f.Name, len(lines), *f.Rows, err)
	}
	for _, line := range lines {
		for _, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+@") {
				t.Errorf("%s computes %q", f.Name, cell)
			}
		}
	}
}

func readJSONFile(t *testing.T, name string, v any) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(content, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestExportOnAFullDisk leaves nothing behind.
func TestExportOnAFullDisk(t *testing.T) {
	data, disk := t.TempDir(), smallDisk(t, 1)
	p := startBot(t, data)
	p.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"))
	p.finish()
	fill(t, filepath.Join(disk, "filler"))
	if _, errs, code := weilu(t, "", "export", "--out", filepath.Join(disk, "out"), "--data", data); code != 1 || !strings.Contains(errs, "no space") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if names, err := os.ReadDir(disk); err != nil || len(names) != 1 {
		t.Errorf("%v lie there, %v", names, err)
	}
}

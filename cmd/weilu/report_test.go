package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestAReportOfNonsenseIsRefused tells what is wrong, and writes nothing.
func TestAReportOfNonsenseIsRefused(t *testing.T) {
	data, out := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "out")
	line := `{"id":"1","time":"2026-05-04T03:00:00Z","chat":"g","from":"u1","name":"小明","text":"早"}` + "\n"
	if _, errs, code := weilu(t, line, "run", "--transport", "jsonl", "--data", data); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, c := range []struct{ args, want string }{
		{"--month 2026-13", "not a month"},
		{"--month 2099-01", "2099-01 has not begun yet"},
		{"--from 2099-01-01 --to 2099-01-02", "has not begun yet"},
		{"--day 2026-05-04 --week 2026-05-04", "can't be used together"},
		{"--month 2026-05 --group g99", "no such group"},
		{"--month 2026-05 --format pdf", "--format is one of"},
		{"--from 2026-05-04", "say which time"},
		{"", "say which time"},
	} {
		args := append([]string{"report", "--data", data, "--out", out}, strings.Fields(c.args)...)
		if _, errs, code := weilu(t, "", args...); code != 2 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d: %s", c.args, code, errs)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(out, "*")); len(files) > 0 {
		t.Errorf("files were written: %v", files)
	}
	if _, errs, code := weilu(t, "", "report", "--data", data, "--out", out, "--month", "2026-05"); code != 0 {
		t.Errorf("a good one: exit %d: %s", code, errs)
	}
}

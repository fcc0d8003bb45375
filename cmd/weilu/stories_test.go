package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/weilu-im/weilu/config/database"
)

// TestScripts plays testdata/script to the real program.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"), RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": takeCode},
	})
}

// takeCode reads the bind code from a file and puts it for CODE in another: code FROM INTO.
func takeCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: code FROM INTO")
	}
	m := regexp.MustCompile(`(?m)^bind code: ([A-Z0-9]{6})$`).FindStringSubmatch(ts.ReadFile(args[0]))
	if m == nil {
		ts.Fatalf("no bind code in %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(ts.ReadFile(args[1]), "CODE", m[1])), 0o644))
}

// TestBesideARunningBot reads, makes a code and tries to write while a bot runs on the data.
func TestBesideARunningBot(t *testing.T) {
	data := t.TempDir()
	c := withOwner(t, data)
	c.tell("u1", "大家好", "name", "小明")
	for _, args := range [][]string{{"import", "-"}, {"run", "--transport", "jsonl"}, {"rebuild"}} {
		out, errs, code := weilu(t, "", append(args, "--data", data)...)
		if code != 1 || out != "" || !strings.Contains(errs, "is used by another weilu (process ") {
			t.Errorf("%s beside a bot: exit %d: %s%s", args[0], code, out, errs)
		}
	}
	if list := read[[]memberJSON](t, "members", "--json", "--data", data); len(list) != 2 || list[1].Name != "小明" {
		t.Errorf("members beside a bot: %+v", list)
	}
	if a := read[activityJSON](t, "activity", "--month", "2024-05", "--json", "--data", data); a.Messages != 1 || len(a.Days) != 31 {
		t.Errorf("activity beside a bot: %d messages on %d Days; the owner is left out", a.Messages, len(a.Days))
	}
	if report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data); !report.OK {
		t.Errorf("ledger verify beside a bot: %+v", report)
	}
	out, errs, code := weilu(t, "", "bind-code", "--data", data)
	m := bindCode.FindStringSubmatch(out)
	if code != 0 || m == nil {
		t.Fatalf("bind-code beside a bot: exit %d: %s%s", code, out, errs)
	}
	if got := c.say("u1", "绑定 "+m[1], "private", true); !strings.HasPrefix(got.Say, "绑定成功") {
		t.Errorf("绑定 with the new code: %q", got.Say)
	}
	if got := c.say("boss", "绑定 "+m[1], "private", true); !strings.HasPrefix(got.Say, "绑定码不对") {
		t.Errorf("绑定 with a used code: %q", got.Say)
	}
	c.finish()
}

// TestNewerDatabase refuses data that a newer program has migrated.
func TestNewerDatabase(t *testing.T) {
	data := t.TempDir()
	startBot(t, data).finish()
	db, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(data, "weilu.db")})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(t.Context(), func(ctx context.Context) error {
		return db.Conn(ctx).Exec(`INSERT INTO migrations_bot (id) VALUES ('2999010101_future')`).Error
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	before := tables(t, data)
	for _, args := range [][]string{{"run", "--transport", "jsonl"}, {"members"}, {"import", "-"}, {"ledger", "verify"}, {"bind-code"}} {
		_, errs, code := weilu(t, "", append(args, "--data", data)...)
		if code != 1 || !strings.Contains(errs, "belongs to a newer") || !strings.Contains(errs, "2999010101_future") {
			t.Errorf("%s: exit %d: %s", args[0], code, errs)
		}
	}
	if diff := cmp.Diff(before, tables(t, data)); diff != "" {
		t.Errorf("a refusal changed something (-before +after):\n%s", diff)
	}
}

// TestExitCodes tells a finding, 1, from wrong usage, 2.
func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		stdin string
		args  []string
		want  int
	}{
		{"", []string{"--help"}, 0},
		{"", []string{"nonsense"}, 2},
		{"", []string{"run"}, 2},
		{"", []string{"activity"}, 2},
		{"", []string{"activity", "--month", "2024-13"}, 2},
		{"", []string{"replay", "missing.chat"}, 2},
		{"", []string{"import", "missing.jsonl"}, 1},
		{"", []string{"members"}, 1},
		{"", []string{"import", "-"}, 0},
		{"bad\n", []string{"import", "-"}, 1},
		{"", []string{"config", "check"}, 0},
		{"", []string{"config", "check", "--set", "points.checkin=-1"}, 1},
	} {
		if _, errs, code := weilu(t, c.stdin, c.args...); code != c.want || code > 0 && errs == "" {
			t.Errorf("weilu %s: exit %d, want %d: %s", strings.Join(c.args, " "), code, c.want, errs)
		}
	}
}

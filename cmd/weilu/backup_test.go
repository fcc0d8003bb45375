package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// onDialects runs fn with the configured database of each engine: a file in the data directory, or PostgreSQL.
func onDialects(t *testing.T, fn func(t *testing.T, dialect string)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			if dialect == "postgres" {
				t.Setenv("WEILU_database__dsn", dbtest.DSN(t, dialect))
			}
			fn(t, dialect)
		})
	}
}

func mustWeilu(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := weilu(t, "", args...)
	if code != 0 {
		t.Fatalf("weilu %s: exit %d: %s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// TestBackupUnderLoad takes backups while events flow through the real program, and goes on from the middle one.
func TestBackupUnderLoad(t *testing.T) {
	onDialects(t, func(t *testing.T, dialect string) {
		const n, seed = 6000, 20240501
		data, load := t.TempDir(), crashLoad(n, rand.New(rand.NewPCG(seed, seed)))
		p := startBot(t, data)
		sent, middle := make(chan bool, 1), make(chan struct{})
		go func() {
			for i := 0; i < n; i += 20 {
				if i == 4000 {
					<-middle // on a slow machine the load would be over before the second backup
				}
				var list []string
				for _, r := range load[i : i+20] {
					list = append(list, r.line())
				}
				if !p.send(list...) {
					break
				}
			}
			sent <- true
		}()
		var files []string
		for i := range 3 {
			p.waitAcks(load[500+i*1000].ID)
			file := filepath.Join(t.TempDir(), "b.db")
			files = append(files, file)
			begin := time.Now()
			c := read[contents](t, "backup", "--json", "--out", file, "--data", data)
			t.Logf("backup %d: %d events, %d rows, %d bytes in %s", i, c.Events, c.Rows, c.Bytes, time.Since(begin).Round(time.Millisecond))
			if len(c.Problems) > 0 || c.File != file {
				t.Errorf("backup: %+v", c)
			}
			if i == 1 {
				close(middle)
			}
		}
		<-sent
		p.finish()
		t.Setenv("WEILU_database__dsn", "") // whatever it came from, it is restored to a file
		for i, file := range files {
			restored := filepath.Join(t.TempDir(), "new")
			mustWeilu(t, "restore", file, "--data", restored)
			whole := checkRestored(t, restored, load)
			if i == 1 && whole == len(load) {
				t.Error("everything was there already: this tests no backup under load")
			}
			if i == 1 {
				goOn(t, restored, load)
			}
		}
	})
}

// checkRestored compares what is restored with a slow count of exactly the events that it accepted.
func checkRestored(t *testing.T, data string, load []record) int {
	t.Helper()
	accepted := map[string]bool{}
	db, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(data, "weilu.db"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var ids []string
	if err := db.Conn(t.Context()).Raw("SELECT id FROM inbox").Scan(&ids).Error; err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		accepted[id[strings.LastIndex(id, "/")+1:]] = true
	}
	var part []record
	days := map[string]map[string]bool{}
	transfers := 0
	for _, r := range load {
		if !accepted[r.ID] {
			continue
		}
		part = append(part, r)
		if days[r.From] == nil {
			days[r.From] = map[string]bool{}
		}
		if r.Text == "签到！" {
			days[r.From][shanghaiDay(r.Time)] = true
		}
	}
	for _, d := range days {
		_, n := pointsOf(d)
		transfers += n
	}
	if len(part) == 0 {
		t.Fatalf("none of the load is in the backup; ids look like %q", ids[:min(3, len(ids))])
	}
	if diff := cmp.Diff(countMembers(part), byName(read[[]memberJSON](t, "members", "--json", "--data", data))); diff != "" {
		t.Errorf("members (-want +got):\n%.3000s", diff)
	}
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != transfers {
		t.Errorf("ledger: %+v, want %d transfers of %d accepted events", report, transfers, len(part))
	}
	return len(part)
}

// goOn sends everything again, and much of it twice, and asks for what came of it.
func goOn(t *testing.T, data string, load []record) {
	t.Helper()
	p := startBot(t, data)
	for i, r := range load {
		p.send(r.line())
		if i%3 == 0 {
			p.send(r.line())
		}
	}
	for i := range crashPeople {
		p.send(event(fmt.Sprintf("ask%d", i), "2024-05-16T08:00:00Z", "from", fmt.Sprintf("u%d", i), "private", true, "text", "积分"))
	}
	p.finish()
	checkCrash(t, data, load, p.words(), 0)
}

// TestBackupCrossesEngines restores a backup of PostgreSQL into PostgreSQL, over what is there, and finds every row.
func TestBackupCrossesEngines(t *testing.T) {
	dsn := dbtest.DSN(t, "postgres")
	data, dir := t.TempDir(), t.TempDir()
	load := crashLoad(300, rand.New(rand.NewPCG(1, 1)))
	feed := func(dsn, data string, from, to int) {
		t.Setenv("WEILU_database__dsn", dsn)
		p := startBot(t, data)
		for _, r := range load[from:to] {
			p.send(r.line())
		}
		p.finish()
	}
	back := func(name string) string {
		file := filepath.Join(dir, name)
		mustWeilu(t, "backup", "--out", file, "--data", data)
		return file
	}
	asFile := func(file string) map[string][]string {
		t.Setenv("WEILU_database__dsn", "")
		d := filepath.Join(t.TempDir(), "d")
		mustWeilu(t, "restore", file, "--data", d)
		defer t.Setenv("WEILU_database__dsn", dsn)
		return tables(t, d)
	}
	feed(dsn, data, 0, 200)
	first := back("first.db")
	feed(dsn, data, 200, 300)
	if out, errs, code := weilu(t, "", "restore", first, "--data", data); code != 1 || !strings.Contains(errs, "--force") {
		t.Errorf("a restore over data: exit %d: %s%s", code, out, errs)
	}
	before := asFile(back("before.db"))
	mustWeilu(t, "restore", first, "--data", data, "--force")
	if diff := cmp.Diff(asFile(first), asFile(back("again.db"))); diff != "" {
		t.Errorf("what was restored differs (-want +got):\n%.3000s", diff)
	}
	feed(dsn, data, 0, 300) // numbers go on after the highest that was given; what is known is left alone
	after := asFile(back("after.db"))
	for _, name := range []string{"checkins", "transfers", "balances", "activity", "members"} {
		want, got := unnumbered(before[name]), unnumbered(after[name])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%.2000s", name, diff)
		}
	}
	db, err := database.Open(t.Context(), database.Options{DSN: dsn, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var kept int
	if err := db.Conn(t.Context()).Raw("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'weilu%'").Scan(&kept).Error; err != nil || kept != 1 {
		t.Errorf("%d schemas are kept, %v; want the one that was replaced", kept, err)
	}
}

// unnumbered are rows without what PostgreSQL counts on for events that come again, and without the salted digests.
func unnumbered(rows []string) (list []string) {
	number := regexp.MustCompile(` (seq|id|digest):\w+`)
	for _, row := range rows {
		list = append(list, number.ReplaceAllString(row, ""))
	}
	slices.Sort(list)
	return list
}

// TestRestoreRefuses gives restore what is no backup. Each time it says so in a sentence and changes nothing.
func TestRestoreRefuses(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	p := startBot(t, data)
	p.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"))
	p.finish()
	good := filepath.Join(dir, "good.db")
	mustWeilu(t, "backup", "--out", good, "--data", data)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, content []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	changed := func(name string, statements ...string) string {
		name = file(name, whole)
		db, err := database.Open(t.Context(), database.Options{DSN: name})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Tx(t.Context(), inEach(db, statements)); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return name
	}
	bad := slices.Clone(whole)
	for i := 40_000; i < 200_000; i++ {
		bad[i] ^= 0x5a
	}
	used := file("used.db", whole)
	file("used.db-wal", []byte("a log"))
	cases := []struct{ name, file, says string }{
		{"a missing file", filepath.Join(dir, "none.db"), "no such file"},
		{"a directory", dir, "directory"},
		{"an empty file", file("empty.db", nil), "is empty"},
		{"a text", file("text.db", []byte("hello, I am no database")), "not an SQLite database"},
		{"a file cut off in its middle", file("half.db", whole[:len(whole)/2]), "damaged"},
		{"a file cut off in its head", file("head.db", whole[:50]), "damaged"},
		{"a damaged file", file("bad.db", bad), ""},
		{"a database in use", used, "in use"},
		{"a newer version", changed("newer.db", `INSERT INTO migrations_bot (id) VALUES ('2999_wonder')`), "newer"},
		{"another program's database", changedOther(t, file("other.db", nil)), "none of weilu"},
		{"a ledger that does not hold", changed("false.db", `UPDATE balances SET balance = balance + 1`), "NOT WHOLE"},
	}
	before := tables(t, data)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, args := range [][]string{{"--verify"}, {"--force", "--data", data}, {"--data", filepath.Join(t.TempDir(), "new")}} {
				out, errs, code := weilu(t, "", append([]string{"restore", c.file}, args...)...)
				if said := out + errs; code != 1 || !strings.Contains(said, c.says) || strings.Contains(said, "panic") {
					t.Errorf("%v: exit %d: %s", args, code, said)
				}
				if args[0] == "--data" {
					if _, err := os.Stat(args[1]); err == nil {
						t.Errorf("%v: the data directory was made", args)
					}
				}
			}
			if diff := cmp.Diff(before, tables(t, data)); diff != "" {
				t.Errorf("the data changed (-before +after):\n%.1000s", diff)
			}
		})
	}
	if names, err := filepath.Glob(filepath.Join(data, "weilu.db.*")); err != nil || len(names) > 0 {
		t.Errorf("%v are left in the data directory, %v", names, err)
	}
	if out, errs, code := weilu(t, "", "restore", good, "--data", data); code != 1 || !strings.Contains(errs, "--force") {
		t.Errorf("over data: exit %d: %s%s", code, out, errs)
	}
	if out, errs, code := weilu(t, "", "backup", "--out", good, "--data", data); code != 1 || !strings.Contains(errs, "there already") {
		t.Errorf("a backup over a file: exit %d: %s%s", code, out, errs)
	}
	q := startBot(t, data)
	q.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"))
	q.waitAcks("e1")
	if out, errs, code := weilu(t, "", "restore", good, "--data", data, "--force"); code != 1 || !strings.Contains(errs, "stop it first") {
		t.Errorf("beside a running bot: exit %d: %s%s", code, out, errs)
	}
	q.finish()
	mustWeilu(t, "restore", good, "--data", data, "--force")
	kept, err := filepath.Glob(filepath.Join(data, "weilu.db.replaced-*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%v is kept, %v", kept, err)
	}
	again := filepath.Join(t.TempDir(), "again")
	mustWeilu(t, "restore", kept[0], "--data", again)
	if diff := cmp.Diff(before["transfers"], tables(t, again)["transfers"]); diff != "" {
		t.Errorf("what was kept differs (-want +got):\n%s", diff)
	}
}

// TestBackupOnAFullDisk leaves nothing that could be taken for a backup.
func TestBackupOnAFullDisk(t *testing.T) {
	data, disk := t.TempDir(), smallDisk(t, 1)
	p := startBot(t, data)
	p.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"))
	p.finish()
	out, errs, code := weilu(t, "", "backup", "--out", filepath.Join(disk, "b.db"), "--data", data)
	if code != 1 || !strings.Contains(errs, "no space left") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if names, err := os.ReadDir(disk); err != nil || len(names) > 0 {
		t.Errorf("%v lie there, %v", names, err)
	}
	good := filepath.Join(t.TempDir(), "good.db")
	mustWeilu(t, "backup", "--out", good, "--data", data)
	out, errs, code = weilu(t, "", "restore", good, "--data", filepath.Join(disk, "new"))
	if code != 1 || !strings.Contains(errs, "no space left") {
		t.Errorf("restore: exit %d: %s%s", code, out, errs)
	}
	if names, err := filepath.Glob(filepath.Join(disk, "new", "weilu.db*")); err != nil || len(names) > 0 {
		t.Errorf("%v lie there, %v", names, err)
	}
}

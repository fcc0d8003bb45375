package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
)

// diagnosis is what doctor prints.
type diagnosis struct {
	Level  system.Level  `json:"level"`
	Checks []system.Told `json:"checks"`
}

// doctor runs it; its exit code must be that of its findings.
func doctor(t *testing.T, args ...string) diagnosis {
	t.Helper()
	out, errs, code := weilu(t, "", append([]string{"doctor", "--json"}, args...)...)
	var d diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("%v in %s, exit %d: %s", err, out, code, errs)
	}
	if want := map[bool]int{true: 1}[d.Level == system.Fail]; code != want {
		t.Errorf("exit %d, want %d: %s", code, want, out)
	}
	for _, c := range d.Checks {
		if strings.HasPrefix(c.Title, "check.") || strings.HasPrefix(c.Text, "check.") || c.Text == "" || strings.Contains(c.Text, "<no value>") ||
			(c.Do == "") != (c.Level == system.OK) || strings.HasPrefix(c.Do, "check.") {
			t.Errorf("badly told: %+v", c)
		}
	}
	return d
}

func (d diagnosis) wants(t *testing.T, check string, level system.Level, code string, words ...string) {
	t.Helper()
	i := slices.IndexFunc(d.Checks, func(c system.Told) bool { return c.Check == check && c.Code == code })
	if i < 0 {
		t.Errorf("no finding %s.%s in %+v", check, code, d.Checks)
		return
	}
	for _, w := range words {
		if !strings.Contains(d.Checks[i].Text, w) {
			t.Errorf("%s.%s says %q, which lacks %q", check, code, d.Checks[i].Text, w)
		}
	}
	if d.Checks[i].Level != level {
		t.Errorf("%s.%s is %s, want %s", check, code, d.Checks[i].Level, level)
	}
}

// someData is a data directory in which something happened.
func someData(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	b := startBot(t, dir, "WEILU_console__listen=")
	b.send(event("e1", time.Now().UTC().Format(time.RFC3339), "chat", "c1", "from", "u1", "text", "签到"))
	b.waitAcks("e1")
	b.finish()
	return dir
}

func TestDoctorOnAnEmptyMachine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	d := doctor(t, "--data", dir, "--set", "console.listen=127.0.0.1:0")
	for check, code := range map[string]string{"config": "good", "data": "missing", "disk": "fine", "database": "none", "backups": "none", "ledger": "none", "transport": "plain", "console": "free"} {
		d.wants(t, check, system.OK, code)
	}
	if _, err := os.Stat(filepath.Dir(dir)); !os.IsNotExist(err) {
		t.Error("doctor made the data directory")
	}
	for _, lang := range []string{"zh", "en"} {
		out, _, code := weilu(t, "", "doctor", "--lang", lang, "--data", dir)
		if want := map[string]string{"zh": "ok    配置: 配置没有问题", "en": "ok    configuration: the configuration is good"}[lang]; code != 0 || !strings.Contains(out, want+"\n") {
			t.Errorf("exit %d: %s", code, out)
		}
	}
}

func TestDoctorBesideARunningBotChangesNothing(t *testing.T) {
	dir := t.TempDir()
	const token = "a token that nobody sees"
	b := startBot(t, dir, "WEILU_console__listen=127.0.0.1:0", "WEILU_console__metrics_token="+token)
	b.send(event("e1", time.Now().UTC().Format(time.RFC3339), "chat", "c1", "from", "u1", "text", "签到", "name", "小明同学"))
	b.waitAcks("e1")
	before := files(t, dir)
	d := doctor(t, "--data", dir)
	d.wants(t, "lock", system.OK, "held", fmt.Sprint(b.cmd.Process.Pid))
	d.wants(t, "console", system.OK, "ours", "127.0.0.1:")
	d.wants(t, "database", system.OK, "fine", "SQLite 3.")
	d.wants(t, "ledger", system.OK, "whole", "1 transfers")
	d.wants(t, "clock", system.OK, "fine")
	if after := files(t, dir); !slices.Equal(before, after) {
		t.Errorf("the files were %v and are %v", before, after)
	}
	where, _ := (&Globals{Data: dir}).consoleListens()
	ask := func(path, authorization string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+where+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "weilu.monitoring.svc:9090"
		req.Header.Set("Authorization", authorization)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	if status, body := ask("/healthz", ""); status != 200 || body != "ok\n" {
		t.Errorf("/healthz: %d %q", status, body)
	}
	if status, body := ask("/readyz", ""); status != 200 || body != `{"ready":true,"reasons":[]}`+"\n" {
		t.Errorf("/readyz: %d %q", status, body)
	}
	if status, body := ask("/metrics", "Bearer x"); status != 401 {
		t.Errorf("/metrics without its token: %d %q", status, body)
	}
	_, metrics := ask("/metrics", "Bearer "+token)
	for _, want := range []string{"weilu_events_accepted_total 1\n", "weilu_event_handling_seconds_count ", `weilu_transport_state{state="up",transport="jsonl"} 1`,
		`weilu_job_late_seconds{job="tier.night"} 0`, "weilu_ledger_unsealed ", "weilu_database_bytes ", "weilu_ready 1\n", `weilu_check_failed{check="writer"} 0`,
		`weilu_outbox_unsent_24h{outcome="failed"} 0`, `weilu_scrape_failed{part="queue"} 0`, "weilu_outbox_oldest_seconds ", `weilu_database_pool_waits_total{pool="readers"}`, "go_goroutines "} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %q", want)
		}
	}
	for _, secret := range []string{"小明", token, `"m1"`, "签到"} {
		if strings.Contains(metrics, secret) {
			t.Errorf("the metrics show %q", secret)
		}
	}
	if t.Failed() {
		t.Log(metrics)
	}
	b.finish()
}

// files are the files of a directory with what is in them; SQLite's index of its log changes with each reader.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil && !e.IsDir() {
			t.Fatal(err)
		}
		if strings.HasSuffix(e.Name(), "-shm") || strings.HasSuffix(e.Name(), "-wal") {
			data = nil // the bot goes on sealing and beating
		}
		list = append(list, fmt.Sprintf("%s %x", e.Name(), data))
	}
	return list
}

func TestDoctorTellsWhatIsWrong(t *testing.T) {
	data := someData(t)
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")

	d := doctor(t, "--data", data, "--set", "pionts.checkin=5", "--set", "wechat.per_minute=99", "--set", "console.listen="+taken.Addr().String())
	d.wants(t, "config", system.Fail, "wrong", `did you mean "points"`)
	if n := count(d, "config"); n != 2 {
		t.Errorf("%d findings of two mistakes in the configuration", n)
	}
	d = doctor(t, "--data", data, "--set", "console.listen="+taken.Addr().String())
	d.wants(t, "console", system.Fail, "busy", taken.Addr().String())
	d.wants(t, "backups", system.Warn, "missing")
	doctor(t, "--data", data, "--set", "console.listen=").wants(t, "console", system.Warn, "off")
	doctor(t, "--data", data, "--set", "community.timezone=Asia/Nowhere").wants(t, "config", system.Fail, "wrong", "Nowhere")
	doctor(t, "--data", data, "--set", "community.font="+file).wants(t, "config", system.Fail, "wrong", "font")
	doctor(t, "--data", file).wants(t, "data", system.Fail, "not_dir", file)

	old := filepath.Join(data, "weilu.db.backup-20200102T030405.000Z")
	write(t, old, "x")
	doctor(t, "--data", data).wants(t, "backups", system.Warn, "old", "days")
	if err := os.Rename(old, filepath.Join(data, "weilu.db.backup-"+time.Now().UTC().Format("20060102T150405.000Z"))); err != nil {
		t.Fatal(err)
	}
	doctor(t, "--data", data).wants(t, "backups", system.OK, "fresh")

	t.Setenv("HTTPS_PROXY", "gopher://user:hunter2@x")
	d = doctor(t, "--data", data)
	d.wants(t, "transport", system.Fail, "environment", "HTTPS_PROXY")
	t.Setenv("HTTPS_PROXY", "http://user:hunter2@proxy.example:3128")
	d = doctor(t, "--data", data)
	d.wants(t, "transport", system.OK, "proxied", "proxy.example:3128")
	if strings.Contains(fmt.Sprint(d), "hunter2") {
		t.Error("doctor shows a password")
	}
	t.Setenv("HTTPS_PROXY", "")
	t.Setenv("SSL_CERT_FILE", file)
	doctor(t, "--data", data).wants(t, "transport", system.Fail, "environment", "SSL_CERT_FILE")
}

func count(d diagnosis, check string) (n int) {
	for _, c := range d.Checks {
		if c.Check == check {
			n++
		}
	}
	return n
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// spoil changes the database of a directory behind the program's back.
func spoil(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(dir, "weilu.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Tx(t.Context(), func(ctx context.Context) error {
		for _, s := range statements {
			if err := db.Conn(ctx).Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestDoctorFindsWhatIsWrongInTheData(t *testing.T) {
	for name, c := range map[string]struct {
		statements  []string
		check, code string
		level       system.Level
		says        string
	}{
		"an event of tomorrow": {[]string{fmt.Sprintf(`INSERT INTO inbox (id, kind, at) VALUES ('x', 'message', %d)`, time.Now().Add(25*time.Hour).UnixMilli())}, "clock", "ahead", system.Fail, ""},
		"a forged balance":     {[]string{`UPDATE balances SET balance = balance + 100`}, "ledger", "broken", system.Fail, ""},
		"a newer program":      {[]string{`INSERT INTO migrations_bot (id) VALUES ('2099_future')`}, "database", "newer", system.Fail, "2099_future"},
		"an older program":     {[]string{`DELETE FROM migrations_console WHERE id = (SELECT MAX(id) FROM migrations_console)`}, "database", "pending", system.Warn, "1 migration"},
		"unsealed for an hour": {[]string{`DROP TRIGGER seals_no_delete`, `DROP TRIGGER transfers_no_update`, `DELETE FROM seals`, `UPDATE transfers SET at = at - 3600000`},
			"ledger", "behind", system.Warn, "1 transfers"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := someData(t)
			spoil(t, dir, c.statements...)
			doctor(t, "--data", dir).wants(t, c.check, c.level, c.code, c.says)
		})
	}
	dir := someData(t)
	var page int64
	db, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(dir, "weilu.db"), ReadOnly: true})
	if err == nil {
		err = errors.Join(db.Conn(t.Context()).Raw(`SELECT rootpage FROM sqlite_schema WHERE name = 'inbox'`).Scan(&page).Error, db.Close())
	}
	f, openErr := os.OpenFile(filepath.Join(dir, "weilu.db"), os.O_RDWR, 0)
	if err := errors.Join(err, openErr); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("x", 4096)), (page-1)*4096); err != nil {
		t.Fatal(err)
	}
	f.Close()
	doctor(t, "--data", dir).wants(t, "database", system.Fail, "damaged")
	write(t, filepath.Join(dir, "weilu.db"), strings.Repeat("no database", 100))
	doctor(t, "--data", dir).wants(t, "database", system.Fail, "unopenable", "not an SQLite database")
}

func TestDoctorOnASmallDisk(t *testing.T) {
	doctor(t, "--data", smallDisk(t, 16)).wants(t, "disk", system.Fail, "full")
	doctor(t, "--data", smallDisk(t, 500)).wants(t, "disk", system.Warn, "low")
}

// TestDoctorSeesABotThatDoesNotAnswer holds the lock as a bot does, with something else, or nothing, at its address.
func TestDoctorSeesABotThatDoesNotAnswer(t *testing.T) {
	data := someData(t)
	release, err := database.Lock(data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = release() }()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") }))
	address := strings.TrimPrefix(other.URL, "http://")
	write(t, filepath.Join(data, consoleNote), "https://example.org/console\n"+address+"\n")
	doctor(t, "--data", data).wants(t, "console", system.Fail, "silent", address)
	other.Close()
	doctor(t, "--data", data).wants(t, "console", system.Fail, "silent", address)
}

// TestABotThatIsNotLoggedInIsNotReady asks a bot whose code nobody scans.
func TestABotThatIsNotLoggedInIsNotReady(t *testing.T) {
	s := wechattest.New(wechattest.Options{})
	defer s.Close()
	data := filepath.Join(t.TempDir(), "data")
	startWeChat(t, s, "weilu", data, "--set", "console.listen=127.0.0.1:0")
	until := time.Now().Add(deadline)
	for {
		d := doctor(t, "--data", data)
		i := slices.IndexFunc(d.Checks, func(c system.Told) bool { return c.Check == "console" })
		if d.Checks[i].Code == "unready" {
			d.wants(t, "console", system.Fail, "unready", "transport away")
			return
		}
		if time.Now().After(until) {
			t.Fatalf("never unready: %+v", d.Checks[i])
		}
	}
}

func TestAQueueIsStuckWhereNothingHoldsItBack(t *testing.T) {
	at := demoNow
	waits := bot.QueueView{Waiting: 1, Oldest: at.Add(-time.Hour)}
	with := func(change func(*bot.QueueView)) bot.QueueView { v := waits; change(&v); return v }
	for name, c := range map[string]struct {
		view bot.QueueView
		want system.Level
	}{
		"nothing waits":         {bot.QueueView{}, system.OK},
		"for a moment":          {with(func(v *bot.QueueView) { v.Oldest = at.Add(-time.Minute) }), system.OK},
		"for an hour":           {waits, system.Fail},
		"while it is paused":    {with(func(v *bot.QueueView) { v.Paused = &bot.Hold{} }), system.OK},
		"while it is limited":   {with(func(v *bot.QueueView) { v.Transports = []bot.TransportView{{Wait: bot.WaitLimited}} }), system.OK},
		"at night":              {with(func(v *bot.QueueView) { v.Transports = []bot.TransportView{{Night: at}} }), system.OK},
		"without a reason then": {with(func(v *bot.QueueView) { v.Transports = []bot.TransportView{{Name: "wechat"}} }), system.Fail},
	} {
		if f := checkQueue(c.view, at); f.Level != c.want {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// TestEveryFindingHasItsWords reads from the source what checks can find.
func TestEveryFindingHasItsWords(t *testing.T) {
	found := regexp.MustCompile(`system\.Found\("(\w+)", system\.(\w+), "(\w+)"`)
	e, err := bareEngine(defaults())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range goFiles(t) {
		if !strings.HasPrefix(file, "cmd/weilu/") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range found.FindAllStringSubmatch(readDocument(t, file), -1) {
			keys := []string{"check." + m[1], "check." + m[1] + "." + m[3]}
			if m[2] != "OK" {
				keys = append(keys, keys[1]+".do")
			}
			for _, key := range keys {
				if n++; e.Text("en", system.Name, key) == key {
					t.Errorf("%s: no text %s", file, key)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d texts were looked at", n)
	}
}

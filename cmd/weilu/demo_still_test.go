package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// everything is all rows of all tables of a demo.
func everything(t *testing.T, d *demo) string {
	t.Helper()
	var tables []string
	if err := d.app.db.Conn(t.Context()).Raw(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name`).Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, table := range tables {
		var rows []map[string]any
		if err := d.app.db.Conn(t.Context()).Raw(`SELECT * FROM "` + table + `"`).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, table, len(rows), rows)
	}
	return out.String()
}

// TestAReadOnlyDemoStaysAsItIs shows every page to a visitor and refuses whatever they try, while nothing in the database
// changes. That no route is forgotten is tested beside the routes, in bot/playground and community/console.
func TestAReadOnlyDemoStaysAsItIs(t *testing.T) {
	s := defaults()
	s.dress()
	d, err := openDemo(t.Context(), s, slog.New(slog.DiscardHandler), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.app.close() })
	d.readOnly = true
	if err := d.fill(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := d.app.seal(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	before := everything(t, d)
	page := serveDemo(t, d)
	if text := page.get("/?lang=zh"); !strings.Contains(text, "只读演示") {
		t.Error("the playground does not say that it is to look at only")
	}
	for _, path := range []string{"say", "join", "leave", "rename", "recall", "tap", "people", "clock", "picture"} {
		if status, text := page.try(http.MethodPost, "/api/"+path, map[string]string{"room": "main", "as": "u1", "text": "签到", "move": "week"}); status != http.StatusForbidden || !strings.Contains(text, "read_only") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	for _, o := range d.app.engine.Views(bot.Actor{Member: "m1", Role: bot.Owner, Language: "zh"}) {
		if text := page.get("/console/v/" + o.Name); !strings.Contains(text, "只读") {
			t.Errorf("%s: %s", o.Name, text)
		}
		page.get("/console/v/" + o.Name + "?format=json")
	}
	for path, form := range map[string]url.Values{"do": {"c": {"撤销"}, "a": {"ABCDEF"}}, "visit": nil, "logout": {"all": {"1"}}, "login/" + strings.Repeat("A", 26): nil} {
		resp, err := http.PostForm(page.url+"/console/"+path, form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, resp.StatusCode)
		}
	}
	if status, text := page.try(http.MethodGet, "/readyz", nil); status != http.StatusOK {
		t.Errorf("/readyz: %d %s", status, text)
	}
	if first, then := d.clock.Now(), d.clock.Now(); first != then {
		t.Error("the clock walks")
	}
	was, is := strings.Split(before, "\n"), strings.Split(everything(t, d), "\n")
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || was[i] != is[i] {
			t.Errorf("something changed: %.2000s\nnow %.2000s", was[min(i, len(was)-1)], is[min(i, len(is)-1)])
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
)

// demoPage is a demo that is being served.
type demoPage struct {
	t    *testing.T
	url  string
	said int
}

func serveDemo(t *testing.T, d *demo) *demoPage {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.serve(ctx, l) }()
	t.Cleanup(func() {
		began := time.Now()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		t.Logf("stopped in %v", time.Since(began))
	})
	return &demoPage{t: t, url: "http://" + l.Addr().String()}
}

func (p *demoPage) get(path string) string {
	p.t.Helper()
	return p.do(http.MethodGet, path, nil, http.StatusOK)
}

func (p *demoPage) do(method, path string, body any, want int) string {
	p.t.Helper()
	status, text := p.try(method, path, body)
	if status != want {
		p.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	return text
}

func (p *demoPage) try(method, path string, body any) (status int, text string) {
	p.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(read)
}

// ask says something and waits until the bot answers with what is wanted; it may say something else of its own before. The page hears of it by its stream, and so does this test.
func (p *demoPage) ask(as, room, text, want string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/events", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	stream, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	p.say(as, room, text)
	heard := []string{}
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		var change struct {
			Line struct {
				Bot  bool
				Text string
			}
		}
		if ok && json.Unmarshal([]byte(data), &change) == nil && change.Line.Bot {
			if strings.Contains(change.Line.Text, want) {
				return
			}
			heard = append(heard, change.Line.Text)
		}
	}
	p.t.Fatalf("%s: no answer with %q, but %q: %v", text, want, heard, lines.Err())
}

func (p *demoPage) say(as, room, text string) {
	p.t.Helper()
	p.said++
	body := map[string]any{"room": room, "as": as, "nonce": fmt.Sprintf("test-%d", p.said), "text": text}
	for began := time.Now(); ; {
		status, answer := p.try(http.MethodPost, "/api/say", body)
		if status == http.StatusOK {
			return
		}
		// The server answers a moment before the ground takes words, and asks to try again.
		if status != http.StatusServiceUnavailable || time.Since(began) > 10*time.Second {
			p.t.Fatalf("say %q: %d %s", text, status, answer)
		}
	}
}

func TestTheDemoAnswersInTheBrowser(t *testing.T) {
	d := seededDemo(t, t.TempDir(), time.Now())
	p := serveDemo(t, d)
	if page := p.get("/"); !strings.Contains(page, "<html") {
		t.Errorf("GET /: %s", page)
	}
	for _, c := range []struct{ as, room, text, want string }{
		{asRegular, "g:core", "签到", "连续第 13 天"},
		{asRegular, "g:core", "签到", "已经签过到"},
		{asRegular, "g:core", "积分", "豆子"},
		{asRegular, "p:" + asRegular, "明细", "签到"},
		{asLurker, "g:walk", "排行", "🥇"},
		{asLurker, "g:walk", "排行 总", "🥉"},
		{asNewcomer, "g:new", "公约", "垃圾自己带下山"},
		{asNewcomer, "p:" + asNewcomer, "帮助", "签到"},
		{asNewcomer, "g:new", "签到", "连续第 1 天"},
		{asOwner, "g:core", "加分 @老周 20 今天的建议很好", "已给 老周 加 20 分"},
		{asOwner, "g:new", "加分 @小雨 5 认真", "有 2 位叫「小雨」"},
		{asOwner, "p:" + asOwner, "帮助", "加分"},
	} {
		p.ask(c.as, c.room, c.text, c.want)
	}
	before := d.clock.Now()
	p.do(http.MethodPost, "/api/clock", map[string]any{"move": "week"}, http.StatusOK)
	if moved := d.clock.Now().Sub(before); moved < 7*24*time.Hour {
		t.Errorf("the clock moved by %v", moved)
	}
	p.ask(asRegular, "g:core", "签到", "连续第 1 天")
}

// TestAStoredDemoGoesOn opens a demo's directory again.
func TestAStoredDemoGoesOn(t *testing.T) {
	dir := t.TempDir()
	d := seededDemo(t, dir, demoNow)
	said := stateOf(t, d)
	if err := d.app.close(); err != nil {
		t.Fatal(err)
	}
	d = seededDemo(t, dir, time.Now())
	if diff := cmp.Diff(said, stateOf(t, d)); diff != "" {
		t.Errorf("opening changed something:\n%s", diff)
	}
	if now := d.clock.Now(); now.Before(demoNow) {
		t.Errorf("it goes on at %v, before the end of the story", now)
	}
	p := serveDemo(t, d)
	lines := p.get("/api/lines?room=g:new")
	for _, want := range []string{"欢迎 柚柚 来到新人预备群", "随便坐，想问什么直接问"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%s is not shown: %s", want, lines)
		}
	}
	p.ask(asRegular, "g:core", "积分", "豆子")
}

// TestTheDemoKeepsOutOfARealCommunity refuses a directory in which people of another transport live.
func TestTheDemoKeepsOutOfARealCommunity(t *testing.T) {
	dir := t.TempDir()
	d, err := openDemo(t.Context(), defaults(), slog.New(slog.DiscardHandler), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.app.close()
	if err := d.app.engine.Deliver(t.Context(), []bot.Event{benchEvent(1)}); err != nil {
		t.Fatal(err)
	}
	if err := d.fill(t.Context(), demoNow); err == nil || !strings.Contains(err.Error(), "real community") {
		t.Errorf("fill: %v", err)
	}
}

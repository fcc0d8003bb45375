package console_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/weilu-im/weilu/community/console"
)

// stream is what an open page hears.
type stream struct {
	lines chan string
	stop  context.CancelFunc
}

func (v *visitor) listen() *stream {
	v.h.t.Helper()
	ctx, stop := context.WithCancel(v.h.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.h.srv.URL+"/live", nil)
	v.h.must(err)
	resp, err := v.client.Do(req)
	v.h.must(err)
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		v.h.t.Fatalf("live: %s", resp.Status)
	}
	s := &stream{lines: make(chan string, 100), stop: stop}
	go func() {
		defer close(s.lines)
		defer resp.Body.Close()
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			if scan.Text() != "" {
				s.lines <- scan.Text()
			}
		}
	}()
	v.h.t.Cleanup(stop)
	return s
}

// until waits for a line that begins so.
func (s *stream) until(t *testing.T, begins string) string {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case line, ok := <-s.lines:
			if !ok {
				t.Fatalf("the stream ended before %q", begins)
			}
			if strings.HasPrefix(line, begins) {
				return line
			}
		case <-limit:
			t.Fatalf("%q was not heard", begins)
		}
	}
}

// counted counts how often the bot is asked how it fares.
func counted(waiting, asked *atomic.Int64) func(*console.Options) {
	return func(o *console.Options) {
		o.Every = 20 * time.Millisecond
		o.Status = func(context.Context) (console.Status, error) {
			asked.Add(1)
			return console.Status{Transport: "wechat", State: console.Up, Waiting: int(waiting.Load())}, nil
		}
	}
}

func TestOpenPagesHearOfChangesByOneLook(t *testing.T) {
	var waiting, asked atomic.Int64
	h := build(t, "sqlite", counted(&waiting, &asked))
	if status, _ := h.stranger().get("/live"); status != http.StatusUnauthorized {
		t.Errorf("a stranger listens: %d", status)
	}
	owner, moderator := h.as("m1"), h.as("m3")
	var all []*stream
	for range 5 {
		all = append(all, owner.listen(), moderator.listen())
	}
	first := all[0].until(t, "data: ")
	waiting.Store(7)
	for _, s := range all {
		for s.until(t, "data: ") == first {
		}
	}
	began := asked.Load()
	time.Sleep(200 * time.Millisecond)
	if n := asked.Load() - began; n > 15 {
		t.Errorf("10 streams looked %d times in 10 turns", n)
	}
	if _, body := owner.get("/live/now"); !strings.Contains(body, ">7<") {
		t.Errorf("what waits now: %s", body)
	}
	for _, s := range all {
		s.stop()
	}
	began = -1
	for range 100 { // nobody listens: nobody looks
		if now := asked.Load(); now == began {
			return
		} else if began = now; began >= 0 {
			time.Sleep(60 * time.Millisecond)
		}
	}
	t.Error("it looks on for nobody")
}

func TestStreamsEndWithTheirSessionAndTheServer(t *testing.T) {
	h := build(t, "sqlite", func(o *console.Options) { o.Every = 20 * time.Millisecond })
	one, other := h.as("m1"), h.as("m1")
	a, b, c := one.listen(), other.listen(), h.as("m2").listen()
	one.post("/logout", nil)
	a.until(t, "event: over")
	if status, _ := one.get("/live"); status != http.StatusUnauthorized {
		t.Errorf("after logout: %d", status)
	}
	h.as("m1").post("/logout", url.Values{"all": {"1"}})
	b.until(t, "event: over")
	c.until(t, "data: ")
	h.pages.Close()
	c.until(t, "event: over")
	if status, _ := h.as("m2").get("/live"); status != http.StatusServiceUnavailable {
		t.Errorf("a console that closes takes streams: %d", status)
	}
}

// TestListeningIsNoUse lets a session end after its idle time, however long a page listened and freshened itself.
func TestListeningIsNoUse(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	for range 3 {
		h.later(5 * time.Hour)
		v.get("/live/now")
	}
	if _, page := v.get("/"); !strings.Contains(page, "登录") || strings.Contains(page, "等你决定") {
		t.Errorf("after 15 hours of listening: %s", page)
	}
}

func TestAPageFreshensItself(t *testing.T) {
	var waiting, asked atomic.Int64
	h := build(t, "sqlite", counted(&waiting, &asked))
	b := openBrowser(t, 390, 844, "light")
	b.do(chromedp.Navigate(h.srv.URL + "/login/" + h.link("m1")))
	b.click("main button")
	b.says("没有积压")
	b.do(chromedp.Evaluate("window.here = true", nil))
	waiting.Store(42)
	b.sees("document.querySelector('[data-live=bot]').innerText.includes('42') && window.here")
	b.clean()
}

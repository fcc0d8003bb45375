package playground_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/playground"
)

var shanghai = time.FixedZone("+08", 8*3600)

// toyClock is a community's time that stands still unless moved.
type toyClock struct {
	mu  sync.Mutex // guards now
	now time.Time
	due func(at time.Time) // told each day at eight on the way
}

func (c *toyClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *toyClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

func (c *toyClock) Advance(_ context.Context, to time.Time) error {
	for {
		now := c.Now().In(shanghai)
		next := time.Date(now.Year(), now.Month(), now.Day(), 8, 0, 0, 0, shanghai)
		if !next.After(now) {
			next = next.AddDate(0, 0, 1)
		}
		if next.After(to) {
			break
		}
		c.set(next)
		if c.due != nil {
			c.due(next)
		}
	}
	c.set(to)
	return nil
}

// sink remembers what was delivered, says an answer to 签到, and fails on demand.
type sink struct {
	mu     sync.Mutex // guards what follows
	events []bot.Event
	broken bool
	say    func(bot.Outgoing)
}

func (s *sink) Deliver(_ context.Context, batch []bot.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, batch...)
	if s.broken {
		return errors.New("disk full")
	}
	for _, ev := range batch {
		if ev.Kind != bot.Message || !strings.Contains(ev.Text, "签到") {
			continue
		}
		o := bot.Outgoing{Text: "签到成功 +5，已连续 3 天", SaidAt: ev.At, Mentions: []bot.Person{ev.From}}
		o.Route = bot.Route{Transport: "playground", Chat: ev.Chat}
		if ev.Private {
			o.Route.User = ev.From.User
		}
		s.say(o)
	}
	return nil
}

func (s *sink) setBroken(broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

func (s *sink) delivered() []bot.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]bot.Event(nil), s.events...)
}

// stage is a playground that runs, with a server before it and a sink behind it.
type stage struct {
	t     *testing.T
	p     *playground.Playground
	sink  *sink
	clock *toyClock
	srv   *httptest.Server
	stop  func() // ends Run and waits for it
}

func options(clock *toyClock) playground.Options {
	return playground.Options{
		Clock: clock, Zone: shanghai,
		People: []bot.Person{{User: "u1", Name: "小明"}, {User: "u2", Name: "小红"}, {User: "u3", Name: "新来的"}},
		Groups: []playground.Group{{ID: "main", Name: "围炉读书会", Members: []bot.UserID{"u1", "u2"}}},
		Personas: []playground.Persona{
			{User: "u1", Role: "regular"}, {User: "u2", Role: "manager"}, {User: "u3", Role: "newcomer"},
		},
		Commands: func(context.Context) []playground.CommandHint {
			return []playground.CommandHint{{Name: "签到", Help: "每天一次"}, {Name: "积分"}, {Name: "加分", Usage: "@谁 数量 原因"}}
		},
	}
}

func newStage(t *testing.T, change func(*playground.Options)) *stage {
	t.Helper()
	clock := &toyClock{now: time.Date(2026, 11, 2, 1, 30, 0, 0, time.UTC)}
	opts := options(clock)
	if change != nil {
		change(&opts)
	}
	p := playground.New(opts)
	s := &stage{t: t, p: p, clock: clock, sink: &sink{}}
	s.sink.say = func(o bot.Outgoing) {
		if _, err := p.Send(t.Context(), o); err != nil {
			t.Errorf("send: %v", err)
		}
	}
	s.srv = httptest.NewServer(p.Handler())
	t.Cleanup(s.srv.Close)
	s.start()
	return s
}

// start begins Run and returns once it is active.
func (s *stage) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.p.Run(ctx, s.sink) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("run: %v", err)
		}
	})
	s.t.Cleanup(s.stop)
	for { // Run answers a deed that is refused as soon as it is active
		if status, _ := s.post("join", map[string]any{"room": "g:none", "as": "u1"}); status == http.StatusNotFound {
			return
		}
	}
}

// post sends JSON as the page does and gives the status and the answer.
func (s *stage) post(path string, body any) (int, map[string]any) {
	s.t.Helper()
	data, ok := body.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(body); err != nil {
			s.t.Fatal(err)
		}
	}
	return s.do(s.request("POST", "/api/"+path, bytes.NewReader(data)))
}

func (s *stage) request(method, path string, body io.Reader) *http.Request {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.srv.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return req
}

func (s *stage) do(req *http.Request) (int, map[string]any) {
	s.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		s.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return resp.StatusCode, answer
}

// must posts and fails the test where that is refused.
func (s *stage) must(path string, body any) map[string]any {
	s.t.Helper()
	status, answer := s.post(path, body)
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d %v", path, status, answer)
	}
	return answer
}

// lines are what a room shows, one string each.
func (s *stage) lines(room string) []map[string]any {
	s.t.Helper()
	_, answer := s.do(s.request("GET", "/api/lines?room="+room, nil))
	var lines []map[string]any
	for _, l := range answer["lines"].([]any) {
		lines = append(lines, l.(map[string]any))
	}
	return lines
}

// told is a room in short: "name kind text state".
func (s *stage) told(room string) string {
	s.t.Helper()
	var b strings.Builder
	for _, l := range s.lines(room) {
		fmt.Fprintf(&b, "%v %v %v %v\n", or(l["name"]), l["kind"], or(l["text"]), or(l["state"]))
	}
	return b.String()
}

func or(v any) any {
	if v == nil {
		return "-"
	}
	return v
}

func last[T any](list []T) T { return list[len(list)-1] }

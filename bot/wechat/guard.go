package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"
)

// guard stands between the client and the network. The client sees no answer that it would die of, spin on
// or lose, and of what it syncs it sees only the new cursor, after the messages are stored: the cursor that it
// saves is never ahead.
type guard struct {
	base    http.RoundTripper
	timing  Timing
	log     *slog.Logger
	bell    *bell
	pulse   *pulse
	cookies *cookies
	kept    saved // the login before this one, or this one when it goes on

	take  func(ctx context.Context, a syncAnswer) error // stores what a sync brought
	tend  func(ctx context.Context)                     // is called between polls
	die   func(error)                                   // ends the session
	ready chan struct{}                                 // closed when messages may come

	mu      sync.Mutex
	entry   entry // what the login page said
	entered time.Time
	self    rawContact
	recent  []rawContact // the chats that the client was greeted with
	foreign bool         // the cursor is of an earlier login, and was not proved to work in this one
	closed  bool
	working sync.WaitGroup // polls and syncs
}

// The kinds of requests that the guard knows, by the ends of their paths.
const (
	callUUID    = "jslogin"
	callLogin   = "login"
	callPage    = "webwxnewloginpage"
	callPush    = "webwxpushloginurl"
	callInit    = "webwxinit"
	callNotify  = "webwxstatusnotify"
	callCheck   = "synccheck"
	callSync    = "webwxsync"
	callContact = "webwxgetcontact"
	callBatch   = "webwxbatchgetcontact"
)

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, err := g.admit(req)
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	return answer, nil
}

// admit lets a request in, unless the guard is closed.
func (g *guard) admit(req *http.Request) (*http.Response, error) {
	if call := callOf(req); call == callCheck || call == callSync {
		g.mu.Lock()
		if g.closed {
			g.mu.Unlock()
			return nil, fmt.Errorf("%w: the session has ended", errNotSent)
		}
		g.working.Add(1)
		g.mu.Unlock()
		defer g.working.Done()
	}
	return g.handle(req)
}

// close returns when no poll and no sync is under way, and lets none begin after it: what follows a dead
// session can't meet it.
func (g *guard) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.working.Wait()
}

func (g *guard) handle(req *http.Request) (*http.Response, error) {
	call := callOf(req)
	switch call {
	case callLogin:
		return g.loginPoll(req)
	case callPage:
		return g.loginPage(req)
	case callPush:
		return g.pushed(req)
	case callInit:
		return g.begun(req)
	case callNotify:
		return g.notified(req)
	case callCheck:
		return g.check(req)
	case callSync:
		return g.sync(req)
	default:
		a, err := g.ask(req)
		if err != nil {
			return nil, err
		}
		g.pulse.good(call)
		return a.response(req), nil
	}
}

// callOf is the last part of a request's path.
func callOf(req *http.Request) string {
	path := req.URL.Path
	return path[strings.LastIndexByte(path, '/')+1:]
}

// answer is what came back, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) response(req *http.Request) *http.Response {
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: req,
	}
}

// with is the same answer with another body.
func (a answer) with(body []byte) answer {
	a.body, a.header = body, a.header.Clone()
	a.header.Del("Content-Encoding")
	a.header.Del("Content-Length")
	return a
}

// biggest is how large an answer may be: several times fifty member lists of five hundred people.
const biggest = 48 << 20

// What a request that failed came to: it certainly never left, or whatever answered was not WeChat as we know it.
var (
	errNotSent     = errors.New("not sent")
	errUnreachable = errors.New("WeChat can't be reached")
)

// ask makes one request, at a decent pace and with our own cookies, and reads the whole answer.
func (g *guard) ask(req *http.Request) (answer, error) {
	if err := g.pulse.request(req.Context()); err != nil {
		return answer{}, fmt.Errorf("%w: %w", errNotSent, err)
	}
	call := callOf(req)
	a, err := g.exchange(req)
	if err != nil {
		g.failed(req.Context(), call, alarmUnreachable, err)
		return answer{}, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return a, nil
}

func (g *guard) exchange(req *http.Request) (a answer, err error) {
	ctx, cancel := context.WithTimeout(req.Context(), g.timing.Answer)
	defer cancel()
	var seen traced
	mine := req.Clone(httptrace.WithClientTrace(ctx, seen.trace()))
	mine.Header.Del("Cookie")
	for _, c := range g.cookies.of(req.URL) {
		mine.AddCookie(c)
	}
	resp, err := g.base.RoundTrip(mine)
	if err != nil {
		if seen.unsent() {
			err = fmt.Errorf("%w: %w", errNotSent, err)
		}
		return answer{}, fmt.Errorf("%s: %w", callOf(req), err)
	}
	defer resp.Body.Close()
	g.cookies.take(req.URL, resp.Cookies())
	resp.Header.Del("Set-Cookie")
	a = answer{status: resp.StatusCode, header: resp.Header}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, biggest+1))
	switch {
	case err != nil:
		return answer{}, fmt.Errorf("%s: read the answer: %w", callOf(req), err)
	case len(a.body) > biggest:
		return answer{}, fmt.Errorf("%s: the answer is larger than %d MB", callOf(req), biggest>>20)
	case a.status != http.StatusOK && (callOf(req) != callPage || a.status != http.StatusMovedPermanently):
		return answer{}, fmt.Errorf("%s: status %d", callOf(req), a.status)
	}
	return a, nil
}

// failed notes a failure, and rings when it lasts.
func (g *guard) failed(ctx context.Context, call, alarm string, err error) {
	if ctx.Err() != nil {
		return
	}
	n := g.pulse.fail(call)
	level := slog.LevelWarn
	if n >= 3 {
		g.bell.ring(alarm, says(err))
		level = slog.LevelInfo // the alarm has told it
	}
	g.log.Log(ctx, level, "wechat: request failed", "request", call, "in_row", n, "err", says(err))
}

// traced watches how far a request got.
type traced struct {
	mu      sync.Mutex
	begun   bool // the network reports its steps at all
	written bool // something was written
}

func (t *traced) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:          func(string) { t.mu.Lock(); t.begun = true; t.mu.Unlock() },
		WroteHeaderField: func(string, []string) { t.mu.Lock(); t.written = true; t.mu.Unlock() },
		WroteHeaders:     func() { t.mu.Lock(); t.written = true; t.mu.Unlock() },
		WroteRequest:     func(httptrace.WroteRequestInfo) { t.mu.Lock(); t.written = true; t.mu.Unlock() },
	}
}

// unsent tells whether a request that failed certainly never left.
func (t *traced) unsent() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.begun && !t.written
}

// says is what an error says, fit for a terminal, and without the addresses that the client puts into its
// errors: they hold the keys of the session.
func says(err error) string {
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	return printable(err.Error())
}

package onebot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/coder/websocket"
)

// CheckDial tells what is wrong with an address to dial.
func CheckDial(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" {
		return fmt.Errorf("the address to dial is like ws://127.0.0.1:3001, not %q", s)
	}
	if u.User != nil || u.Query().Has("access_token") {
		return errors.New("the address to dial holds a secret: give the access token by itself")
	}
	return nil
}

// dial connects to an implementation, and again whenever that ended, more and more slowly where it fails.
func (t *Transport) dial(ctx context.Context, address string) {
	for wait := t.timing.BackOff; ; {
		began := time.Now()
		err := t.dialled(ctx, address)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > t.timing.BackOffMax {
			wait = t.timing.BackOff
		}
		t.log.Warn("onebot: not connected", "to", address, "err", says(err), "again_in", wait.Round(time.Millisecond))
		if sleep(ctx, wait+rand.N(wait/4+1)) != nil {
			return
		}
		wait = min(2*wait, t.timing.BackOffMax)
	}
}

// dialled is one connection to an implementation, from its beginning to its end.
func (t *Transport) dialled(ctx context.Context, address string) error {
	head := http.Header{}
	if t.o.Token != "" {
		head.Set("Authorization", "Bearer "+t.o.Token)
	}
	dialling, cancel := context.WithTimeout(ctx, t.timing.Answer)
	defer cancel()
	ws, resp, err := websocket.Dial(dialling, address, &websocket.DialOptions{HTTPHeader: head}) //nolint:bodyclose // the library does
	if resp != nil && (resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden) {
		return fmt.Errorf("it refuses our access token (%s)", resp.Status)
	}
	if err != nil {
		return err
	}
	c := newConn(ctx, ws, "dialling "+address, true, true)
	self, first, err := t.identify(c)
	if err != nil {
		c.stop(err)
		c.end()
		return err
	}
	return t.live(c, self, first)
}

// identify finds whose connection it is: by the first event that is told, or by asking. What came meanwhile is given back.
func (t *Transport) identify(c *conn) (self id, first []frame, err error) {
	ctx, cancel := context.WithTimeout(c.ctx, t.timing.Answer)
	defer cancel()
	const echo = "who"
	src, err := json.Marshal(map[string]any{"action": "get_login_info", "params": map[string]any{}, "echo": echo})
	if err != nil {
		return "", nil, err
	}
	if c.calls {
		if err := c.write(ctx, src); err != nil {
			return "", nil, err
		}
	}
	for {
		f, err := t.read(ctx, c)
		if err != nil {
			return "", nil, err
		}
		switch {
		case f.isAnswer() && f.echo() == echo:
			var me sender
			if err := f.result("get_login_info", &me); err != nil {
				return "", nil, err
			}
			if !me.UserID.none() {
				return me.UserID, first, nil
			}
		case f.isAnswer():
			// Some implementations tell that a token is wrong only now.
			var failed *failedError
			if err := f.result("connect", nil); errors.As(err, &failed) {
				return "", nil, failed
			}
		default:
			first = append(first, f)
			if !f.SelfID.none() {
				return f.SelfID, first, nil
			}
		}
	}
}

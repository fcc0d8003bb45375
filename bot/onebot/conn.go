package onebot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/weilu-im/weilu/bot"
)

// largest is the largest frame that is read: member lists of thousands, and histories.
const largest = 32 << 20

// conn is one WebSocket of an account.
type conn struct {
	ws     *websocket.Conn
	what   string // for the log
	tag    string // tells its calls from those of other connections
	calls  bool   // it takes calls
	events bool   // it tells events
	heard  atomic.Int64
	every  atomic.Int64 // nanoseconds between heartbeats; 0: not known
	begun  int          // how often its beginning failed; of account.hear

	ctx  context.Context //nolint:containedctx // it is the connection's life
	stop context.CancelCauseFunc
}

func newConn(ctx context.Context, ws *websocket.Conn, what string, calls, events bool) *conn {
	ws.SetReadLimit(largest)
	c := &conn{ws: ws, what: what, tag: rand.Text()[:6], calls: calls, events: events}
	c.ctx, c.stop = context.WithCancelCause(ctx)
	c.touched()
	return c
}

func (c *conn) touched() { c.heard.Store(time.Now().UnixNano()) }

// write sends a frame. The error is errNoConnection where it certainly was not read, and errNoAnswer where nobody knows.
func (c *conn) write(ctx context.Context, src []byte) error {
	for _, err := range [...]error{c.ctx.Err(), ctx.Err()} {
		if err != nil {
			return fmt.Errorf("%w: %w", errNoConnection, err)
		}
	}
	if err := c.ws.Write(ctx, websocket.MessageText, src); err != nil {
		return fmt.Errorf("%w: %s", errNoAnswer, says(err))
	}
	return nil
}

// end says goodbye and closes; it takes some seconds where the other side does not answer.
func (c *conn) end() {
	code, why := websocket.StatusGoingAway, context.Cause(c.ctx)
	if errors.Is(why, errReplaced) {
		code = websocket.StatusPolicyViolation
	}
	reason := says(why)
	const most = 100 // bytes of a close frame
	for len(reason) > most {
		_, size := utf8.DecodeLastRuneInString(reason)
		reason = reason[:len(reason)-size]
	}
	_ = c.ws.Close(code, reason) // it is closed then, whatever the other side says
}

// live reads a connection until it ends. What comes is given to the account in order.
func (t *Transport) live(c *conn, self id, first []frame) error {
	t.mu.Lock()
	root := t.root
	t.mu.Unlock()
	a := t.account(root, self)
	a.attach(c)
	t.running.Go(func() {
		t.listenFor(c)
		<-c.ctx.Done()
		c.end()
	})
	if c.events || !a.greeted.Load() {
		a.put(c, item{began: c})
	}
	for _, f := range first {
		a.take(c, f)
	}
	for {
		f, err := t.read(context.WithoutCancel(c.ctx), c)
		if err != nil {
			c.stop(err) // unless it was stopped before
			err = context.Cause(c.ctx)
			a.detach(c, err)
			return err
		}
		a.take(c, f)
	}
}

// read reads the next frame that is one. What is none is left out, and told in the log.
func (t *Transport) read(ctx context.Context, c *conn) (frame, error) {
	for {
		kind, src, err := c.ws.Read(ctx)
		if err != nil {
			return frame{}, err
		}
		c.touched()
		if kind != websocket.MessageText {
			t.log.Warn("onebot: a frame of bytes was left out", "bytes", len(src))
			continue
		}
		f, err := decode(src)
		if err != nil {
			t.log.Warn("onebot: a frame that is no JSON was left out", "bytes", len(src), "err", says(err))
			continue
		}
		return f, nil
	}
}

// take gives a frame to who waits for it.
func (a *account) take(c *conn, f frame) {
	if f.isAnswer() {
		a.answered(f)
		return
	}
	if a.present(f.online()) {
		a.put(c, item{began: c}) // what was said while it was away
	}
	if f.Post == "meta_event" {
		if f.Meta == "heartbeat" && f.Interval > 0 {
			c.every.Store(int64(f.Interval) * int64(time.Millisecond))
		}
		return
	}
	a.put(c, item{frame: f, seen: a.t.now()})
}

// put lets something be heard, unless the connection ends first.
func (a *account) put(c *conn, it item) {
	select {
	case a.queue <- it:
	case <-c.ctx.Done():
	}
}

// listenFor ends a connection on which nothing is heard any more: three heartbeats long, where there are any; otherwise
// the other side is asked whether it is there.
func (t *Transport) listenFor(c *conn) {
	for {
		limit := t.timing.Silence
		if every := time.Duration(c.every.Load()); every > 0 {
			limit = 3*every + time.Second
		}
		left := limit - time.Since(time.Unix(0, c.heard.Load()))
		if left <= 0 && c.every.Load() == 0 && c.answers(t.timing.Answer) {
			continue
		}
		if left <= 0 {
			c.stop(fmt.Errorf("nothing was heard for %s", limit.Round(time.Millisecond)))
			return
		}
		if sleep(c.ctx, min(left, time.Second)) != nil {
			return
		}
	}
}

// answers asks the other side whether it is there.
func (c *conn) answers(wait time.Duration) bool {
	ctx, cancel := context.WithTimeout(c.ctx, wait)
	defer cancel()
	if c.ws.Ping(ctx) != nil {
		return false
	}
	c.touched()
	return true
}

// says is an error for a log and for people: one line, without what deceives.
func says(err error) string {
	if err == nil {
		return ""
	}
	return printable(err.Error())
}

func printable(s string) string {
	const most = 200
	s = strings.Join(strings.Fields(bot.Clean(s)), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// sleep waits, or tells that ctx ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

package onebot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// waiting is how many events an account may have heard that are not translated yet; beyond that the other side waits.
const waiting = 1 << 13

// account is one account of the bot, for as long as the program runs.
type account struct {
	t    *Transport
	self id

	queue chan item // what was heard, in order
	book  *book
	heard *memory // what was said lately
	mark  *mark   // when something was stored last
	tries looks   // how often a small question was not answered in a row

	greeted atomic.Bool // groups and friends are known
	listed  atomic.Bool // so is who is in the groups

	mu    sync.Mutex // guards what follows
	api   *conn      // the latest connection that takes calls
	event *conn      // the latest that tells events
	calls map[string]*call
	next  uint64
	away  bool       // the implementation is there, and the account is not logged in
	speak sync.Mutex // one thing is said at a time, so that pieces of a text stay together
}

// item is a frame that was heard, or the news that a connection is there.
type item struct {
	frame frame
	seen  time.Time
	began *conn
}

type call struct {
	answer chan frame
	on     *conn
}

func newAccount(t *Transport, self id) *account {
	return &account{
		t: t, self: self, queue: make(chan item, waiting), book: newBook(self), heard: newMemory(), mark: openMark(t.o.Dir, self, t.log),
		calls: map[string]*call{},
	}
}

func (a *account) connected() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.event != nil && !a.away
}

// present takes in whether an implementation says that the account is logged in, and tells whether it came back.
func (a *account) present(online, known bool) (back bool) {
	if !known {
		return false
	}
	a.mu.Lock()
	was := !a.away
	a.away = !online
	a.mu.Unlock()
	if was && !online {
		a.t.log.Error("onebot: the account is not logged in any more: log in to it again in the implementation", "account", string(a.self))
	}
	return online && !was
}

// attach takes a connection in. One that does the same as an earlier one takes its place.
func (a *account) attach(c *conn) {
	a.mu.Lock()
	var old []*conn
	if c.calls {
		old, a.api = append(old, a.api), c
	}
	if c.events {
		old, a.event = append(old, a.event), c
	}
	a.mu.Unlock()
	for _, o := range old {
		if o != nil && o != c {
			o.stop(errReplaced)
		}
	}
	a.t.log.Info("onebot: connected", "account", string(a.self), "by", c.what)
}

// detach forgets a connection that ended. What was asked on it has no answer.
func (a *account) detach(c *conn, why error) {
	a.mu.Lock()
	if a.api == c {
		a.api = nil
	}
	if a.event == c {
		a.event = nil
	}
	for echo, w := range a.calls {
		if w.on == c {
			delete(a.calls, echo)
			close(w.answer)
		}
	}
	a.mu.Unlock()
	a.t.log.Info("onebot: disconnected", "account", string(a.self), "why", says(why))
}

// What keeps a call from being answered.
var (
	errNoConnection = errors.New("not connected")
	errNoAnswer     = errors.New("no answer")
	errReplaced     = errors.New("another connection took its place")
)

// failedError is an answer that says no.
type failedError struct {
	action string
	code   int64
	why    string
}

func (e *failedError) Error() string {
	return fmt.Sprintf("%s: %s (retcode %d)", e.action, printable(e.why), e.code)
}

// ask calls an action and waits for its answer. The error is errNoConnection where it certainly was not heard,
// errNoAnswer where nobody knows, and a *failedError where the answer is no.
func (a *account) ask(ctx context.Context, wait time.Duration, action string, params, result any) error {
	a.mu.Lock()
	c := a.api
	if c == nil {
		a.mu.Unlock()
		return errNoConnection
	}
	a.next++
	echo := strconv.FormatUint(a.next, 36) + "-" + c.tag
	w := &call{make(chan frame, 1), c}
	a.calls[echo] = w
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		delete(a.calls, echo)
		a.mu.Unlock()
	}()
	src, err := json.Marshal(map[string]any{"action": action, "params": params, "echo": echo})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := c.write(ctx, src); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%w to %s within %s", errNoAnswer, action, wait)
	case f, ok := <-w.answer:
		if !ok {
			return fmt.Errorf("%w to %s: the connection ended", errNoAnswer, action)
		}
		return f.result(action, result)
	}
}

// result reads an answer.
func (f *frame) result(action string, into any) error {
	var status string
	_ = json.Unmarshal(f.Status, &status) // absent: the code decides
	if status == "failed" || f.RetCode != 0 && f.RetCode != 1 {
		return &failedError{action, int64(f.RetCode), f.problem()}
	}
	if into == nil || len(f.Data) == 0 {
		return nil
	}
	var odd *json.UnmarshalTypeError
	if err := json.Unmarshal(f.Data, into); err != nil && !errors.As(err, &odd) {
		return fmt.Errorf("answer to %s: %w", action, err)
	}
	return nil
}

// answered gives an answer to whoever waits for it. What nobody asked for, or not any more, is nothing.
func (a *account) answered(f frame) {
	echo := f.echo()
	a.mu.Lock()
	w := a.calls[echo]
	delete(a.calls, echo)
	a.mu.Unlock()
	if w != nil {
		w.answer <- f
	}
}

// looks counts what in a row was not answered.
type looks struct{ n atomic.Int32 }

// may tells whether it is worth asking; where nothing is answered, now and then.
func (l *looks) may() bool {
	const lost, again = 3, 20
	return l.n.Load() < lost || l.n.Add(1)%again == 0
}

func (l *looks) result(err error) {
	if errors.Is(err, errNoAnswer) {
		l.n.Add(1)
	} else {
		l.n.Store(0)
	}
}

// deliver stores events, trying again for as long as it takes.
func (a *account) deliver(ctx context.Context, events []bot.Event) error {
	if len(events) == 0 {
		return nil
	}
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := a.t.sink.Deliver(ctx, events)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a.t.log.Error("onebot: events are not stored, trying again", "events", len(events), "wait", wait, "err", err)
		if sleep(ctx, wait) != nil {
			return ctx.Err()
		}
	}
}

package jsonl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Transport reads events from one stream and writes acknowledgements and words to another. It does not pace.
type Transport struct {
	in  io.Reader
	log *slog.Logger

	mu  sync.Mutex // guards out
	out *json.Encoder
}

// New makes the transport. Bad lines are told on out ({"error":...,"line":n}) and in the log, and left out.
func New(in io.Reader, out io.Writer, log *slog.Logger) *Transport {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return &Transport{in: in, out: enc, log: log}
}

// Name implements bot.Transport.
func (t *Transport) Name() string { return Name }

// together is how many lines that have arrived are delivered at once at the most.
const together = 1024

// Capabilities implements bot.Capable: whoever reads the lines is told whom they mention.
func (t *Transport) Capabilities() bot.Capabilities { return bot.Capabilities{Mentions: true} }

// Run delivers what comes in until the input ends, and answers {"ack":id} for each event once it is durable.
// Lines that arrive faster than they can be stored are delivered together.
func (t *Transport) Run(ctx context.Context, sink bot.Sink) error {
	batches := make(chan []item, 1)
	var readErr error
	go func() { // ends with the input, or when nobody takes its batches any more
		defer close(batches)
		readErr = t.read(ctx, batches)
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batch, ok := <-batches:
			if !ok {
				return readErr
			}
			if err := t.deliver(ctx, sink, batch); err != nil {
				return err
			}
		}
	}
}

type item struct {
	event bot.Event
	id    string
	line  int
	err   error
}

func (t *Transport) read(ctx context.Context, batches chan<- []item) error {
	r := NewReader(t.in)
	var batch []item
	for {
		src, err := r.Next()
		switch {
		case err == nil:
			if len(strings.TrimSpace(string(src))) == 0 {
				break
			}
			ev, id, err := Decode(src)
			ev.SeenAt = time.Now().UTC()
			batch = append(batch, item{ev, id, r.Number(), err})
		case IsLong(err):
			batch = append(batch, item{line: r.Number(), err: err})
		}
		ended := err != nil && !IsLong(err)
		if len(batch) > 0 && (ended || len(batch) >= together || !r.Waiting()) {
			select {
			case batches <- batch:
			case <-ctx.Done():
				return ctx.Err()
			}
			batch = nil
		}
		if ended {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read events: %w", err)
		}
	}
}

// deliver stores a batch, trying again for as long as it takes, and acknowledges it.
func (t *Transport) deliver(ctx context.Context, sink bot.Sink, batch []item) error {
	events := make([]bot.Event, 0, len(batch))
	for _, it := range batch {
		if it.err == nil {
			events = append(events, it.event)
		}
	}
	wait := 50 * time.Millisecond
	for {
		err := sink.Deliver(ctx, events)
		if err == nil {
			break
		}
		t.log.Error("events are not stored, trying again", "events", len(events), "wait", wait, "err", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, 5*time.Second)
	}
	for _, it := range batch {
		if err := t.answer(it); err != nil {
			return err
		}
	}
	return nil
}

func (t *Transport) answer(it item) error {
	if it.err == nil {
		return t.write(struct {
			Ack string `json:"ack"`
		}{it.id})
	}
	why := strings.ReplaceAll(it.err.Error(), "\n", "; ")
	t.log.Warn("bad line left out", "line", it.line, "err", why)
	return t.write(struct {
		Error string `json:"error"`
		Line  int    `json:"line"`
		ID    string `json:"id,omitempty"`
	}{why, it.line, it.id})
}

// Send implements bot.Transport. It only speaks.
func (t *Transport) Send(_ context.Context, o bot.Outgoing) (bot.Receipt, error) {
	if o.Action != bot.Speak {
		return bot.Receipt{}, fmt.Errorf("%w: %s can't be written as a line", bot.ErrRejected, o.Action)
	}
	var mentions []bot.UserID
	for _, p := range o.Mentions {
		mentions = append(mentions, p.User)
	}
	err := t.write(struct {
		Say      string       `json:"say"`
		Chat     string       `json:"chat"`
		To       string       `json:"to"`
		Mentions []bot.UserID `json:"mentions,omitempty"`
		Image    bool         `json:"image,omitempty"`
	}{o.Text, string(o.Route.Chat), string(o.Route.User), mentions, len(o.Picture) > 0})
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("%w: %w", bot.ErrUnknown, err)
	}
	return bot.Receipt{}, nil
}

func (t *Transport) write(v any) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Encode(v)
}

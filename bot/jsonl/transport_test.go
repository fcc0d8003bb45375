package jsonl_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/jsonl"
)

// fakeSink stores events, after a number of failures.
type fakeSink struct {
	mu       sync.Mutex
	failures int
	calls    int
	stored   []string
	before   func() // runs in Deliver, before it answers
}

func (s *fakeSink) Deliver(_ context.Context, batch []bot.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.before != nil {
		s.before()
	}
	if s.failures > 0 {
		s.failures--
		return errors.New("no room left on the disk")
	}
	for _, ev := range batch {
		s.stored = append(s.stored, ev.ID)
	}
	return nil
}

// safeBuffer is an output that may be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) lines() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Split(strings.TrimSuffix(b.b.String(), "\n"), "\n")
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func input(ids ...string) string {
	var b strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&b, "{\"id\":%q,\"time\":\"2024-05-01T00:00:00Z\",\"chat\":\"c1\",\"from\":\"u1\"}\n", id)
	}
	return b.String()
}

func TestTransportAcknowledgesOnlyWhatIsDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &safeBuffer{}
		sink := &fakeSink{failures: 3}
		sink.before = func() {
			if got := out.lines(); got[0] != "" {
				t.Errorf("before the events are durable it says %q", got)
			}
		}
		begin := time.Now()
		if err := jsonl.New(strings.NewReader(input("a", "b")), out, quiet()).Run(t.Context(), sink); err != nil {
			t.Fatal(err)
		}
		if want := []string{`{"ack":"a"}`, `{"ack":"b"}`}; !slices.Equal(out.lines(), want) {
			t.Errorf("it says %q, want %q", out.lines(), want)
		}
		if want := []string{"jsonl/a", "jsonl/b"}; !slices.Equal(sink.stored, want) {
			t.Errorf("stored %q, want %q", sink.stored, want)
		}
		// 50 ms, 100 ms, 200 ms.
		if waited := time.Since(begin); sink.calls != 4 || waited != 350*time.Millisecond {
			t.Errorf("%d tries in %s", sink.calls, waited)
		}
	})
}

func TestTransportTriesForAsLongAsItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &safeBuffer{}
		sink := &fakeSink{failures: 1000}
		begin := time.Now()
		if err := jsonl.New(strings.NewReader(input("a")), out, quiet()).Run(t.Context(), sink); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(begin); waited > 1000*5*time.Second {
			t.Errorf("it waited %s, more than 5 s between two tries", waited)
		}
		if want := []string{`{"ack":"a"}`}; !slices.Equal(out.lines(), want) {
			t.Errorf("it says %q, want %q", out.lines(), want)
		}
	})
}

func TestTransportEndsWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &safeBuffer{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := jsonl.New(strings.NewReader(input("a")), out, quiet()).Run(ctx, &fakeSink{failures: 1 << 30})
		if !errors.Is(err, context.DeadlineExceeded) || out.lines()[0] != "" {
			t.Errorf("it ends with %v and says %q", err, out.lines())
		}
	})
}

func TestTransportKeepsTheOrder(t *testing.T) {
	var ids, want, wantAcks []string
	for i := range 5000 {
		id := fmt.Sprintf("e%d", i%4000) // the last thousand come twice
		ids = append(ids, id)
		want = append(want, "jsonl/"+id)
		wantAcks = append(wantAcks, fmt.Sprintf(`{"ack":%q}`, id))
	}
	out, sink := &safeBuffer{}, &fakeSink{}
	if err := jsonl.New(strings.NewReader(input(ids...)), out, quiet()).Run(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sink.stored, want) {
		t.Error("events are delivered in another order")
	}
	if !slices.Equal(out.lines(), wantAcks) {
		t.Error("acknowledgements come in another order, or not once for each time")
	}
	if sink.calls > 100 {
		t.Errorf("%d deliveries for 5,000 events that wait: they are not taken together", sink.calls)
	}
}

func TestTransportLeavesBadLinesOut(t *testing.T) {
	in := input("a") + "\nnonsense\n" + `{"id":"x"}` + "\n" + strings.Repeat("y", jsonl.MaxLine+1) + "\n" + strings.TrimSuffix(input("b"), "\n")
	out, sink := &safeBuffer{}, &fakeSink{}
	if err := jsonl.New(strings.NewReader(in), out, quiet()).Run(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"ack":"a"}`,
		`{"error":"not an event: invalid character 'o' in literal null (expecting 'u')","line":3}`,
		`{"error":"time: missing; from: missing; chat: missing","line":4,"id":"x"}`,
		`{"error":"line is longer than 16 MiB","line":5}`,
		`{"ack":"b"}`,
	}
	if !slices.Equal(out.lines(), want) {
		t.Errorf("it says\n%s\nwant\n%s", strings.Join(out.lines(), "\n"), strings.Join(want, "\n"))
	}
	if want := []string{"jsonl/a", "jsonl/b"}; !slices.Equal(sink.stored, want) {
		t.Errorf("stored %q, want %q", sink.stored, want)
	}
}

// A client that buffers may write a line and a half, and wait for the answer to the line.
func TestTransportAnswersALineBeforeTheNextIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, client := io.Pipe()
		out, sink := &safeBuffer{}, &fakeSink{}
		ended := make(chan error, 1)
		go func() { ended <- jsonl.New(in, out, quiet()).Run(t.Context(), sink) }()
		both := input("a", "b")
		if _, err := io.WriteString(client, both[:len(both)-10]); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if want := []string{`{"ack":"a"}`}; !slices.Equal(out.lines(), want) {
			t.Errorf("with half of b outstanding it says %q, want %q", out.lines(), want)
		}
		if _, err := io.WriteString(client, both[len(both)-10:]); err != nil {
			t.Fatal(err)
		}
		client.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if want := []string{`{"ack":"a"}`, `{"ack":"b"}`}; !slices.Equal(out.lines(), want) {
			t.Errorf("it says %q, want %q", out.lines(), want)
		}
	})
}

func TestTransportTellsWhyReadingEnds(t *testing.T) {
	broken := errors.New("input/output error")
	out, sink := &safeBuffer{}, &fakeSink{}
	in := io.MultiReader(strings.NewReader(input("a")), errReader{broken})
	if err := jsonl.New(in, out, quiet()).Run(t.Context(), sink); !errors.Is(err, broken) {
		t.Errorf("it ends with %v, want %v", err, broken)
	}
	if want := []string{`{"ack":"a"}`}; !slices.Equal(out.lines(), want) {
		t.Errorf("it says %q, want %q", out.lines(), want)
	}
}

func TestTransportSays(t *testing.T) {
	out := &safeBuffer{}
	tr := jsonl.New(strings.NewReader(""), out, quiet())
	for _, o := range []bot.Outgoing{
		{Text: "<b>你好</b>\n&", Route: bot.Route{Chat: "c1"}},
		{Text: "悄悄话", Route: bot.Route{User: "u1"}},
		{Route: bot.Route{Chat: "c1"}, Picture: []byte{1}},
	} {
		if _, err := tr.Send(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`{"say":"<b>你好</b>\n&","chat":"c1","to":""}`,
		`{"say":"悄悄话","chat":"","to":"u1"}`,
		`{"say":"","chat":"c1","to":"","image":true}`,
	}
	if !slices.Equal(out.lines(), want) {
		t.Errorf("it says %q, want %q", out.lines(), want)
	}
	if _, err := jsonl.New(strings.NewReader(""), brokenPipe{}, quiet()).Send(t.Context(), bot.Outgoing{}); !errors.Is(err, bot.ErrUnknown) {
		t.Errorf("on a broken pipe: %v, want %v", err, bot.ErrUnknown)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

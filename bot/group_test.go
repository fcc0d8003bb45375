package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

// waiting is a context that tells when its caller begins to wait: by then its work is in the queue.
type waiting struct {
	context.Context
	begins func()
}

func (w waiting) Done() <-chan struct{} {
	w.begins()
	return w.Context.Done()
}

// gate holds the event "first" in its observer until everything else is queued.
type gate struct{ entered, open chan struct{} }

func newGate() *gate { return &gate{make(chan struct{}), make(chan struct{})} }

func (g *gate) observe(ctx context.Context, r *bot.Request) error {
	if r.ID == "first" {
		g.entered <- struct{}{}
		<-g.open
	}
	return everybody(ctx, r)
}

// behind delivers batches, each by a caller of its own, while the event "first" is being worked on. It
// answers what each Deliver did, in order.
func (g *gate) behind(t *testing.T, e *bot.Engine, batches ...[]bot.Event) []error {
	t.Helper()
	var all sync.WaitGroup
	all.Go(func() {
		if err := e.Deliver(t.Context(), []bot.Event{message("first", "x")}); err != nil {
			t.Errorf("first: %v", err)
		}
	})
	<-g.entered
	results := make([]error, len(batches))
	for i, batch := range batches {
		queued := make(chan struct{})
		ctx := waiting{t.Context(), sync.OnceFunc(func() { close(queued) })}
		all.Go(func() { results[i] = e.Deliver(ctx, batch) })
		<-queued
	}
	close(g.open)
	all.Wait()
	return results
}

func ids(from, to int) (batch []bot.Event) {
	for i := from; i < to; i++ {
		batch = append(batch, message(fmt.Sprintf("e%03d", i), "x"))
	}
	return batch
}

func TestWhatWaitsIsCommittedTogether(t *testing.T) {
	cases := []struct {
		name           string
		most, callers  int
		each, expected int
	}{
		{"forty callers share one transaction", 0, 40, 1, 1},
		{"ten at a time where ten may share one", 10, 40, 1, 4},
		{"batches stay whole", 10, 8, 4, 4},
		{"a batch that is larger than a transaction is split", 4, 1, 10, 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *storage) {
				g := newGate()
				opts := options(s)
				opts.Batch, opts.Observe = c.most, g.observe
				e := engine(t, opts)
				var batches [][]bot.Event
				for i := range c.callers {
					batches = append(batches, ids(i*c.each, (i+1)*c.each))
				}
				if err := errors.Join(g.behind(t, e, batches...)...); err != nil {
					t.Fatal(err)
				}
				if got := int(s.commits.Load()) - 1; got != c.expected {
					t.Errorf("%d transactions, want %d", got, c.expected)
				}
				if got := s.strings(t, `SELECT id FROM inbox ORDER BY seq`); len(got) != 1+c.callers*c.each || got[1] != "e000" || got[len(got)-1] != fmt.Sprintf("e%03d", c.callers*c.each-1) {
					t.Errorf("inbox holds %v", got)
				}
			})
		})
	}
}

func TestTheOrderOfEachCallerIsKept(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		e := engine(t, options(s))
		var wg sync.WaitGroup
		for c := range 8 {
			wg.Go(func() {
				for i := range 20 {
					ev := message(fmt.Sprintf("%d/%02d", c, i), "x")
					if err := e.Deliver(t.Context(), []bot.Event{ev}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for c := range 8 {
			got := s.strings(t, `SELECT id FROM inbox WHERE id LIKE ? ORDER BY seq`, fmt.Sprintf("%d/%%", c))
			for i, id := range got {
				if id != fmt.Sprintf("%d/%02d", c, i) {
					t.Fatalf("caller %d's events were accepted as %v", c, got)
				}
			}
			if len(got) != 20 {
				t.Errorf("caller %d: %d events", c, len(got))
			}
		}
	})
}

func TestAnEventThatCannotBeStoredFailsOnlyItsOwnBatch(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		g := newGate()
		opts := options(s)
		opts.Observe = func(ctx context.Context, r *bot.Request) error {
			if r.Text == "bad" {
				return errors.New("can't be observed")
			}
			if err := s.note(ctx, r, r.ID); err != nil {
				return err
			}
			return g.observe(ctx, r)
		}
		bad := message("b2", "bad")
		results := g.behind(t, engine(t, opts),
			[]bot.Event{message("a1", "x"), message("a2", "x")},
			[]bot.Event{message("b1", "x"), bad, message("b3", "x")},
			[]bot.Event{message("c1", "x")})
		if results[0] != nil || results[2] != nil {
			t.Errorf("others failed too: %v", results)
		}
		if results[1] == nil || !strings.Contains(results[1].Error(), "b2") {
			t.Errorf("the bad batch: %v", results[1])
		}
		s.wantNotes(t, "first", "a1", "a2", "b1", "c1")
	})
}

func TestAnEventThatPanicsIsSetAside(t *testing.T) {
	cases := []struct {
		name string
		edit func(o *bot.Options)
	}{
		{"the community's observer panics", func(o *bot.Options) {
			o.Observe = func(ctx context.Context, r *bot.Request) error {
				if r.Text == "签到" && r.ID == "bad" {
					panic("a \x00 hostile \xff text")
				}
				return everybody(ctx, r)
			}
		}},
		{"a feature's observer panics", func(o *bot.Options) {
			o.Features = append(o.Features, bot.Feature{Name: "o", Observe: func(_ context.Context, r *bot.Request) error {
				if r.ID == "bad" {
					panic("a \x00 hostile \xff text")
				}
				return nil
			}})
		}},
		{"the screen panics", func(o *bot.Options) {
			first := true
			o.Screen = func(string) (string, bool) {
				if first {
					panic("a \x00 hostile \xff text")
				}
				return "", false
			}
			o.Features = append(o.Features, bot.Feature{Name: "x", On: []bot.Listener{bot.On(func(_ context.Context, r *bot.Request) error {
				first = false
				return nil
			}, bot.Message)}})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *storage) {
				opts := options(s, says(s, "签到", "好"))
				c.edit(&opts)
				e := engine(t, opts)
				batch := []bot.Event{message("bad", "签到"), message("plain", "x"), message("good", "签到")}
				deliver(t, e, batch...)
				deliver(t, e, batch...)
				s.wantNotes(t, "签到")
				if got := s.strings(t, `SELECT id || ': ' || problem FROM inbox WHERE problem IS NOT NULL`); len(got) != 1 || got[0] != "bad: panic: a  hostile \uFFFD text" {
					t.Errorf("problems: %q", got)
				}
				if got := s.strings(t, `SELECT id FROM inbox ORDER BY seq`); fmt.Sprint(got) != "[bad plain good]" {
					t.Errorf("inbox holds %v", got)
				}
			})
		})
	}
}

func TestWhoeverGoesAwayWhileWaitingLosesOnlyTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		g := newGate()
		opts := options(s)
		opts.Observe = g.observe
		e := engine(t, opts)
		leader, leave := context.WithCancel(t.Context())
		gone, goAway := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var first, lost, stays error
		wg.Go(func() { first = e.Deliver(leader, []bot.Event{message("first", "x")}) })
		<-g.entered
		for _, w := range []struct {
			ctx context.Context
			id  string
			err *error
		}{{gone, "lost", &lost}, {t.Context(), "stays", &stays}} {
			queued := make(chan struct{})
			ctx := waiting{w.ctx, sync.OnceFunc(func() { close(queued) })}
			wg.Go(func() { *w.err = e.Deliver(ctx, []bot.Event{message(w.id, "x")}) })
			<-queued
		}
		leave()
		goAway()
		close(g.open)
		wg.Wait()
		if first != nil || stays != nil {
			t.Errorf("first: %v, stays: %v", first, stays)
		}
		got := s.strings(t, `SELECT id FROM inbox ORDER BY seq`)
		// Whether the one who went away was still waiting when the turn came is a race; half a result is not.
		switch {
		case errors.Is(lost, context.Canceled) && fmt.Sprint(got) == "[first stays]":
		case lost == nil && len(got) == 3:
		default:
			t.Errorf("lost: %v, inbox holds %v", lost, got)
		}
	})
}

func TestAPanicOfOneCallerKeepsNobodyWaiting(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		e := engine(t, options(s))
		if err := e.Do(t.Context(), func(context.Context) error { panic("x") }); err == nil {
			t.Error("a panic is no success")
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				if i%2 == 0 {
					if err := e.Do(t.Context(), func(context.Context) error { panic("x") }); err == nil {
						t.Error("a panic is no success")
					}
				} else if err := e.Deliver(t.Context(), ids(i, i+1)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := s.strings(t, `SELECT id FROM inbox`); len(got) != 4 {
			t.Errorf("inbox holds %v", got)
		}
	})
}

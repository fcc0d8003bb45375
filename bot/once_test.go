package bot_test

import (
	"context"
	"sync"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

func TestAnEventHasOneEffect(t *testing.T) {
	ev := message("e1", "签到")
	cases := []struct {
		name string
		run  func(t *testing.T, s *storage, fresh func() *bot.Engine)
	}{
		{"delivered twice in one batch", func(t *testing.T, _ *storage, fresh func() *bot.Engine) {
			deliver(t, fresh(), ev, ev)
		}},
		{"delivered in two batches", func(t *testing.T, _ *storage, fresh func() *bot.Engine) {
			e := fresh()
			deliver(t, e, ev)
			deliver(t, e, ev, ev)
		}},
		{"delivered by eight at once", func(t *testing.T, _ *storage, fresh func() *bot.Engine) {
			e := fresh()
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 5 {
						if err := e.Deliver(t.Context(), []bot.Event{ev}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
		}},
		{"delivered to two engines at once", func(t *testing.T, _ *storage, fresh func() *bot.Engine) {
			var wg sync.WaitGroup
			for _, e := range []*bot.Engine{fresh(), fresh()} {
				wg.Go(func() {
					if err := e.Deliver(t.Context(), []bot.Event{ev}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}},
		{"delivered again after a restart", func(t *testing.T, _ *storage, fresh func() *bot.Engine) {
			for range 3 {
				deliver(t, fresh(), ev)
			}
		}},
		{"delivered again with another text, an hour later", func(t *testing.T, _ *storage, fresh func() *bot.Engine) {
			other := message("e1", "别的")
			other.At = noon.Add(3600e9)
			deliver(t, fresh(), ev, other)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *storage) {
				c.run(t, s, func() *bot.Engine { return engine(t, options(s, says(s, "签到", "好"))) })
				s.wantNotes(t, "签到")
				s.wantOutbox(t, "好=pending")
				if got := s.strings(t, `SELECT id FROM inbox`); len(got) != 1 {
					t.Errorf("inbox holds %v", got)
				}
			})
		})
	}
}

func TestImportAcceptsOnceAndSaysNothing(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		opts := options(s, says(s, "签到", "好"))
		opts.Observe = func(ctx context.Context, r *bot.Request) error { return s.note(ctx, r, "saw "+r.ID) }
		e := engine(t, opts)
		batch := []bot.Event{message("e1", "签到"), message("e2", "签到"), message("e1", "签到")}
		for i, want := range []int{2, 0} {
			if n, err := e.Import(t.Context(), batch); err != nil || n != want {
				t.Errorf("import %d took %d, %v; want %d", i, n, err, want)
			}
		}
		// What came as history is not acted upon when it comes again as news.
		deliver(t, e, batch...)
		s.wantNotes(t, "saw e1", "saw e2")
		s.wantOutbox(t)
	})
}

func TestAnEventWithoutAnIDIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		if err := engine(t, options(s)).Deliver(t.Context(), []bot.Event{message("", "x")}); err == nil {
			t.Error("accepted")
		}
	})
}

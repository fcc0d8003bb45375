package bot_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestJobsAreShownAsTheyAreStored(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var broken atomic.Bool
		var l log
		daily := bot.Job{Name: "daily", Spec: "0 4 * * *", Ritual: true, Title: "title", Run: func(context.Context, *bot.Request) error {
			if broken.Load() {
				return errors.New("broken")
			}
			return nil
		}}
		f := diary(&l, daily, bot.Job{Name: "once"})
		f.Locales = fstest.MapFS{"zh.yaml": {Data: []byte("title: a\n")}, "en.yaml": {Data: []byte("title: a\n")}}
		f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
			return r.Later(ctx, r.At.Add(time.Hour), "once", "k")
		}, bot.Message)}
		e := started(t, s, noon, f)
		state := func(at time.Time) (daily, once bot.JobView) {
			t.Helper()
			jobs, err := e.Jobs(t.Context(), at)
			if err != nil || len(jobs) != 2 {
				t.Fatal(jobs, err)
			}
			return jobs[0], jobs[1]
		}
		d, o := state(noon)
		if d.Name != "diary.daily" || d.Feature != "diary" || !d.Last.Equal(noon) || !d.Next.Equal(noon.Add(16*time.Hour)) || d.Ending != "" || !o.Due().IsZero() {
			t.Errorf("at first: %+v, %+v", d, o)
		}
		deliver(t, e, bot.Event{ID: "m", Kind: bot.Message, At: noon, Text: "hello"})
		if _, o := state(noon); o.Waiting != 1 || !o.Due().Equal(noon.Add(time.Hour)) {
			t.Errorf("asked for: %+v", o)
		}
		broken.Store(true)
		advance(t, e, noon.Add(24*time.Hour), false)
		d, o = state(noon.Add(24 * time.Hour))
		if d.Ending != bot.Skipped || d.Reason != bot.SkippedFailed || !d.Last.Equal(noon.Add(16*time.Hour)) || o.Waiting != 0 {
			t.Errorf("after it failed: %+v, %+v", d, o)
		}
		broken.Store(false)
		advance(t, e, noon.Add(48*time.Hour), false)
		if d, _ = state(noon.Add(48 * time.Hour)); d.Ending != bot.InTime || !d.Due().Equal(noon.Add(64*time.Hour)) {
			t.Errorf("after it went well: %+v", d)
		}
		if at, err := bot.Beaten(t.Context(), s); err != nil || !at.Equal(noon.Add(48*time.Hour)) {
			t.Errorf("awake at %v, %v", at, err)
		}
		if at, err := bot.Newest(t.Context(), s); err != nil || !at.Equal(noon.Add(40*time.Hour)) {
			t.Errorf("the newest event is of %v, %v", at, err)
		}
	})
}

func TestTheMeterHearsOfWhatWasNew(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var began, accepted, failed atomic.Int64
		o := options(s)
		o.Meter = func() func(int, error) {
			began.Add(1)
			return func(n int, err error) {
				accepted.Add(int64(n))
				if err != nil {
					failed.Add(1)
				}
			}
		}
		e := engine(t, o)
		for range 2 {
			deliver(t, e, bot.Event{ID: "a", Kind: bot.Message, At: noon}, bot.Event{ID: "b", Kind: bot.Message, At: noon})
		}
		if err := e.Deliver(t.Context(), []bot.Event{{Kind: bot.Message, At: noon}}); err == nil {
			t.Error("an event without an id was taken")
		}
		if began.Load() != 3 || accepted.Load() != 2 || failed.Load() != 1 {
			t.Errorf("began %d, accepted %d, failed %d", began.Load(), accepted.Load(), failed.Load())
		}
	})
}

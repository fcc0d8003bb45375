package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

const minute = "2006-01-02 15:04"

// diary is a feature whose jobs write down when they ran and for which slot.
func diary(l *log, jobs ...bot.Job) bot.Feature {
	f := bot.Feature{Name: "diary"}
	for _, j := range jobs {
		if j.Run == nil {
			j.Run = func(_ context.Context, r *bot.Request) error {
				l.add(fmt.Sprintf("%s%s at %s for %s", j.Name, r.Key, r.At.Format(minute), r.Slot.Format(minute)))
				return nil
			}
		}
		f.Jobs = append(f.Jobs, j)
	}
	return f
}

func started(t *testing.T, s *storage, at time.Time, features ...bot.Feature) *bot.Engine {
	t.Helper()
	e := engine(t, options(s, features...))
	if err := e.Start(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	return e
}

func advance(t *testing.T, e *bot.Engine, to time.Time, live bool) {
	t.Helper()
	if err := e.Advance(t.Context(), to, live); err != nil {
		t.Fatal(err)
	}
}

func TestSlotsComeInOrderInVirtualTime(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		e := started(t, s, noon, diary(&l, bot.Job{Name: "daily", Spec: "0 4 * * *"}, bot.Job{Name: "often", Spec: "0 */8 * * *"}))
		advance(t, e, noon.Add(24*time.Hour), false)
		advance(t, e, noon.Add(24*time.Hour), false)
		l.want(t,
			"often at 2026-11-22 16:00 for 2026-11-22 16:00",
			"often at 2026-11-23 00:00 for 2026-11-23 00:00",
			"daily at 2026-11-23 04:00 for 2026-11-23 04:00",
			"often at 2026-11-23 08:00 for 2026-11-23 08:00")
		if got := s.strings(t, `SELECT id FROM inbox ORDER BY seq LIMIT 1`); got[0] != "tick/diary.often/2026-11-22T16:00:00Z" {
			t.Errorf("the first slot is the event %q", got)
		}
	})
}

// asks is a feature that asks for a tick as a message says: "key minutes".
func asks(l *log) bot.Feature {
	f := diary(l, bot.Job{Name: "once"})
	f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
		var key string
		var minutes int
		if _, err := fmt.Sscan(r.Text, &key, &minutes); err != nil {
			return err
		}
		return r.Later(ctx, noon.Add(time.Duration(minutes)*time.Minute), "once", key)
	}, bot.Message)}
	return f
}

func TestOneShots(t *testing.T) {
	cases := []struct {
		name  string
		steps []any // a string asks; an int restarts and advances to that many minutes after noon
		want  []string
	}{
		{"come when they are due", []any{"a 5", 4, 5, 6}, []string{"oncea at 2026-11-22 12:05 for 2026-11-22 12:05"}},
		{"come in the order of their times", []any{"a 5", "b 3", 9}, []string{"onceb at 2026-11-22 12:03 for 2026-11-22 12:03", "oncea at 2026-11-22 12:05 for 2026-11-22 12:05"}},
		{"the earlier stands when the later is asked for", []any{"a 5", "a 7", 9}, []string{"oncea at 2026-11-22 12:05 for 2026-11-22 12:05"}},
		{"the earlier stands when it is asked for later", []any{"a 7", "a 5", 9}, []string{"oncea at 2026-11-22 12:05 for 2026-11-22 12:05"}},
		{"can be asked for again afterwards", []any{"a 5", 6, "a 8", 9}, []string{"oncea at 2026-11-22 12:05 for 2026-11-22 12:05", "oncea at 2026-11-22 12:08 for 2026-11-22 12:08"}},
		{"can be asked for again for the same time", []any{"a 5", 6, "a 5", 7, "a 5", 8, 9}, []string{
			"oncea at 2026-11-22 12:05 for 2026-11-22 12:05", "oncea at 2026-11-22 12:05 for 2026-11-22 12:05", "oncea at 2026-11-22 12:05 for 2026-11-22 12:05"}},
		{"come at once when they are already due", []any{"a -5", 0}, []string{"oncea at 2026-11-22 11:55 for 2026-11-22 11:55"}},
	}
	each(t, func(t *testing.T, s *storage) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s.clear(t)
				var l log
				for i, step := range c.steps {
					e := started(t, s, noon, asks(&l))
					switch step := step.(type) {
					case string:
						deliver(t, e, message(fmt.Sprint("ask", i), step))
					case int:
						advance(t, e, noon.Add(time.Duration(step)*time.Minute), false)
					}
				}
				l.want(t, c.want...)
				if left := s.strings(t, `SELECT key FROM later`); len(left) > 0 {
					t.Errorf("still waiting: %v", left)
				}
			})
		}
	})
}

func TestAOneShotIsUndoneWithItsHandler(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		f := diary(&l, bot.Job{Name: "once"})
		var errs []error
		f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
			errs = append(errs, r.Later(ctx, noon, "once", ""), r.Later(ctx, noon, "never", "k"))
			return errors.Join(r.Later(ctx, noon, "once", "k"), errors.New("changed my mind"))
		}, bot.Message)}
		e := started(t, s, noon, f)
		deliver(t, e, message("e", "x"))
		advance(t, e, noon.Add(time.Hour), false)
		l.want(t)
		if len(errs) != 2 || errs[0] == nil || errs[1] == nil {
			t.Errorf("without a key, and for no job: %v", errs)
		}
	})
}

func TestCatchingUpAfterAnOutage(t *testing.T) {
	down, up := noon, noon.Add(72*time.Hour+30*time.Minute)
	cases := []struct {
		name   string
		policy bot.CatchUp
		up     time.Time
		want   []string
	}{
		{"collapse runs the newest missed slot", bot.Collapse, up, []string{"j at 2026-11-25 12:30 for 2026-11-25 04:00"}},
		{"collapse runs the only missed slot", bot.Collapse, down.Add(20 * time.Hour), []string{"j at 2026-11-23 08:00 for 2026-11-23 04:00"}},
		{"run all runs each", bot.RunAll, up, []string{
			"j at 2026-11-25 12:30 for 2026-11-23 04:00", "j at 2026-11-25 12:30 for 2026-11-24 04:00", "j at 2026-11-25 12:30 for 2026-11-25 04:00"}},
		{"skip runs none", bot.Skip, up, nil},
		{"skip runs a slot that is just due", bot.Skip, time.Date(2026, 11, 25, 4, 0, 30, 0, time.UTC), []string{"j at 2026-11-25 04:00 for 2026-11-25 04:00"}},
	}
	each(t, func(t *testing.T, s *storage) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s.clear(t)
				var l log
				f := diary(&l, bot.Job{Name: "j", Spec: "0 4 * * *", CatchUp: c.policy})
				started(t, s, down, f)
				e := started(t, s, c.up, f)
				advance(t, e, c.up, true)
				l.want(t, c.want...)
				// Nothing of it comes back, and the next slot comes at its time.
				e = started(t, s, c.up, f)
				advance(t, e, c.up.Add(time.Second), true)
				l.want(t, c.want...)
				tomorrow := time.Date(c.up.Year(), c.up.Month(), c.up.Day()+1, 4, 0, 0, 0, time.UTC)
				advance(t, e, tomorrow.Add(-time.Second), true)
				advance(t, e, tomorrow, true)
				l.want(t, append(slices.Clone(c.want), "j at "+tomorrow.Format(minute)+" for "+tomorrow.Format(minute))...)
			})
		}
	})
}

func TestAFailingJobDoesNotRunAgainAndBlocksNothing(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		fails := func(end func() error) bot.Handler {
			return func(ctx context.Context, r *bot.Request) error {
				l.add(r.Job)
				r.Say("g", "half")
				return errors.Join(s.note(ctx, r, "half"), end())
			}
		}
		e := started(t, s, noon, diary(&l,
			bot.Job{Name: "fails", Spec: "0 13 * * *", Run: fails(func() error { return errors.New("x") })},
			bot.Job{Name: "panics", Spec: "0 13 * * *", Run: fails(func() error { panic("x") })},
			bot.Job{Name: "fine", Spec: "0 13 * * *", Run: fails(func() error { return nil })}))
		for range 3 {
			advance(t, e, noon.Add(2*time.Hour), false)
		}
		l.want(t, "diary.fails", "diary.panics", "diary.fine")
		s.wantNotes(t, "half")
		s.wantOutbox(t, "half=pending")
	})
}

// A tick that makes the machine itself panic is set aside like any event, and the clock goes on.
func TestATickThatIsSetAsideDoesNotStopTheClock(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		opts := options(s, asks(&l))
		opts.Observe = func(ctx context.Context, r *bot.Request) error {
			if r.Kind == bot.Tick && r.Key == "bad" {
				panic("x")
			}
			return everybody(ctx, r)
		}
		e := engine(t, opts)
		if err := e.Start(t.Context(), noon); err != nil {
			t.Fatal(err)
		}
		deliver(t, e, message("e1", "bad 1"), message("e2", "good 2"))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := e.Advance(ctx, noon.Add(time.Hour), false); err != nil {
			t.Fatal(err)
		}
		l.want(t, "oncegood at 2026-11-22 12:02 for 2026-11-22 12:02")
	})
}

func TestATickOfAJobThatNoLongerExistsIsDropped(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		old := asks(&l)
		old.Jobs = append(old.Jobs, bot.Job{Name: "hourly", Spec: "0 * * * *", Run: old.Jobs[0].Run})
		deliver(t, started(t, s, noon, old), message("e", "a 5"))
		e := started(t, s, noon, diary(&l, bot.Job{Name: "new", Spec: "30 12 * * *"}))
		advance(t, e, noon.Add(3*time.Hour), false)
		l.want(t, "new at 2026-11-22 12:30 for 2026-11-22 12:30")
		if left := s.strings(t, `SELECT key FROM later`); len(left) > 0 {
			t.Errorf("still waiting: %v", left)
		}
	})
}

func TestEachSlotRunsOnceOnAnyNumberOfInstances(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		f := asks(&l)
		f.Jobs = append(f.Jobs, bot.Job{Name: "hourly", Spec: "0 * * * *", Run: f.Jobs[0].Run})
		a, b := started(t, s, noon, f), started(t, s, noon, f)
		deliver(t, a, message("e1", "x 90"), message("e2", "y 95"))
		var wg sync.WaitGroup
		for _, e := range []*bot.Engine{a, a, b, b} {
			wg.Go(func() {
				for m := range 6 {
					if err := e.Advance(t.Context(), noon.Add(time.Duration(m*30)*time.Minute), false); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		advance(t, started(t, s, noon, f), noon.Add(150*time.Minute), false)
		got := l.all()
		slices.Sort(got)
		// A job made by copying Run keeps the name of its first; what counts is the slots.
		want := []string{
			"once at 2026-11-22 13:00 for 2026-11-22 13:00", "once at 2026-11-22 14:00 for 2026-11-22 14:00",
			"oncex at 2026-11-22 13:30 for 2026-11-22 13:30", "oncey at 2026-11-22 13:35 for 2026-11-22 13:35",
		}
		if !slices.Equal(got, want) {
			t.Errorf("ran %q, want %q", got, want)
		}
	})
}

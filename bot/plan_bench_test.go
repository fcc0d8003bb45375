package bot_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

const manyPlans = 10_000

// crowded is an engine with very many plans, of which one comes due each second or so.
func crowded(tb testing.TB, s *storage, plans int) (start func() *bot.Engine) {
	tb.Helper()
	f := bot.Feature{Name: "rites", Jobs: []bot.Job{{Name: "word", Ritual: true, Run: func(_ context.Context, r *bot.Request) error {
		r.Say("g", r.Key)
		return nil
	}}}}
	f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
		for i := range plans {
			spec := fmt.Sprintf("%d %d %d * * *", i%60, i/60%60, i/3600)
			if err := r.Plan(ctx, bot.Plan{Job: "word", Key: fmt.Sprint(i), Spec: spec}); err != nil {
				return err
			}
		}
		return nil
	}, bot.Message)}
	start = func() *bot.Engine {
		e := engine(tb, options(s, f))
		if err := e.Start(tb.Context(), midnight); err != nil {
			tb.Fatal(err)
		}
		return e
	}
	ev := message("plan", "x")
	ev.At, ev.SeenAt = midnight.Add(-time.Second), midnight.Add(-time.Second)
	if err := start().Deliver(tb.Context(), []bot.Event{ev}); err != nil {
		tb.Fatal(err)
	}
	return start
}

var midnight = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// TestTenThousandPlans measures what the page promises: the start under a second, and a second of the clock under a millisecond.
func TestTenThousandPlans(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		start := crowded(t, s, manyPlans)
		began := time.Now()
		e := start()
		if took := time.Since(began); took > time.Second {
			t.Errorf("the start takes %s", took)
		}
		var idle []time.Duration
		for i := range 200 { // nothing is due before midnight
			began := time.Now()
			advance(t, e, midnight.Add(-time.Second+time.Duration(i)*time.Millisecond), true)
			idle = append(idle, time.Since(began))
		}
		slices.Sort(idle)
		median := idle[len(idle)/2]
		t.Logf("a second of the clock costs %s, 99 of 100 below %s", median, idle[len(idle)*99/100])
		if median > time.Millisecond {
			t.Errorf("a second of the clock costs %s", median)
		}
		advance(t, e, midnight.Add(99*time.Second), true)
		if n := s.strings(t, `SELECT key FROM occurrences WHERE ending IN ('sent', 'late')`); len(n) != 100 {
			t.Errorf("%d came due in 100 seconds", len(n))
		}
	})
}

// BenchmarkPlans compares a second of the clock with very many plans with one without any, and a plan that
// comes due with a message that is said back to.
func BenchmarkPlans(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		b.Run(dialect, func(b *testing.B) {
			open := func() *storage { return &storage{DB: dbtest.Open(b, dialect, owners())} }
			idle := func(plans int) (each time.Duration) {
				e := crowded(b, open(), plans)()
				const looks = 500
				began := time.Now()
				for i := range looks {
					if err := e.Advance(b.Context(), midnight.Add(-time.Second+time.Duration(i)*time.Millisecond), true); err != nil {
						b.Fatal(err)
					}
				}
				return time.Since(began) / looks
			}
			due := func() (each time.Duration) {
				e := crowded(b, open(), manyPlans)()
				began := time.Now()
				if err := e.Advance(b.Context(), midnight.Add(499*time.Second), false); err != nil {
					b.Fatal(err)
				}
				return time.Since(began) / 500
			}
			said := func() (each time.Duration) {
				s := open()
				e := engine(b, options(s, bot.Feature{Name: "echo", On: []bot.Listener{bot.On(func(_ context.Context, r *bot.Request) error {
					r.Say("g", r.Text)
					return nil
				}, bot.Message)}}))
				began := time.Now()
				for i := range 500 {
					if err := e.Deliver(b.Context(), []bot.Event{message(fmt.Sprint(i), "x")}); err != nil {
						b.Fatal(err)
					}
				}
				return time.Since(began) / 500
			}
			var none, many, fired, bare time.Duration
			for range b.N {
				none, many, fired, bare = none+idle(0), many+idle(manyPlans), fired+due(), bare+said()
			}
			n := float64(b.N) * 1e3
			b.ReportMetric(float64(many)/n, "µs/tick")
			b.ReportMetric(float64(many)/float64(none), "times-no-plans")
			b.ReportMetric(float64(fired)/n, "µs/fired")
			b.ReportMetric(float64(fired)/float64(bare), "times-a-message")
		})
	}
}

package bot_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
)

// errCrash is what a process meets that is gone.
var errCrash = errors.New("the process is gone")

// mortal is a storage whose process dies at a step: a statement, the moment before a commit, or the moment after.
type mortal struct {
	*storage
	left int // steps until it dies
}

func (m *mortal) step() error {
	if m.left--; m.left < 0 {
		return errCrash
	}
	return nil
}

func (m *mortal) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	outer := ctx.Value(inTx{}) == nil
	err := m.storage.Tx(ctx, func(ctx context.Context) error {
		if err := fn(ctx); err != nil {
			return err
		}
		if outer {
			return m.step()
		}
		return nil
	})
	if err == nil && outer {
		err = m.step()
	}
	return err
}

func (m *mortal) Alive(ctx context.Context) error {
	if m.left < 0 {
		return errCrash
	}
	return m.storage.Alive(ctx)
}

func (m *mortal) Conn(ctx context.Context) *gorm.DB {
	conn := m.storage.Conn(ctx).Session(&gorm.Session{NewDB: true, Context: ctx})
	conn.Statement.ConnPool = &failing{conn.Statement.ConnPool, func(string) error { return m.step() }}
	return conn
}

// The dispatcher dies at each of its steps in turn, and another process goes on. In the race job it dies at every
// fifth.
func TestEveryOccurrenceEndsOnceWhereverTheDispatcherDies(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		up := noon.Add(50*time.Hour + 45*time.Minute)
		died, stride := 0, 1
		if testing.Short() {
			stride = 5
		}
		for steps := 0; ; steps += stride {
			s.clear(t)
			deliver(t, started(t, s, noon, rites(s, standing())), message("plan", "x"))
			m := &mortal{s, steps}
			e := engine(t, options(m, rites(s, standing())))
			err := e.Start(t.Context(), up)
			if err == nil {
				err = e.Advance(t.Context(), up, true)
			}
			whole := m.left >= 0
			if whole != (err == nil) {
				t.Fatalf("after %d steps: %v", steps, err)
			}
			m.left = -1 // nothing more comes of this process
			later := up.Add(20 * time.Second)
			advance(t, started(t, s, later, rites(s, standing())), later, true)
			s.wantContract(t, time.UTC, standing(), noon, later)
			if t.Failed() {
				t.Fatalf("the process died after %d steps", steps)
			}
			if whole {
				break
			}
			died++
		}
		if died*stride < 50 {
			t.Errorf("it died only %d times", died)
		}
		t.Logf("died %d times, %d steps apart", died, stride)
	})
}

func TestTheContractHoldsForEveryKindOfTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone data for Europe/Berlin")
	}
	for name, c := range map[string]struct {
		zone  *time.Location
		from  time.Time
		steps []time.Duration // what the clock shows, after from, one look after another
	}{
		"30 days down":                      {time.UTC, noon, []time.Duration{0, 30 * 24 * time.Hour, 30*24*time.Hour + time.Second}},
		"a clock that jumps a day forward":  {time.UTC, noon, []time.Duration{0, time.Minute, 24 * time.Hour, 24*time.Hour + time.Minute, 48 * time.Hour}},
		"a clock that jumps back":           {time.UTC, noon, []time.Duration{0, 26 * time.Hour, 20 * time.Hour, 25 * time.Hour, 27 * time.Hour, 3 * time.Hour, 50 * time.Hour}},
		"the night that Berlin has twice":   {berlin, time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), looks(36 * time.Hour)},
		"the night that Berlin cuts":        {berlin, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), looks(36 * time.Hour)},
		"asleep in the night that is twice": {berlin, time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), []time.Duration{0, 24 * time.Hour}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *storage) {
				list := append(standing(), rite{key: "night", spec: "30 2 * * *", plan: bot.RunAll})
				for i := range list {
					if list[i].spec == "" {
						list[i].at = c.from.Add(30 * time.Hour)
					}
				}
				e := zoned(t, s, c.zone, c.from, list)
				deliver(t, e, planning(c.from))
				latest := c.from
				for i, step := range c.steps {
					if i%7 == 3 {
						e = zoned(t, s, c.zone, c.from.Add(step), list)
					}
					now := c.from.Add(step)
					advance(t, e, now, true)
					if now.After(latest) {
						latest = now
					}
				}
				s.wantContract(t, c.zone, list, c.from, latest)
				if n := s.strings(t, `SELECT what FROM notes WHERE what LIKE 'night %' ORDER BY what`); c.zone == berlin && len(n) != len(list[5].due(t, berlin, c.from, latest)) {
					t.Errorf("the time at night came %v", n)
				}
			})
		})
	}
}

func zoned(t *testing.T, s *storage, zone *time.Location, at time.Time, list []rite) *bot.Engine {
	t.Helper()
	opts := options(s, rites(s, list))
	opts.Next = schedule.Next(zone)
	e := engine(t, opts)
	if err := e.Start(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	return e
}

func planning(at time.Time) bot.Event {
	ev := message("plan", "x")
	ev.At, ev.SeenAt = at, at
	return ev
}

func looks(long time.Duration) (list []time.Duration) {
	gap := time.Minute
	if testing.Short() { // the race job
		gap = 5 * time.Minute
	}
	for d := time.Duration(0); d <= long; d += gap {
		list = append(list, d)
	}
	return list
}

func TestTwoDispatchersRunEachOccurrenceOnce(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		deliver(t, started(t, s, noon, rites(s, standing())), message("plan", "x"))
		a, b := started(t, s, noon, rites(s, standing())), started(t, s, noon, rites(s, standing()))
		var wg sync.WaitGroup
		for i, e := range []*bot.Engine{a, b, a, b} {
			wg.Go(func() {
				for step := range 30 {
					now := noon.Add(time.Duration(step)*97*time.Minute + time.Duration(i)*time.Second)
					if err := e.Advance(t.Context(), now, true); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		to := noon.Add(29*97*time.Minute + 5*time.Second)
		advance(t, a, to, true)
		s.wantContract(t, time.UTC, standing(), noon, to)
	})
}

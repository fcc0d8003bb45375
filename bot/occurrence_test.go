package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
)

// rite is something that comes due, as rites knows it.
type rite struct {
	key  string // empty: the job daily
	spec string
	at   time.Time
	plan bot.CatchUp
}

// due are all slots of a rite after an instant and up to another.
func (c rite) due(t *testing.T, zone *time.Location, after, to time.Time) (list []time.Time) {
	t.Helper()
	if c.spec == "" {
		if c.at.After(to) {
			return nil
		}
		return []time.Time{c.at}
	}
	next := schedule.Next(zone)
	for {
		slot, err := next(c.spec, after)
		if err != nil {
			t.Fatal(err)
		}
		if slot.IsZero() || slot.After(to) {
			return list
		}
		list, after = append(list, slot), slot
	}
}

// standing are rites of every kind.
func standing() []rite {
	return []rite{
		{spec: "0 9 * * *"},
		{key: "collapse", spec: "30 9 * * *", plan: bot.Collapse},
		{key: "all", spec: "0 */6 * * *", plan: bot.RunAll},
		{key: "skip", spec: "15 * * * *", plan: bot.Skip},
		{key: "once", at: noon.Add(30 * time.Hour)},
	}
}

// rites is a feature that notes and says each slot that it is told of. The message "plan" plans what is standing.
func rites(s *storage, list []rite) bot.Feature {
	run := func(ctx context.Context, r *bot.Request) error {
		if r.At.Before(r.Slot) {
			return fmt.Errorf("%s fires early: at %s", r.ID, r.At)
		}
		r.Say("g", r.ID)
		return s.note(ctx, r, r.Key+" "+r.Slot.Format(time.RFC3339))
	}
	f := bot.Feature{Name: "rites", Jobs: []bot.Job{
		{Name: "daily", Spec: list[0].spec, Ritual: true, Run: run}, {Name: "word", Ritual: true, Run: run},
	}}
	f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
		for _, c := range list[1:] {
			if err := r.Plan(ctx, bot.Plan{Job: "word", Key: c.key, Title: c.key, Group: "g", Spec: c.spec, At: c.at, CatchUp: c.plan}); err != nil {
				return err
			}
		}
		return nil
	}, bot.Message)}
	return f
}

// wantContract compares what is on record with the rites: each slot that came due between two instants has
// exactly one ending, what was sent or late ran once and said one thing, and what was not ran never.
func (s *storage) wantContract(t *testing.T, zone *time.Location, list []rite, from, to time.Time) {
	t.Helper()
	want := map[string]bool{}
	for _, c := range list {
		for _, slot := range c.due(t, zone, from, to) {
			want[c.key+" "+slot.Format(time.RFC3339)] = true
		}
	}
	ran := map[string]int{}
	for _, note := range s.strings(t, `SELECT what FROM notes`) {
		ran[note]++
	}
	said := map[string]int{}
	for _, text := range s.strings(t, `SELECT text FROM outbox`) {
		said[text]++
	}
	ended := 0
	for _, row := range s.strings(t, `SELECT key || '|' || slot || '|' || ending || '|' || reason FROM occurrences`) {
		part := strings.Split(row, "|")
		var ms int64
		if _, err := fmt.Sscan(part[1], &ms); err != nil {
			t.Fatal(err)
		}
		name := part[0] + " " + bot.FromMillis(ms).Format(time.RFC3339)
		if !want[name] {
			t.Errorf("%s is on record and was not due", name)
		}
		delete(want, name)
		runs := 0
		switch ending := bot.Ending(part[2]); ending {
		case bot.InTime, bot.TooLate:
			runs = 1
			ended++
		case bot.Collapsed, bot.Skipped:
		default:
			t.Errorf("%s ended as %q", name, ending)
		}
		if ran[name] != runs {
			t.Errorf("%s is %s and ran %d times", name, part[2], ran[name])
		}
	}
	for name := range want {
		t.Errorf("%s came due and has no ending", name)
	}
	if len(said) != ended {
		t.Errorf("%d things said by %d occurrences", len(said), ended)
	}
	for text, n := range said {
		if n != 1 {
			t.Errorf("%s was said %d times", text, n)
		}
	}
}

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

// The dispatcher dies at each of its steps in turn, and another process goes on.
func TestEveryOccurrenceEndsOnceWhereverTheDispatcherDies(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		up := noon.Add(50*time.Hour + 45*time.Minute)
		died := 0
		for steps := 0; ; steps++ {
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
		if died < 50 {
			t.Errorf("it died only %d times", died)
		}
		t.Logf("died at each of %d steps", died)
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
		"the night that Berlin has twice":   {berlin, time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), everyMinute(36 * time.Hour)},
		"the night that Berlin cuts":        {berlin, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), everyMinute(36 * time.Hour)},
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

func everyMinute(long time.Duration) (list []time.Duration) {
	for d := time.Duration(0); d <= long; d += time.Minute {
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

func TestAPlanIsReplacedAndTakenBack(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		f := diary(&l, bot.Job{Name: "word", Ritual: true})
		f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
			switch r.Text {
			case "morning":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "0 9 * * *"})
			case "evening":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "0 20 * * *", From: noon.Add(24 * time.Hour), Until: noon.Add(72 * time.Hour)})
			case "bad":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "x"})
			case "both":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "0 9 * * *", At: noon})
			}
			return r.Unplan(ctx, "word", "k")
		}, bot.Message)}
		e := started(t, s, noon, f)
		say := func(id, text string, at time.Time) {
			ev := message(id, text)
			ev.At, ev.SeenAt = at, at
			deliver(t, e, ev)
		}
		say("1", "morning", noon)
		say("2", "bad", noon)
		say("3", "both", noon)
		advance(t, e, noon.Add(22*time.Hour), true)
		say("4", "evening", noon.Add(45*time.Hour+30*time.Minute)) // the slot of 09:00 is due, and was not looked at
		advance(t, e, noon.Add(5*24*time.Hour), false)
		say("5", "take back", noon.Add(5*24*time.Hour))
		say("6", "take back", noon.Add(5*24*time.Hour))
		l.want(t, "wordk at 2026-11-23 10:00 for 2026-11-23 09:00", "wordk at 2026-11-24 20:00 for 2026-11-24 20:00")
		want := []string{"late ", "skipped changed", "sent "}
		if got := s.strings(t, `SELECT ending || ' ' || reason FROM occurrences ORDER BY slot`); !slices.Equal(got, want) {
			t.Errorf("on record: %q", got)
		}
		if left := s.strings(t, `SELECT key FROM plans`); len(left) > 0 {
			t.Errorf("still planned: %v", left)
		}
	})
}

func TestHowAnOccurrenceEnds(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		for name, c := range map[string]struct {
			run  bot.Handler
			late time.Duration
			want string
		}{
			"sent":                   {func(_ context.Context, r *bot.Request) error { r.Say("g", "x"); return nil }, 0, "sent  x"},
			"late":                   {func(_ context.Context, r *bot.Request) error { r.Say("g", fmt.Sprint(r.Late())); return nil }, 2 * time.Hour, "late  true"},
			"late within the grace":  {func(_ context.Context, r *bot.Request) error { r.Say("g", fmt.Sprint(r.Late())); return nil }, time.Hour, "sent  false"},
			"skipped for a reason":   {func(_ context.Context, r *bot.Request) error { r.Skip("holiday"); return nil }, 0, "skipped holiday "},
			"skipped with a word":    {func(_ context.Context, r *bot.Request) error { r.Say("g", "psst"); r.Skip("holiday"); return nil }, 0, "skipped holiday psst"},
			"skipped by a failure":   {func(_ context.Context, r *bot.Request) error { r.Say("g", "x"); return errors.New("no") }, 0, "skipped failed "},
			"skipped by a panic":     {func(_ context.Context, r *bot.Request) error { panic("no") }, 0, "skipped failed "},
			"skipped by a refusal":   {func(_ context.Context, r *bot.Request) error { return bot.Refuse("no") }, 0, "skipped refused "},
			"skipped before a panic": {func(_ context.Context, r *bot.Request) error { r.Skip("holiday"); panic("no") }, 0, "skipped failed "},
		} {
			t.Run(name, func(t *testing.T) {
				s.clear(t)
				e := started(t, s, noon, bot.Feature{Name: "rites", Jobs: []bot.Job{{Name: "j", Spec: "0 13 * * *", Ritual: true, Grace: time.Hour, Run: c.run}}})
				for range 2 {
					advance(t, e, noon.Add(time.Hour+c.late), true)
				}
				got := s.strings(t, `SELECT ending || ' ' || reason || ' ' || COALESCE((SELECT text FROM outbox), '') FROM occurrences`)
				if !slices.Equal(got, []string{c.want}) {
					t.Errorf("on record: %q, want %q", got, c.want)
				}
			})
		}
	})
}

func TestWhatIsStillToComeIsForeseen(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		e := started(t, s, noon, rites(s, standing()))
		deliver(t, e, message("plan", "x"))
		foreseen, err := e.Occurrences(t.Context(), noon, noon.Add(48*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		advance(t, e, noon.Add(48*time.Hour-time.Second), false)
		happened, err := e.Occurrences(t.Context(), noon, noon.Add(48*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if len(foreseen) < 50 || len(foreseen) != len(happened) {
			t.Fatalf("%d foreseen, %d happened", len(foreseen), len(happened))
		}
		for i, f := range foreseen {
			h := happened[i]
			if f.Job != h.Job || f.Key != h.Key || f.Title != h.Title || f.Group != h.Group || !f.Slot.Equal(h.Slot) || f.Ending != bot.ToCome ||
				h.Ending != bot.InTime || h.Words[bot.Pending] != 1 {
				t.Errorf("foreseen %+v, happened %+v", f, h)
			}
		}
	})
}

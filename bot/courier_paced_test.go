package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestEachLimitOfAPaceHolds(t *testing.T) {
	const s = time.Second
	groups := func(n int) func(i int) bot.Outgoing {
		return func(i int) bot.Outgoing { return answer(fmt.Sprint("x/", i%n), fmt.Sprint(i)) }
	}
	picture := func(i int) bot.Outgoing {
		return bot.Outgoing{Group: fmt.Sprint("x/", i), Picture: []byte("png"), Priority: bot.Answer}
	}
	cases := []struct {
		name string
		pace bot.Pace
		say  []bot.Outgoing
		want []float64
	}{
		{"a gap, after a burst", bot.Pace{Gap: 4 * s, Burst: 2}, many(5, groups(5)), []float64{0, 0, 4, 8, 12}},
		{"a gap without a burst", bot.Pace{Gap: 4 * s}, many(3, groups(3)), []float64{0, 4, 8}},
		{"so many in a minute", bot.Pace{PerMinute: 3}, many(7, groups(7)), []float64{0, 0, 0, 60, 60, 60, 120}},
		{"so many in an hour", bot.Pace{PerHour: 2}, many(5, groups(5)), []float64{0, 0, 3600, 3600, 7200}},
		{"so many in a day", bot.Pace{PerDay: 2}, many(3, groups(3)), []float64{0, 0, 86400}},
		{"a gap in each group", bot.Pace{GroupGap: 8 * s}, many(4, groups(2)), []float64{0, 0, 8, 8}},
		{"a gap between pictures", bot.Pace{PictureGap: 30 * s}, many(3, picture), []float64{0, 30, 60}},
		{"so many pictures in an hour", bot.Pace{PicturesPerHour: 2}, many(3, picture), []float64{0, 0, 3600}},
		{"a picture with words is two", bot.Pace{PerMinute: 3}, many(3, func(i int) bot.Outgoing {
			o := picture(i)
			o.Text = "look"
			return o
		}), []float64{0, 60, 120}},
		{"no limit", bot.Pace{}, many(3, groups(1)), []float64{0, 0, 0}},
	}
	each(t, func(t *testing.T, db *storage) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				db.clear(t)
				x := &paced{name: "x", pace: c.pace}
				st := newStreet(t, db, noon, x)
				st.say(t, c.say...)
				st.pass(t, 25*time.Hour)
				if got := when(x.sent, noon); !slices.Equal(got, c.want) {
					t.Errorf("sent after %v seconds, want %v", got, c.want)
				}
			})
		}
	})
}

func TestTheGapIsNeverTheSame(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.Pace{Gap: 4 * time.Second, Jitter: 3 * time.Second}}
		st := newStreet(t, db, noon, x)
		st.say(t, many(40, func(i int) bot.Outgoing { return answer("x/g", fmt.Sprint(i)) })...)
		st.pass(t, time.Hour)
		gaps := map[time.Duration]bool{}
		for i := 1; i < len(x.sent); i++ {
			gap := x.sent[i].at.Sub(x.sent[i-1].at)
			if gap < 4*time.Second || gap > 7*time.Second+time.Millisecond {
				t.Errorf("a gap of %s", gap)
			}
			gaps[gap] = true
		}
		if len(x.sent) != 40 || len(gaps) < 30 {
			t.Errorf("%d sent with %d different gaps", len(x.sent), len(gaps))
		}
	})
}

func TestAGroupThatRestsHoldsNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.Pace{Gap: 4 * time.Second, GroupGap: 8 * time.Second}}
		st := newStreet(t, db, noon, x)
		st.say(t, answer("x/a", "a1"), answer("x/a", "a2"), answer("x/b", "b1"), bot.Outgoing{Member: "x/m", Text: "m", Priority: bot.Friendly})
		st.pass(t, time.Minute)
		if got := said(x.sent); !slices.Equal(got, []string{"a1", "b1", "a2", "m"}) {
			t.Errorf("said %q", got)
		}
	})
}

func TestOneTransportNeverHoldsAnother(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.Pace{Gap: time.Hour}}
		y := &paced{name: "y", pace: bot.Pace{Gap: time.Second}, answer: func(bot.Outgoing) error { return nil }}
		fast := &fake{}
		st := newStreet(t, db, noon, x, y, fast)
		st.say(t, many(300, func(i int) bot.Outgoing {
			return answer([]string{"x/g", "y/g", "fake/g"}[i%3], fmt.Sprint(i))
		})...)
		st.pass(t, 2*time.Minute)
		if len(x.sent) != 1 || len(y.sent) != 100 || len(fast.all()) != 100 {
			t.Errorf("sent %d, %d and %d", len(x.sent), len(y.sent), len(fast.all()))
		}
	})
}

func TestWhatIsUrgentGoesFirstAndOrderIsKept(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.Pace{Gap: time.Second, PictureGap: 10 * time.Second}}
		st := newStreet(t, db, noon, x)
		o := func(p bot.Priority, text string) bot.Outgoing {
			return bot.Outgoing{Group: "x/g", Text: text, Priority: p}
		}
		pic := func(p bot.Priority, text string) bot.Outgoing {
			r := o(p, text)
			r.Picture = []byte("png")
			return r
		}
		st.say(t, o(bot.Friendly, "f"), o(bot.Post, "p"), pic(bot.Answer, "a1"), pic(bot.Answer, "a2"), o(bot.Answer, "a3"), o(bot.Notice, "n"), o(bot.Alert, "!"))
		st.pass(t, time.Minute)
		// The second picture waits, and the answer behind it too; what is less urgent may go meanwhile.
		if got := strings.Join(said(x.sent), " "); got != "! a1 n p f a2 a3" {
			t.Errorf("said %s", got)
		}
	})
}

func TestNightsAreForAnswersAlertsAndWhatWasDated(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		for name, quiet := range map[string][2]time.Duration{"from midnight": {0, 7 * time.Hour}, "over midnight": {22 * time.Hour, 7 * time.Hour}} {
			t.Run(name, func(t *testing.T) {
				db.clear(t)
				x := &paced{name: "x", pace: bot.Pace{QuietFrom: quiet[0], QuietUntil: quiet[1]}}
				st := newStreet(t, db, midnight.Add(30*time.Minute), x)
				post := func(text string, dated bool, at time.Time) bot.Outgoing {
					return bot.Outgoing{Group: "x/g", Text: text, Priority: bot.Post, Dated: dated, NotBefore: at}
				}
				st.say(t, post("post", false, time.Time{}), bot.Outgoing{Group: "x/g", Text: "notice", Priority: bot.Notice},
					post("dated", true, midnight.Add(time.Hour)), post("late since yesterday", true, midnight.Add(-3*time.Hour)),
					post("for two", false, midnight.Add(2*time.Hour)), answer("x/g", "answer"), bot.Outgoing{Group: "x/g", Text: "alert", Priority: bot.Alert})
				st.until(t, midnight.Add(8*time.Hour))
				want := []string{"alert", "answer", "dated", "notice", "post", "late since yesterday", "for two"}
				if got := said(x.sent); !slices.Equal(got, want) {
					t.Errorf("said %q, want %q", got, want)
				}
				if at := x.sent[3].at; !at.Equal(midnight.Add(7 * time.Hour)) {
					t.Errorf("the night ended at %s", at)
				}
			})
		}
	})
}

func TestATransportThatIsDownIsAskedMoreAndMoreSeldom(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		down := true
		x := &paced{name: "x", answer: func(bot.Outgoing) error {
			if down {
				return fmt.Errorf("no login: %w", bot.ErrDown)
			}
			return nil
		}}
		st := newStreet(t, db, noon, x)
		short := answer("x/g", "short")
		short.NotAfter = noon.Add(time.Minute)
		st.say(t, answer("x/g", "1"), short, answer("x/g", "2"), answer("x/h", "3"))
		st.pass(t, 5*time.Minute)
		if got, want := when(x.sent, noon), []float64{0, 2, 6, 14, 30, 62, 122, 182, 242}; !slices.Equal(got, want) {
			t.Errorf("asked after %v, want %v", got, want)
		}
		down, x.sent = false, nil
		st.pass(t, time.Minute)
		if got := said(x.sent); !slices.Equal(got, []string{"1", "2", "3"}) {
			t.Errorf("then said %q", got)
		}
		db.wantOutbox(t, "1=sent", "short=withheld", "2=sent", "3=sent")
		down, x.sent = true, nil
		st.say(t, answer("x/g", "4"))
		start := st.now
		st.pass(t, 3*time.Second)
		if got := when(x.sent, start); !slices.Equal(got, []float64{0, 2}) {
			t.Errorf("down again, asked after %v", got)
		}
	})
}

func TestALimitPausesTheTransportLongerEachTime(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		limited, until := true, time.Time{}
		x := &paced{name: "x", pace: bot.Pace{Pauses: []time.Duration{10 * time.Minute, 30 * time.Minute, 2 * time.Hour}}}
		x.answer = func(bot.Outgoing) error {
			if limited {
				return &bot.LimitedError{Until: until}
			}
			return nil
		}
		st := newStreet(t, db, noon, x)
		st.say(t, answer("x/g", "1"), answer("x/h", "2"), bot.Outgoing{Group: "x/g", Text: "!", Priority: bot.Alert})
		for range 6 { // restarts don't make it forget
			st.pass(t, time.Hour)
			st.open(t)
		}
		if got, want := when(x.sent, noon), []float64{0, 600, 2400, 9600, 16800}; !slices.Equal(got, want) {
			t.Errorf("asked after %v, want %v", got, want)
		}
		limited = false
		st.pass(t, 2*time.Hour)
		if got := said(x.taken()[0:]); !slices.Equal(got, []string{"!", "1", "2"}) {
			t.Errorf("then said %q", got)
		}
		// After an hour of success the first pause is the short one again; the other side may ask for more.
		limited, until, x.sent = true, st.now.Add(40*time.Minute), nil
		st.say(t, answer("x/g", "3"))
		start := st.now
		st.pass(t, 45*time.Minute)
		if got, want := when(x.sent, start), []float64{0, 2400}; !slices.Equal(got, want) {
			t.Errorf("asked after %v, want %v", got, want)
		}
	})
}

func TestARestartRemembersWhatWasSaid(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.Pace{PerHour: 3, GroupGap: time.Minute}}
		st := newStreet(t, db, noon, x)
		answers := map[string]error{"1": nil, "2": bot.ErrUnknown, "3": bot.ErrRejected}
		x.answer = func(o bot.Outgoing) error { return answers[o.Text] }
		st.say(t, answer("x/g", "1"), answer("x/h", "2"), answer("x/i", "3"), answer("x/j", "4"))
		st.pass(t, time.Second)
		st.open(t)
		st.pass(t, 2*time.Hour)
		if got := when(x.sent, noon); len(got) != 4 || got[3] < 3600 || got[3] > 3600.1 {
			t.Errorf("sent after %v", got)
		}
		db.wantOutbox(t, "1=sent", "2=unknown", "3=failed", "4=sent")
	})
}

func TestAPauseLetsOnlyAlertsThrough(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x, fast := &paced{name: "x"}, &fake{}
		st := newStreet(t, db, noon, x, fast)
		pause := func(until time.Time) {
			t.Helper()
			if err := st.Do(t.Context(), func(ctx context.Context) error { return st.pacing.Pause(ctx, st.now, until, "boss") }); err != nil {
				t.Fatal(err)
			}
		}
		pause(noon.Add(time.Minute))
		alert := bot.Outgoing{Group: "x/g", Text: "!", Priority: bot.Alert}
		st.say(t, answer("x/g", "1"), alert, answer("fake/g", "fast"))
		st.open(t)
		st.pass(t, 59*time.Second)
		if got := said(x.sent); !slices.Equal(got, []string{"!"}) || len(fast.all()) > 0 {
			t.Errorf("in the pause: %q, %q", got, fast.all())
		}
		st.pass(t, time.Minute)
		if got := said(x.sent); !slices.Equal(got, []string{"!", "1"}) || len(fast.all()) != 1 {
			t.Errorf("after it: %q, %q", got, fast.all())
		}
		pause(time.Time{})
		st.say(t, answer("x/g", "2"))
		st.pass(t, time.Hour)
		if len(x.sent) != 2 {
			t.Errorf("in a pause without end: %q", said(x.sent))
		}
		if err := st.Do(t.Context(), st.pacing.Resume); err != nil {
			t.Fatal(err)
		}
		st.pass(t, 2*time.Second)
		if len(x.sent) != 3 {
			t.Errorf("resumed: %q", said(x.sent))
		}
	})
}

func TestGuardsAreAskedWhenTheTurnComes(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.Pace{Gap: time.Minute}}
		st := newStreet(t, db, noon, x)
		left := ""
		st.guard = func(context.Context, bot.Outgoing, time.Time) (string, error) { return left, nil }
		guarded := answer("x/g", "2")
		guarded.Guard = "g"
		st.say(t, answer("x/g", "1"), guarded, answer("x/g", "3"))
		st.pass(t, 30*time.Second)
		left = "they left"
		st.pass(t, 31*time.Second)
		if got := said(x.sent); !slices.Equal(got, []string{"1", "3"}) {
			t.Errorf("said %q", got) // what is withheld takes no turn
		}
		db.wantOutbox(t, "1=sent", "2=withheld", "3=sent")
	})
}

func TestACourierThatMustStopDoesSoWithinASecond(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		for name, deaf := range map[string]bool{"that listens": false, "that is deaf": true} {
			t.Run(name, func(t *testing.T) {
				db.clear(t)
				var asked atomic.Int64
				began, release := make(chan bool, 1), make(chan bool)
				defer close(release)
				x := &stuck{began: began, release: release, deaf: deaf, asked: &asked}
				st := newStreet(t, db, noon, x)
				st.say(t, answer("x/g", "1"), answer("x/h", "2"))
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- st.courier.Run(ctx) }()
				<-began
				stop()
				begin := time.Now()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took > time.Second {
					t.Errorf("it took %s", took)
				}
				db.wantOutbox(t, "1=unknown", "2=pending")
				if asked.Load() != 1 {
					t.Errorf("asked %d times", asked.Load())
				}
			})
		}
	})
}

// stuck is a transport that doesn't answer.
type stuck struct {
	began   chan<- bool
	release <-chan bool
	deaf    bool
	asked   *atomic.Int64
}

func (s *stuck) Name() string                              { return "x" }
func (s *stuck) Run(ctx context.Context, _ bot.Sink) error { <-ctx.Done(); return nil }
func (s *stuck) Capabilities() bot.Capabilities            { return bot.Capabilities{Pace: &bot.Pace{}} }
func (s *stuck) Send(ctx context.Context, _ bot.Outgoing) (bot.Receipt, error) {
	s.asked.Add(1)
	s.began <- true
	if s.deaf {
		<-s.release
		return bot.Receipt{}, nil
	}
	<-ctx.Done()
	return bot.Receipt{}, ctx.Err()
}

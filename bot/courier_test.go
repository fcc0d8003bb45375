package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// fake is a transport that answers what a function says and remembers what it was given.
type fake struct {
	log
	answer func(o bot.Outgoing) error // nil: everything is sent
}

func (f *fake) Name() string                              { return "fake" }
func (f *fake) Run(ctx context.Context, _ bot.Sink) error { <-ctx.Done(); return nil }

func (f *fake) Send(_ context.Context, o bot.Outgoing) (bot.Receipt, error) {
	f.add(o.Text)
	if f.answer != nil {
		if err := f.answer(o); err != nil {
			return bot.Receipt{}, err
		}
	}
	return bot.Receipt{ID: "r" + o.Text}, nil
}

// office is an engine whose one feature says what it is told, a courier, and what came back.
type office struct {
	*bot.Engine
	*bot.Courier
	s     *storage
	fake  fake
	now   time.Time
	heard log
	edit  func(o *bot.Outgoing)
	guard bot.Guard
}

func newOffice(t *testing.T, s *storage, change func(o *bot.Options)) *office {
	t.Helper()
	of := &office{s: s, now: noon, edit: func(*bot.Outgoing) {}}
	opts := options(s, bot.Feature{
		Name: "speaker",
		Guards: map[string]bot.Guard{"g": func(ctx context.Context, o bot.Outgoing, now time.Time) (string, error) {
			return of.guard(ctx, o, now)
		}},
		On: []bot.Listener{
			bot.On(func(_ context.Context, r *bot.Request) error {
				o := bot.Outgoing{Group: "g", Text: r.Text, Ref: "ref " + r.Text}
				of.edit(&o)
				r.Send(o)
				return nil
			}, bot.Message),
			bot.On(func(_ context.Context, r *bot.Request) error {
				of.heard.add(r.Ref + ": " + string(r.Outcome))
				if r.Outcome == bot.Failed {
					r.Say(r.Actor.Group, "sorry")
				}
				return nil
			}, bot.Delivered),
		},
	}, bot.Feature{Name: "stranger", On: []bot.Listener{bot.On(func(context.Context, *bot.Request) error {
		of.heard.add("a stranger heard it")
		return nil
	}, bot.Delivered)}})
	if change != nil {
		change(&opts)
	}
	of.Engine = engine(t, opts)
	of.Courier = of.Engine.Courier(func() time.Time { return of.now }, &of.fake)
	return of
}

func (of *office) say(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		deliver(t, of.Engine, message("say/"+text, text))
	}
}

func (of *office) drain(t *testing.T) {
	t.Helper()
	if err := of.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatBecomesOfWhatIsSaid(t *testing.T) {
	answer := func(errs ...error) func(o *office) {
		return func(of *office) {
			left := errs
			of.fake.answer = func(bot.Outgoing) (err error) {
				if len(left) > 0 {
					err, left = left[0], left[1:]
				}
				return err
			}
		}
	}
	guard := func(g func(s *storage) (string, error)) func(of *office) {
		return func(of *office) {
			of.edit = func(o *bot.Outgoing) { o.Guard = "g" }
			of.guard = func(context.Context, bot.Outgoing, time.Time) (string, error) { return g(of.s) }
		}
	}
	cases := []struct {
		name    string
		set     func(of *office)
		outbox  string
		reason  string // what the stored reason contains
		heard   string
		offered int
	}{
		{"it is sent", func(*office) {}, "hi=sent", "", "ref hi: sent", 1},
		{"it is rejected, and its feature may speak about that", answer(fmt.Errorf("%w: too long", bot.ErrRejected)), "hi=failed sorry=sent", "too long", "ref hi: failed,: sent", 2},
		{"nobody knows, and it is not sent again", answer(fmt.Errorf("%w: timeout", bot.ErrUnknown)), "hi=unknown", "timeout", "ref hi: unknown", 1},
		{"an error of another kind is not known either", answer(errors.New("a \x00 strange \xff error")), "hi=unknown", "strange", "ref hi: unknown", 1},
		{"the transport panics", func(of *office) { of.fake.answer = func(bot.Outgoing) error { panic("x") } }, "hi=unknown", "panic", "ref hi: unknown", 1},
		{"the transport is down", answer(bot.ErrDown), "hi=pending", "down", "", 1},
		{"the other side wants us slower", answer(&bot.LimitedError{Until: noon.Add(time.Minute)}), "hi=pending", "limited", "", 1},
		{"the other side wants us slower until a time that is over", answer(&bot.LimitedError{}), "hi=pending", "limited", "", 1},
		{"it is too late", func(of *office) {
			of.edit = func(o *bot.Outgoing) { o.NotAfter = noon.Add(-time.Second) }
		}, "hi=withheld", "too late", "ref hi: withheld", 0},
		{"it is just in time", func(of *office) { of.edit = func(o *bot.Outgoing) { o.NotAfter = noon } }, "hi=sent", "", "ref hi: sent", 1},
		{"it is too early", func(of *office) {
			of.edit = func(o *bot.Outgoing) { o.NotBefore = noon.Add(time.Second) }
		}, "hi=pending", "", "", 0},
		{"its guard lets it pass", guard(func(*storage) (string, error) { return "", nil }), "hi=sent", "", "ref hi: sent", 1},
		{"its guard withholds it", guard(func(*storage) (string, error) { return "they left", nil }), "hi=withheld", "they left", "ref hi: withheld", 0},
		{"its guard fails", guard(func(*storage) (string, error) { return "", errors.New("x") }), "hi=withheld", "guard failed", "ref hi: withheld", 0},
		{"its guard panics", guard(func(*storage) (string, error) { panic("x") }), "hi=withheld", "guard failed", "ref hi: withheld", 0},
		{"its guard does not exist", func(of *office) { of.edit = func(o *bot.Outgoing) { o.Guard = "nobody" } }, "hi=withheld", "no longer exists", "ref hi: withheld", 0},
		{"its receiver is not known", func(of *office) { of.edit = func(o *bot.Outgoing) { o.Group = "unknown" } }, "hi=withheld", "who is that", "ref hi: withheld", 0},
		{"finding its receiver panics", func(of *office) { of.edit = func(o *bot.Outgoing) { o.Group = "panic" } }, "hi=withheld", "panic", "ref hi: withheld", 0},
		{"finding its receiver is refused by the database", func(of *office) { of.edit = func(o *bot.Outgoing) { o.Group = "sql" } }, "hi=withheld", "", "ref hi: withheld", 0},
		{"its transport does not run", func(of *office) { of.edit = func(o *bot.Outgoing) { o.Group = "elsewhere" } }, "hi=pending", "does not run", "", 0},
		{"it holds a forbidden word", func(of *office) { of.edit = func(o *bot.Outgoing) { o.Text = "very-bad" } }, "very-bad=withheld", "bad", "", 0},
	}
	each(t, func(t *testing.T, s *storage) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s.clear(t)
				of := newOffice(t, s, func(o *bot.Options) {
					o.Screen = func(text string) (string, bool) { return "bad", strings.Contains(text, "bad") }
					o.Resolve = func(ctx context.Context, o *bot.Outgoing) error {
						switch o.Route.Transport = "fake"; o.Group {
						case "unknown":
							return errors.New("who is that")
						case "panic":
							panic("x")
						case "sql":
							return s.Conn(ctx).Exec("SELEC").Error
						case "elsewhere":
							o.Route.Transport = "elsewhere"
						}
						return nil
					}
				})
				c.set(of)
				of.say(t, "hi")
				of.drain(t)
				s.wantOutbox(t, strings.Split(c.outbox, " ")...)
				if reason := s.strings(t, `SELECT reason FROM outbox ORDER BY id`); !strings.Contains(reason[0], c.reason) {
					t.Errorf("the reason is %q, want %q", reason, c.reason)
				}
				if got := strings.Join(of.heard.all(), ","); got != c.heard {
					t.Errorf("its feature heard %q, want %q", got, c.heard)
				}
				if got := of.fake.all(); len(got) != c.offered {
					t.Errorf("the transport was given %q, want %d", got, c.offered)
				}
			})
		}
	})
}

func TestWhatWasPutBackIsSentLater(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		of := newOffice(t, s, nil)
		of.fake.answer = func(bot.Outgoing) error { return &bot.LimitedError{Until: noon.Add(time.Minute)} }
		of.say(t, "hi")
		of.drain(t)
		of.fake.answer = nil
		of.now = noon.Add(59 * time.Second)
		of.drain(t)
		s.wantOutbox(t, "hi=pending")
		of.now = noon.Add(time.Minute)
		of.drain(t)
		s.wantOutbox(t, "hi=sent")
		of.heard.want(t, "ref hi: sent")
		if got := s.strings(t, `SELECT receipt FROM outbox`); got[0] != "rhi" {
			t.Errorf("receipt %q", got)
		}
	})
}

func TestTheMostUrgentGoesFirst(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		of := newOffice(t, s, nil)
		of.edit = func(o *bot.Outgoing) {
			o.Priority = map[byte]bot.Priority{'f': bot.Friendly, 'p': 0, 'n': bot.Notice, 'a': bot.Answer, 'A': bot.Alert}[o.Text[0]]
		}
		of.say(t, "f1", "p1", "n1", "a1", "A1", "f2", "p2", "n2", "a2", "A2")
		of.drain(t)
		of.fake.want(t, "A1", "A2", "a1", "a2", "n1", "n2", "p1", "p2", "f1", "f2")
	})
}

func TestDrainLeavesNothingBehindWhatCannotBeSent(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		of := newOffice(t, s, func(o *bot.Options) { o.Batch = 1000 })
		var batch []bot.Event
		for i := range 200 {
			text := "late"
			if i >= 80 {
				text = "down"
			}
			batch = append(batch, message(fmt.Sprint("e", i), text))
		}
		batch = append(batch, message("last", "last"))
		of.edit = func(o *bot.Outgoing) {
			if o.Text == "late" {
				o.NotAfter = noon.Add(-time.Hour)
			}
		}
		of.fake.answer = func(o bot.Outgoing) error {
			of.now = of.now.Add(time.Second) // each try takes its time, so that what was put back is due again
			if o.Text == "down" {
				return bot.ErrDown
			}
			return nil
		}
		deliver(t, of.Engine, batch...)
		of.drain(t)
		got := of.fake.all()
		if len(got) != 121 || got[120] != "last" {
			t.Errorf("%d were tried, the last of them %q", len(got), got[max(0, len(got)-1):])
		}
	})
}

func TestWhatWasBeingSentWhenTheProcessDiedIsNeverSentAgain(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		of := newOffice(t, s, nil)
		of.say(t, "a", "b")
		if claimed, err := of.Claim(t.Context(), noon, 1); err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		next := newOffice(t, s, nil)
		if err := next.Start(t.Context(), noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		next.now = noon.Add(time.Hour)
		next.drain(t)
		s.wantOutbox(t, "a=unknown", "b=sent")
		next.fake.want(t, "b")
		next.heard.want(t, "ref a: unknown", "ref b: sent")
	})
}

func TestWhatWasSentIsWrittenDownWhenThereIsRoomAgain(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		of := newOffice(t, s, nil)
		of.say(t, "a", "b")
		full := errors.New("no room left")
		s.failWith(func(query string) error {
			if strings.Contains(query, "settled_at = ?") {
				return full
			}
			return nil
		})
		for range 3 {
			if _, err := of.Round(t.Context()); !errors.Is(err, full) {
				t.Fatalf("round: %v", err)
			}
		}
		s.heal()
		of.drain(t)
		s.wantOutbox(t, "a=sent", "b=sent")
		of.fake.want(t, "a", "b")
	})
}

func TestNothingLeavesBeforeTheCommit(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var said log
		of := newOffice(t, s, func(o *bot.Options) {
			o.OnSaid = func(o bot.Outgoing) { said.add(o.Text) }
			o.Features = append(o.Features, bot.Feature{Name: "late", On: []bot.Listener{bot.On(func(context.Context, *bot.Request) error {
				said.add("the commit was still to come")
				return nil
			}, bot.Message)}})
		})
		of.say(t, "a")
		said.want(t, "the commit was still to come", "a")
		s.failWith(func(query string) error {
			if strings.HasPrefix(query, "INSERT INTO outbox") {
				return errors.New("no room left")
			}
			return nil
		})
		if err := of.Deliver(t.Context(), []bot.Event{message("e", "b")}); err == nil {
			t.Error("acknowledged")
		}
		s.heal()
		of.drain(t)
		of.fake.want(t, "a")
		if slices.Contains(said.all(), "b") {
			t.Error("what was not stored was said")
		}
	})
}

func TestTheCourierIsWokenByWhatIsSaidAndEnds(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		of := newOffice(t, s, nil)
		sent := make(chan string, 8)
		of.fake.answer = func(o bot.Outgoing) error { sent <- o.Text; return nil }
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- of.Courier.Run(ctx) }()
		for _, text := range []string{"a", "b", "c"} {
			of.say(t, text)
			if got := <-sent; got != text {
				t.Errorf("sent %q, want %q", got, text)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := s.strings(t, `SELECT text FROM outbox WHERE state = 'sent'`); !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("written down as sent: %q", got)
		}
	})
}

package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// paced is a transport with a pace that remembers what it was given, and when.
type paced struct {
	name   string
	pace   bot.Pace
	now    func() time.Time
	answer func(o bot.Outgoing) error
	takes  time.Duration // how long a send takes
	pass   func(d time.Duration)
	sent   []delivery
}

type delivery struct {
	bot.Outgoing
	at  time.Time
	err error
}

func (p *paced) Name() string                              { return p.name }
func (p *paced) Run(ctx context.Context, _ bot.Sink) error { <-ctx.Done(); return nil }
func (p *paced) Capabilities() bot.Capabilities            { return bot.Capabilities{Pace: &p.pace} }

func (p *paced) Send(_ context.Context, o bot.Outgoing) (bot.Receipt, error) {
	var err error
	if p.answer != nil {
		err = p.answer(o)
	}
	p.sent = append(p.sent, delivery{o, p.now(), err})
	if p.takes > 0 {
		p.pass(p.takes)
	}
	return bot.Receipt{}, err
}

// taken are the deliveries that reached the other side.
func (p *paced) taken() (list []delivery) {
	for _, d := range p.sent {
		var limited *bot.LimitedError
		if !errors.Is(d.err, bot.ErrDown) && !errors.As(d.err, &limited) {
			list = append(list, d)
		}
	}
	return list
}

// street is an engine whose feature says what it is told to, and a courier on a clock that is moved by hand.
type street struct {
	*bot.Engine
	courier    *bot.Courier
	s          *storage
	now        time.Time
	transports []bot.Transport
	pacing     *bot.Pacing
	heard      log
	guard      bot.Guard
	screen     func(text string) (string, bool)
	saying     []bot.Outgoing
	due        []time.Time // when something said is not to be said before
	n          int
}

// newStreet sends groups named "x/..." through transport x.
func newStreet(t testing.TB, s *storage, start time.Time, transports ...bot.Transport) *street {
	t.Helper()
	st := &street{s: s, now: start, transports: transports, pacing: bot.NewPacing(s, time.UTC),
		screen: func(string) (string, bool) { return "", false }}
	for _, tr := range transports {
		if p, ok := tr.(*paced); ok {
			p.now, p.pass = func() time.Time { return st.now }, func(d time.Duration) { st.now = st.now.Add(d) }
		}
	}
	opts := options(s, bot.Feature{
		Name:   "street",
		Guards: map[string]bot.Guard{"g": func(ctx context.Context, o bot.Outgoing, now time.Time) (string, error) { return st.guard(ctx, o, now) }},
		On: []bot.Listener{
			bot.On(func(_ context.Context, r *bot.Request) error {
				for _, o := range st.saying {
					r.Send(o)
				}
				return nil
			}, bot.Message),
			bot.On(func(_ context.Context, r *bot.Request) error {
				st.heard.add(r.Ref + "=" + string(r.Outcome))
				return nil
			}, bot.Delivered),
		},
	})
	opts.Pacing = st.pacing
	opts.Screen = func(text string) (string, bool) { return st.screen(text) }
	opts.Resolve = func(_ context.Context, o *bot.Outgoing) error {
		to := o.Group + o.Member
		name, _, ok := strings.Cut(to, "/")
		if !ok {
			return errors.New("nowhere")
		}
		o.Route = bot.Route{Transport: name, Chat: bot.ChatID(o.Group), User: bot.UserID(o.Member)}
		return nil
	}
	st.Engine = engine(t, opts)
	st.open(t)
	return st
}

// open starts the engine and its courier, as after a restart.
func (st *street) open(t testing.TB) {
	t.Helper()
	if err := st.Start(t.Context(), st.now); err != nil {
		t.Fatal(err)
	}
	st.courier = st.Courier(func() time.Time { return st.now }, st.transports...)
}

// say has the feature say something now.
func (st *street) say(t testing.TB, saying ...bot.Outgoing) {
	t.Helper()
	st.n++
	st.saying = saying
	for _, o := range saying {
		st.due = append(st.due, o.NotBefore)
	}
	ev := message(fmt.Sprint("street/", st.now.UnixNano(), "/", st.n), "x")
	ev.At, ev.SeenAt = st.now, st.now
	deliver(t, st.Engine, ev)
}

// until lets time pass, and the courier work: at the times that it names, and when something is due.
func (st *street) until(t testing.TB, end time.Time) {
	t.Helper()
	for {
		n, next, err := st.courier.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			continue
		}
		if !st.now.Before(end) {
			return
		}
		to := end
		for _, at := range append(st.due, next) {
			if at.After(st.now) && at.Before(to) {
				to = at
			}
		}
		st.now = to
	}
}

func (st *street) pass(t testing.TB, d time.Duration) { t.Helper(); st.until(t, st.now.Add(d)) }

// answer is an answer to a group or, with a picture, a picture.
func answer(group, text string) bot.Outgoing {
	return bot.Outgoing{Group: group, Text: text, Ref: text, Priority: bot.Answer}
}

func many(n int, of func(i int) bot.Outgoing) (list []bot.Outgoing) {
	for i := range n {
		list = append(list, of(i))
	}
	return list
}

func said(list []delivery) (texts []string) {
	for _, d := range list {
		texts = append(texts, d.Text)
	}
	return texts
}

// when is when each was sent, in seconds since a start.
func when(list []delivery, start time.Time) (seconds []float64) {
	for _, d := range list {
		seconds = append(seconds, d.at.Sub(start).Seconds())
	}
	return seconds
}

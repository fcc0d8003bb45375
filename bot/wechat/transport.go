package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Transport is a bot account in WeChat.
type Transport struct {
	out    io.Writer
	log    *slog.Logger
	base   http.RoundTripper
	pace   bot.Pace
	timing Timing
	now    func() time.Time
	spoken bool // alarms are told in words
	resume bool
	store  *store
	device string
	bell   *bell
	code   code
	hours  *hours

	troubled bool // the latest login failed, or its session ended; only Run uses it

	mu        sync.Mutex
	session   *session  // the one that is up; nil: none
	status    Status    // but for what the session knows
	limited   time.Time // nothing may be said before
	limits    int       // how often in a row WeChat said that this is too much
	uploading int64     // the outgoing whose picture failed last
	uploads   int       // and how often in a row
}

// New makes a transport whose logins live in a data directory. Nothing is asked of WeChat before Run.
func New(o Options) (*Transport, error) {
	if o.Dir == "" {
		return nil, errors.New("wechat: no data directory")
	}
	t := &Transport{out: o.Out, log: o.Log, base: o.Base, pace: bot.PersonPace(), timing: o.Timing.or(LiveTiming()), now: o.Now, resume: o.Resume, spoken: o.Terminal}
	if t.out == nil {
		t.out = io.Discard
	}
	if t.log == nil {
		t.log = slog.Default()
	}
	if t.now == nil {
		t.now = time.Now
	}
	if o.Pace != nil {
		t.pace = *o.Pace
	}
	if err := proxyFits(); err != nil {
		return nil, fmt.Errorf("wechat: %w", err)
	}
	if t.base == nil {
		standard, ok := http.DefaultTransport.(*http.Transport)
		if !ok {
			return nil, errors.New("wechat: http.DefaultTransport was replaced; give Options.Base")
		}
		t.base = standard.Clone()
	}
	var err error
	if t.store, err = openStore(o.Dir); err != nil {
		return nil, fmt.Errorf("wechat: %w", err)
	}
	if t.device, err = t.store.device(); err != nil {
		return nil, fmt.Errorf("wechat: %w", err)
	}
	t.bell = newBell(func(a Alarm) { t.alarm(a, o.Alarm) })
	t.code = code{out: t.out, file: t.store.path("login-qr.png")}
	t.hours = openHours(t.store.path("hours.json"), t.now)
	t.status = Status{State: Down, Since: t.now()}
	return t, nil
}

// Name implements bot.Transport.
func (t *Transport) Name() string { return Name }

// Capabilities implements bot.Capable. Mentions are plain text in web WeChat, so they alert nobody; and only
// friends can be written to.
func (t *Transport) Capabilities() bot.Capabilities {
	pace := t.pace
	return bot.Capabilities{Pictures: true, Pace: &pace}
}

// alarm tells an alarm to the terminal or to the log, and to whoever asked for it. One that ends the run is told by the
// error of the run.
func (t *Transport) alarm(a Alarm, also func(Alarm)) {
	switch {
	case last(a.Code):
	case t.spoken && a.Over:
		fmt.Fprintf(t.out, "WeChat: over: %s\n", a.Text)
	case t.spoken:
		fmt.Fprintf(t.out, "WeChat: %s\n        %s\n        (%s, see docs/wechat.md)\n", a.Text, a.Do, a.Code)
	case a.Over:
		t.log.Info("wechat: alarm is over", "alarm", a.Code)
	default:
		t.log.Warn("wechat: alarm", "alarm", a.Code, "what", a.Text, "do", a.Do)
	}
	if also != nil {
		also(a)
	}
}

// saved hears how each saving of the login went.
func (t *Transport) saved(err error) {
	if err != nil {
		t.bell.ring(alarmDisk, says(err))
		return
	}
	t.bell.hush(alarmDisk)
}

// StoppedError is why Run gave up: WeChat warned, and going on would make it worse.
type StoppedError struct{ Alarm Alarm }

func (e *StoppedError) Error() string {
	return fmt.Sprintf("wechat: %s; %s (%s, see docs/wechat.md)", e.Alarm.Text, e.Alarm.Do, e.Alarm.Code)
}

// Run implements bot.Transport. It logs in by whatever way works, and again whenever that is needed. Nil means
// that ctx ended; the error is a *StoppedError when an operator is needed.
func (t *Transport) Run(ctx context.Context, sink bot.Sink) error {
	if err := t.mayStart(); err != nil {
		return err
	}
	defer t.hours.save(t.log)
	var l ladder
	for {
		s, err := t.login(ctx, sink, &l)
		lived := err == nil
		if lived {
			err = t.live(s)
			t.troubled = true
			l.ended(t, s, err)
		}
		warned := t.warning(s, err)
		if lived {
			t.down(ctx, s, err, warned)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case warned != "":
			return t.stop(warned, err)
		}
		if err := sleep(ctx, l.wait(t.timing)); err != nil {
			return nil
		}
	}
}

// mayStart refuses to begin shortly after a warning, unless the operator has seen it.
func (t *Transport) mayStart() error {
	why, stopped := t.store.stopped()
	if !stopped {
		return nil
	}
	if !t.resume && t.now().Sub(why.At) < t.timing.StopFor {
		a := lookUp(alarmStopped)
		a.Text = fmt.Sprintf("%s (%s at %s: %s)", a.Text, why.Code, why.At.Local().Format("15:04"), printable(why.Text))
		t.bell.ring(alarmStopped, why.Text)
		return &StoppedError{a}
	}
	if err := t.store.clearStopped(); err != nil {
		return fmt.Errorf("wechat: %w", err)
	}
	return nil
}

// warning is the alarm for an end that must not be followed by another login; empty: none.
func (t *Transport) warning(s *session, err error) string {
	var no *refused
	if errors.As(err, &no) && no.ret == retRefused {
		return alarmRefused
	}
	if no != nil && no.ret == 1102 && no.scanned { // logged out in the middle of the login
		return alarmBanned
	}
	var end *ended
	switch {
	case !errors.As(err, &end):
	case end.ret == retRefused:
		return alarmRefused
	case end.ret == 1102 && s != nil && t.now().Sub(s.loggedIn()) < t.timing.BanWindow:
		return alarmBanned
	}
	return ""
}

// stop remembers a warning and tells it.
func (t *Transport) stop(alarm string, err error) error {
	t.setState(Stopped)
	if err := t.store.setStopped(stop{At: t.now(), Code: alarm, Text: says(err)}); err != nil {
		t.log.Error("wechat: the stop is not remembered", "err", err)
	}
	t.bell.ring(alarm, says(err))
	a := lookUp(alarm)
	a.Text = fmt.Sprintf("%s (%s)", a.Text, says(err))
	return &StoppedError{a}
}

// live runs a session from its login to its end, and says why it ended.
func (t *Transport) live(s *session) error {
	t.bell.hush(alarmScan, alarmConfirm, alarmUnreachable, alarmGarbled, alarmLoggedOut, alarmElsewhere, alarmExpired)
	if !s.afresh {
		t.bell.hush(alarmGap)
	}
	if err := t.code.hide(); err != nil {
		t.log.Warn("wechat", "err", err)
	}
	t.log.Info("wechat: logged in", "session", s.id, "by", s.way.String())
	if err := s.begin(); err == nil {
		fmt.Fprintf(t.out, "WeChat: logged in as %s\n", printable(s.nick()))
		t.watch(s)
	}
	err := context.Cause(s.ctx)
	s.close(err)
	return err
}

// down tells what the end of a session means, unless it is a warning, which ends the run.
func (t *Transport) down(ctx context.Context, s *session, err error, warned string) {
	t.mu.Lock()
	t.session = nil
	t.mu.Unlock()
	t.setState(Down)
	if ctx.Err() != nil {
		return
	}
	t.log.Info("wechat: the session ended", "session", s.id, "err", err)
	var end *ended
	if !errors.As(err, &end) {
		return // the login lives; only we began anew
	}
	if warned == "" {
		t.bell.ring(map[int]string{1100: alarmLoggedOut, 1101: alarmElsewhere, 1102: alarmExpired}[end.ret], says(err))
	}
	now := t.now()
	down := bot.Event{ID: fmt.Sprintf("%s/down/%s/%d", Name, s.id, now.UnixMilli()), Kind: bot.SessionDown, At: now.UTC(), SeenAt: now.UTC(),
		Transport: Name, Session: s.id, Text: err.Error()}
	if err := s.sink.Deliver(ctx, []bot.Event{down}); err != nil {
		t.log.Error("wechat: the end of the session is not recorded", "err", err)
	}
}

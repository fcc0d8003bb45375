package wechat

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Options is what a Transport needs to know. Only Dir is required.
type Options struct {
	Dir      string            // the data directory; the session lies in Dir/wechat, readable by its owner only
	Out      io.Writer         // the operator's terminal: codes to scan and what to do; nil: nowhere
	Log      *slog.Logger      // nil: slog.Default
	Base     http.RoundTripper // nil: a clone of http.DefaultTransport, which honours HTTPS_PROXY and SSL_CERT_FILE
	Alarm    func(Alarm)       // hears every alarm, once when it begins and once when it ends; nil: nobody
	Pace     *bot.Pace         // nil: bot.PersonPace
	Timing   Timing            // zero fields: those of LiveTiming
	Terminal bool              // Out is a terminal that shows the log, too: alarms are told there in words, and not in the log
	Resume   bool              // the operator has read why the last run stopped, and wants to go on within the hour
	Now      func() time.Time  // nil: time.Now
}

// Timing is every wait of the transport, so that a test need not wait as long as a good guest does.
type Timing struct {
	PollGap    time.Duration // between the beginnings of two polls
	FailGap    time.Duration // between any two requests while something fails
	BackOff    time.Duration // after the first failure; doubles with each
	BackOffMax time.Duration
	Answer     time.Duration // how long any answer may take
	Watchdog   time.Duration // without a healthy answer for so long, the session is begun again
	BanWindow  time.Duration // a session that is cut within this time after a login was probably banned
	StopFor    time.Duration // how long a stop is remembered by later runs

	PushWait  time.Duration   // how long the phone may take to confirm a login
	QRLife    time.Duration   // after which a code is renewed even if WeChat still waits for it
	QRTries   int             // codes in a row
	QRPause   time.Duration   // after those, before the next
	Rounds    []time.Duration // between sessions that did not last; the last one is kept
	Lasting   time.Duration   // a session this long starts those waits anew
	FetchGap  time.Duration   // between two requests for member lists
	FetchFor  time.Duration   // how long messages may wait for the member list they need
	Refresh   time.Duration   // a member list this old is read again
	RefreshBy time.Duration   // and up to this much later, by chance
	PieceGap  time.Duration   // between the pieces of a long text

	DeafAfter time.Duration // silence that is suspicious where other days were lively
	Shutdown  time.Duration // how long an end may take
}

// LiveTiming is what the transport does against the real WeChat.
func LiveTiming() Timing {
	return Timing{
		PollGap: time.Second, FailGap: 600 * time.Millisecond, BackOff: time.Second, BackOffMax: time.Minute,
		Answer: 40 * time.Second, Watchdog: 70 * time.Second, BanWindow: time.Minute, StopFor: time.Hour,
		PushWait: 2 * time.Minute, QRLife: 5 * time.Minute, QRTries: 3, QRPause: 5 * time.Minute,
		Rounds:  []time.Duration{time.Second, 30 * time.Second, 5 * time.Minute},
		Lasting: 5 * time.Minute, FetchGap: 3 * time.Second, FetchFor: 15 * time.Second,
		Refresh: 10 * time.Minute, RefreshBy: 20 * time.Minute, PieceGap: 2 * time.Second,
		DeafAfter: 6 * time.Hour, Shutdown: 4 * time.Second,
	}
}

// or gives t with its zero fields taken from d.
func (t Timing) or(d Timing) Timing {
	fields := []struct{ mine, theirs *time.Duration }{
		{&t.PollGap, &d.PollGap}, {&t.FailGap, &d.FailGap}, {&t.BackOff, &d.BackOff}, {&t.BackOffMax, &d.BackOffMax},
		{&t.Answer, &d.Answer}, {&t.Watchdog, &d.Watchdog}, {&t.BanWindow, &d.BanWindow}, {&t.StopFor, &d.StopFor},
		{&t.PushWait, &d.PushWait}, {&t.QRLife, &d.QRLife}, {&t.QRPause, &d.QRPause}, {&t.Lasting, &d.Lasting},
		{&t.FetchGap, &d.FetchGap}, {&t.FetchFor, &d.FetchFor}, {&t.Refresh, &d.Refresh}, {&t.RefreshBy, &d.RefreshBy},
		{&t.PieceGap, &d.PieceGap}, {&t.DeafAfter, &d.DeafAfter}, {&t.Shutdown, &d.Shutdown},
	}
	for _, f := range fields {
		if *f.mine == 0 {
			*f.mine = *f.theirs
		}
	}
	if t.QRTries == 0 {
		t.QRTries = d.QRTries
	}
	if len(t.Rounds) == 0 {
		t.Rounds = d.Rounds
	}
	return t
}

package onebot

import (
	"log/slog"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Name is the transport's name.
const Name = "onebot"

// Options is what a Transport needs to know. One of Listen and Dial is required.
type Options struct {
	Listen string   // where implementations connect to us (reverse WebSocket), like 127.0.0.1:8095; empty: nowhere
	Dial   []string // where we connect to them (forward WebSocket), like ws://127.0.0.1:3001
	Token  string   // the access token, both ways; empty: none is asked for, and none is given
	Dir    string   // the data directory; what was heard last is kept in Dir/onebot; empty: nothing is kept

	AcceptFriends bool // who wants to be a friend is told as bot.FriendAsked; otherwise they wait on the platform
	AcceptGroups  bool // invitations into groups are accepted
	Strangers     bool // members who are no friends are written to in temporary sessions
	QuoteAnswers  bool // an answer quotes what it answers

	Pace      *bot.Pace        // nil: DefaultPace
	Log       *slog.Logger     // nil: slog.Default
	Now       func() time.Time // nil: time.Now
	Timing    Timing           // zero fields: those of LiveTiming
	Listening func(url string) // told once, when implementations may connect; nil: nobody
}

// Timing is every wait of the transport, so that a test need not wait as long as a good guest does.
type Timing struct {
	Answer     time.Duration // how long the answer to anything asked may take
	Say        time.Duration // how long the answer to something said may take; then its outcome is unknown
	Look       time.Duration // how long a message waits for what it quotes, or a newcomer for their name
	BackOff    time.Duration // before dialling again, after the first failure; doubles with each
	BackOffMax time.Duration
	Silence    time.Duration // without any frame for so long the connection is taken for dead, where heartbeats say nothing else
	Away       time.Duration // an account that is away longer has lost its login
	ListGap    time.Duration // between two requests for member lists
	Refresh    time.Duration // member lists are read again so often
	Shutdown   time.Duration // how long an end may take
}

// LiveTiming is what the transport does against real implementations.
func LiveTiming() Timing {
	return Timing{
		Answer: 20 * time.Second, Say: 30 * time.Second, Look: 3 * time.Second, BackOff: time.Second, BackOffMax: time.Minute,
		Silence: 5 * time.Minute, Away: 30 * time.Second, ListGap: 200 * time.Millisecond, Refresh: 6 * time.Hour, Shutdown: 5 * time.Second,
	}
}

func (t Timing) or(d Timing) Timing {
	for _, f := range []struct{ mine, theirs *time.Duration }{
		{&t.Answer, &d.Answer}, {&t.Say, &d.Say}, {&t.Look, &d.Look}, {&t.BackOff, &d.BackOff}, {&t.BackOffMax, &d.BackOffMax},
		{&t.Silence, &d.Silence}, {&t.Away, &d.Away}, {&t.ListGap, &d.ListGap}, {&t.Refresh, &d.Refresh}, {&t.Shutdown, &d.Shutdown},
	} {
		if *f.mine == 0 {
			*f.mine = *f.theirs
		}
	}
	return t
}

// DefaultPace is a pace at which accounts of such bots live long: QQ limits accounts that speak much faster than people.
func DefaultPace() bot.Pace {
	p := bot.PersonPace()
	p.Gap, p.Jitter, p.Burst, p.GroupGap = 800*time.Millisecond, 700*time.Millisecond, 3, 1500*time.Millisecond
	p.PerMinute, p.PerHour, p.PerDay = 20, 500, 4000
	return p
}

package wechat

import (
	"time"
)

// State is where a transport stands.
type State string

// The states.
const (
	Down       State = "down"
	Connecting State = "connecting" // going on with the saved login
	Confirming State = "confirming" // somebody must tap a button on the bot's phone
	Scanning   State = "scanning"   // somebody must scan a code with the bot's phone
	Up         State = "up"
	Stopped    State = "stopped" // WeChat warned; only an operator starts it again
)

// Status is how the transport fares.
type Status struct {
	State   State
	Since   time.Time
	Session string    // the login; empty while there is none
	Polled  time.Time // the latest healthy answer
	Heard   time.Time // the latest message of somebody else, since the start
	Limited time.Time // nothing is said before, because WeChat asked for it; zero: never happened
}

// Status tells how the transport fares now.
func (t *Transport) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	status := t.status
	status.Limited = t.limited
	if t.session != nil {
		status.Session, status.Polled = t.session.id, t.session.guard.pulse.lastWell()
	}
	return status
}

// Code is a PNG of the login code that waits to be scanned; nil: none does.
func (t *Transport) Code() []byte {
	if t.Status().State != Scanning {
		return nil
	}
	return t.code.read()
}

func (t *Transport) setState(to State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.status.State != to {
		t.status.State, t.status.Since = to, t.now()
	}
}

// up makes a session the one that speaks.
func (t *Transport) up(s *session) {
	t.mu.Lock()
	t.session = s
	t.mu.Unlock()
	t.setState(Up)
}

// speaker is the session that can speak now; nil: none.
func (t *Transport) speaker() *session {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil || t.session.ctx.Err() != nil {
		return nil
	}
	return t.session
}

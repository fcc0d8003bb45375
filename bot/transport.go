package bot

import (
	"context"
	"errors"
	"time"
)

// Transport carries events in and words out. It translates and decides nothing.
type Transport interface {
	// Name is the transport's name, unique in the process; events and bindings carry it.
	Name() string
	// Run blocks, reconnects by itself, and returns when ctx ends, when its input ends (nil), or when an operator is needed.
	Run(ctx context.Context, sink Sink) error
	// Send says one thing. Errors: ErrDown (not taken, try later), *LimitedError (not taken, wait until),
	// ErrUnknown (may have been taken), ErrRejected (will never be taken).
	Send(ctx context.Context, o Outgoing) (Receipt, error)
}

// Sink is where transports deliver. A nil error means that the whole batch is durable, or was before;
// after an error the batch must be delivered again, in the same order. Delivering twice changes nothing.
type Sink interface {
	Deliver(ctx context.Context, batch []Event) error
}

// Receipt is a transport's proof that something was sent.
type Receipt struct {
	ID string // the transport's id of the message, for recalls
	At time.Time
}

// What Send may answer; wrap them to add detail.
var (
	ErrDown     = errors.New("transport is down")
	ErrUnknown  = errors.New("outcome unknown")
	ErrRejected = errors.New("rejected")
)

// LimitedError says that the other side wants us to be slower.
type LimitedError struct{ Until time.Time }

func (e *LimitedError) Error() string { return "limited until " + e.Until.UTC().Format(time.RFC3339) }

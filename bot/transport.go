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

// ErrUnbound is what Options.Resolve answers where a group or a member is not found in the present login yet: what
// is said to them waits, for as long as its NotAfter allows.
var ErrUnbound = errors.New("not bound in this session yet")

// LimitedError says that the other side wants us to be slower.
type LimitedError struct{ Until time.Time }

func (e *LimitedError) Error() string { return "limited until " + e.Until.UTC().Format(time.RFC3339) }

// Capabilities is what a transport can do beyond saying words in groups. Features ask for these, never for names.
type Capabilities struct {
	Private  bool  // it can speak to a member in private who has not written first
	Mentions bool  // a mention really alerts its person
	Quotes   bool  // an answer may quote what it answers
	Pictures bool  // it can send pictures
	TakeBack bool  // what was said can be taken back; see TakeBack
	Pace     *Pace // how fast a person would write here; nil: as fast as it takes
}

// Capable is a transport that declares its capabilities; one that doesn't has none of them.
type Capable interface{ Capabilities() Capabilities }

// Pace is how fast a transport may speak. A zero limit is none.
type Pace struct {
	Gap, Jitter     time.Duration // between two things said: Gap and up to Jitter more
	Burst           int           // how many may follow each other without the gap, after a silence
	PerMinute       int
	PerHour         int
	PerDay          int           // in any 24 hours
	GroupGap        time.Duration // between two things said in one group
	PictureGap      time.Duration
	PicturesPerHour int
	QuietFrom       time.Duration   // after local midnight: from here
	QuietUntil      time.Duration   // to here only answers, alerts, and what was dated inside it
	MergeWait       time.Duration   // how long an answer that can be merged waits for others, while it is busy
	Pauses          []time.Duration // after the first, second, ... limit that the other side set; the last is kept
}

package transcript

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Build makes the World of one run, with the settings of the transcript. start is where the clock begins. A
// World whose zone shows another time than 09:00 at start is closed and built again with the start of its zone.
type Build func(ctx context.Context, settings map[string]string, start time.Time) (World, error)

// World is the community and the bot that a transcript is played to.
type World interface {
	// Deliver takes events and returns when what they cause is committed.
	Deliver(ctx context.Context, batch []bot.Event) error
	// Advance moves the clock and fires what is due up to the given time, in order.
	Advance(ctx context.Context, to time.Time) error
	// Sleep moves the clock as if the program had been down until the given time: what was due meanwhile is
	// caught up then.
	Sleep(ctx context.Context, to time.Time) error
	// Appoint gives somebody a role from the start.
	Appoint(ctx context.Context, user bot.Person, role bot.Role, at time.Time) error
	// Said is everything that was enqueued since the last call, in order.
	Said(ctx context.Context) ([]Said, error)
	// Zone is the community's zone.
	Zone() *time.Location
	// Close releases what the World holds.
	Close() error
}

// Said is something the bot said.
type Said struct {
	At    time.Time
	Chat  bot.ChatID // in a group
	To    bot.UserID // in private, when Chat is empty
	Text  string
	Image bool // a picture was sent
}

// Options change how a transcript is run.
type Options struct {
	BotName string // what the bot is called; empty: 围炉
	Twice   bool   // deliver every event twice, which must change nothing
	Update  bool   // make Result.Updated
}

// Result is what came of a run.
type Result struct {
	File     string
	Inputs   int // events delivered, each counted once
	Said     []Spoken
	Failures []Failure // by line; none when the transcript expects nothing
	Expects  bool      // the transcript has > lines
	Updated  []byte    // with Options.Update: the source with the > lines that hold
}

// Spoken is something the bot said, by names.
type Spoken struct {
	Line  int       // of the input or clock line that caused it; 0 or a ! line at the beginning
	At    time.Time // in the community's zone
	Chat  string    // the group; empty in private
	To    string    // in private, what the person was called then; empty in a group
	Text  string
	Image bool
}

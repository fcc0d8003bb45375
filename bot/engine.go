package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Options is what an Engine is made of. Storage, Observe and Resolve are required.
type Options struct {
	Storage  Storage
	Features []Feature

	// Observe learns who an event comes from and what it tells about the community, and sets r.Actor. It
	// runs for every accepted event and must succeed; what the bot's own account did is not told to anybody else.
	Observe Handler
	// Resolve fills in the Route and Mentions of something that is about to be sent. An error withholds it.
	Resolve func(ctx context.Context, o *Outgoing) error
	// Reachable tells whether a member can be written to in private; nil: all can.
	Reachable func(ctx context.Context, member string) (bool, error)
	// Screen is asked about everything the bot is about to say; bad words withhold it.
	Screen func(text string) (word string, bad bool)
	// Next is the first slot of a cron spec after an instant, in the community's zone.
	Next func(spec string, after time.Time) (time.Time, error)

	// Passing tells failures of the storage that pass, like a full disk or a lost race: a handler that meets one
	// has not failed, and its event is run again.
	Passing func(err error) bool

	Secret   *[]byte           // seeds Request.Rand; read when the first event comes
	Language string            // the default language; empty: zh
	Texts    map[string]string // texts that replace those of the features, by "feature.key"
	Names    []string          // what the bot is called, besides Event.BotName
	Batch    int               // how many events may share one transaction; 0: 1,024
	Log      *slog.Logger

	// Pacing is shared with those who pause the bot and look at its queue; nil: nobody does, and nights are those of UTC.
	Pacing *Pacing

	// OnSaid hears what was said, in order, after the commit.
	OnSaid func(Outgoing)

	// Meter is told that events begin to wait for being handled; what it answers is told how many of them were new, once
	// they are durable or failed. The engine itself reads no clock. nil: nobody measures.
	Meter func() (done func(accepted int, err error))
}

// Engine accepts events and runs the features. It is safe for concurrent use; events are handled one at a time.
type Engine struct {
	opts      Options
	db        Storage
	log       *slog.Logger
	speech    *speech
	commands  map[string]*owned // by folded name
	offered   []*owned          // in the order of the features
	listeners map[Kind][]listener
	observers []listener
	jobs      map[string]*job // by "feature.job"
	jobOrder  []*job
	guards    map[string]Guard // by "feature.guard"
	views     []*ownedView     // in the order of the features
	chapters  []ownedChapter   // in the order of the features
	waitings  []*ownedWaiting  // likewise
	alarms    []*ownedAlarm
	measures  []*ownedMeasure
	personal  []PersonalOf // in the order of the features

	queue queue
	wake  chan struct{} // told when there may be something to send

	clock  sync.Mutex // guards Advance
	beaten time.Time  // when it was last kept that the program is awake; guarded by clock

	mu     sync.Mutex             // guards asking
	asking map[string]*[]Outgoing // what those who wait for an answer were told, by event
}

type owned struct {
	Command
	feature string
}

type listener struct {
	feature string
	run     Handler
}

// New checks everything that can be wrong and tells it all at once; nothing is started.
func New(opts Options) (*Engine, error) {
	if opts.Language == "" {
		opts.Language = "zh"
	}
	if opts.Batch == 0 {
		opts.Batch = historyBatch
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Screen == nil {
		opts.Screen = func(string) (string, bool) { return "", false }
	}
	if opts.Passing == nil {
		opts.Passing = func(error) bool { return false }
	}
	if opts.Secret == nil {
		opts.Secret = new([]byte)
	}
	if opts.Pacing == nil {
		opts.Pacing = NewPacing(opts.Storage, time.UTC)
	}
	if opts.Meter == nil {
		opts.Meter = func() func(int, error) { return func(int, error) {} }
	}
	if opts.OnSaid == nil {
		opts.OnSaid = func(Outgoing) {}
	}
	e := &Engine{
		opts: opts, db: opts.Storage, log: opts.Log,
		queue: queue{turn: make(chan struct{}, 1), most: opts.Batch},
		wake:  make(chan struct{}, 1), asking: map[string]*[]Outgoing{},
	}
	e.opts.Features = append([]Feature{help()}, opts.Features...)
	if err := e.register(); err != nil {
		return nil, err
	}
	return e, nil
}

// Deliver accepts events and runs them, in order; see Sink. Events that wait are committed together.
func (e *Engine) Deliver(ctx context.Context, batch []Event) error {
	_, err := e.submit(ctx, batch, false)
	return err
}

// Import accepts and observes events without any feature's words, points or jobs. It tells how many were
// new; the rest had been accepted before.
func (e *Engine) Import(ctx context.Context, batch []Event) (accepted int, err error) {
	return e.submit(ctx, batch, true)
}

// historyBatch is how many events of a history share one transaction: without handlers there are no savepoints
// that could be too many.
const historyBatch = 1024

func (e *Engine) submit(ctx context.Context, batch []Event, history bool) (accepted int, err error) {
	most := e.opts.Batch
	if history {
		most = historyBatch
	}
	for len(batch) > 0 {
		n := min(len(batch), most)
		w := &work{events: batch[:n], history: history}
		done := e.opts.Meter()
		err := e.queue.do(ctx, w, e.process)
		done(w.accepted, err)
		if err != nil {
			return accepted + w.accepted, err
		}
		accepted += w.accepted
		batch = batch[n:]
	}
	return accepted, nil
}

// Do runs fn in a transaction of its own, between events.
func (e *Engine) Do(ctx context.Context, fn func(ctx context.Context) error) error {
	return e.queue.do(ctx, &work{alone: fn}, e.process)
}

func (e *Engine) wakeCourier() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

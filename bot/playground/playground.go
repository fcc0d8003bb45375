// Package playground is a group chat in the browser: what a newcomer gets without any account. It is a
// bot.Transport, and an http.Handler with the page, its JSON API and its stream of changes.
//
// Everybody who can open the page may speak as anybody: it is a toy for one person or one team, not a
// messenger. It keeps the newest lines of each chat in memory and nothing on disk.
package playground

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// name is the transport's name, and the session of its events: ids of people stay the same for ever, so all
// runs are one login.
const name = "playground"

// botUser is the id of the bot's own account.
const botUser bot.UserID = "playground-bot"

// Playground is a group chat in the browser. It is safe for concurrent use.
type Playground struct {
	opts    Options
	log     *slog.Logger
	run     string // names this process in ids
	handler http.Handler
	feed    feed
	album   album
	jobs    chan job

	mu       sync.Mutex // guards what follows
	world    world
	attempts attempts
	count    int64         // of ids given
	last     time.Time     // of the newest event
	running  bool          // Run is active
	stop     chan struct{} // closed when Run ends
	seeding  int           // how many calls of Seed are active
	moving   bool          // the clock is moving
}

// New makes a playground with the groups, people and lines of opts. Nothing runs yet.
func New(opts Options) *Playground {
	opts.defaults()
	p := &Playground{
		opts: opts, log: opts.Log,
		run:  rand.Text()[:10],
		jobs: make(chan job),
		stop: make(chan struct{}),
	}
	p.feed.run = p.run
	p.world = newWorld(opts)
	p.handler = p.routes()
	for _, l := range opts.Lines {
		p.remember(l)
	}
	return p
}

// Name is "playground".
func (p *Playground) Name() string { return name }

// Handler serves the page and what belongs to it. Its links are relative, so that it may be mounted behind
// http.StripPrefix. Streams end when Run ends.
func (p *Playground) Handler() http.Handler { return p.handler }

// job is something that Run does between two others; do is given Run's own context.
type job struct {
	do   func(ctx context.Context, sink bot.Sink) error
	done chan error
}

// Run does what the browser asks for, one thing after the other, until ctx ends; that is no error. Once it
// has ended it may be run again.
func (p *Playground) Run(ctx context.Context, sink bot.Sink) error {
	p.mu.Lock()
	if p.running {
		p.mu.Unlock()
		return errors.New("playground: already running")
	}
	p.running, p.stop = true, make(chan struct{})
	p.mu.Unlock()
	defer p.end()
	for {
		select {
		case <-ctx.Done():
			return nil
		case j := <-p.jobs:
			j.done <- j.do(ctx, sink)
		}
	}
}

func (p *Playground) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
	close(p.stop)
}

// perform has Run do something and waits for it. It answers bot.ErrDown where Run is not active.
func (p *Playground) perform(do func(ctx context.Context, sink bot.Sink) error) error {
	p.mu.Lock()
	running, stop := p.running, p.stop
	p.mu.Unlock()
	if !running {
		return bot.ErrDown
	}
	j := job{do: do, done: make(chan error, 1)}
	select {
	case p.jobs <- j:
		return <-j.done
	case <-stop:
		return bot.ErrDown
	}
}

// newID is a fresh id of an event or a line. The lock is held.
func (p *Playground) newID() string {
	p.count++
	return fmt.Sprintf("%s/%s/%d", name, p.run, p.count)
}

// now is the time of a new event: the clock's, and later than every event before. The lock is held.
func (p *Playground) now() time.Time {
	at := p.opts.Clock.Now().UTC()
	if next := p.last.Add(time.Millisecond); at.Before(next) {
		at = next
	}
	p.last = at
	return at
}

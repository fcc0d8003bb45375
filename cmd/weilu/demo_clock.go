package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// demoClock is a community's time that runs with real time, and ahead of it by what somebody moved it.
type demoClock struct {
	engine *bot.Engine
	drain  func(ctx context.Context) error // says what is due

	mu    sync.Mutex // guards what follows
	ahead time.Duration
	last  time.Time
	still bool // it stands
}

// stride is how far time jumps at once while it is moved, so that words go out at about their time.
const stride = 5 * time.Minute

// Now is the community's time, later at each call.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *demoClock) now() time.Time {
	if c.still {
		return c.last
	}
	now := time.Now().Add(c.ahead).Round(0)
	if !now.After(c.last) {
		now = c.last.Add(time.Microsecond)
	}
	c.last = now
	return now
}

// stop lets the clock stand where it is.
func (c *demoClock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now()
	c.still = true
}

// Advance implements playground.Clock: what is due on the way happens at its own time.
func (c *demoClock) Advance(ctx context.Context, to time.Time) error {
	for {
		next := c.Now().Add(stride)
		if next.After(to) {
			next = to
		}
		if err := c.engine.Advance(ctx, next, false); err != nil {
			return fmt.Errorf("move the clock: %w", err)
		}
		c.moveTo(next)
		if err := c.drain(ctx); err != nil {
			return fmt.Errorf("move the clock: %w", err)
		}
		if !next.Before(to) {
			return nil
		}
	}
}

// moveTo puts the clock forward; it never goes back.
func (c *demoClock) moveTo(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := to.Sub(c.now()); d > 0 {
		c.ahead += d
	}
}

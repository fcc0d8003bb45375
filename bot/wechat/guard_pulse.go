package wechat

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// pulse knows how a session fares: when it last answered well, and what fails. It spaces requests while
// anything does, so that no fault can make the bot hammer at WeChat.
type pulse struct {
	timing Timing
	now    func() time.Time

	mu        sync.Mutex
	last      time.Time      // the beginning of the latest request
	poll      time.Time      // the beginning of the latest poll
	well      time.Time      // the latest healthy answer
	inRow     int            // failures since then
	failing   map[string]int // by kind of request, in a row
	held      int            // how many are at work that WeChat has no part in
	fruitless int            // polls in a row that promised something and brought nothing
}

func newPulse(timing Timing, now func() time.Time) *pulse {
	return &pulse{timing: timing, now: now, well: now(), failing: map[string]int{}}
}

// request waits until a request may begin.
func (p *pulse) request(ctx context.Context) error {
	p.mu.Lock()
	at := p.now()
	if len(p.failing) > 0 {
		if next := p.last.Add(p.timing.FailGap); next.After(at) {
			at = next
		}
	}
	wait := at.Sub(p.now())
	p.last = at
	p.mu.Unlock()
	return sleep(ctx, wait)
}

// turn waits until a poll may begin. Polls that bring nothing of what they promise come slower and slower.
func (p *pulse) turn(ctx context.Context) error {
	p.mu.Lock()
	gap := p.timing.PollGap
	if p.fruitless > 2 {
		gap = min(gap<<min(p.fruitless-2, 10), max(p.timing.PollGap, p.timing.BackOffMax/2))
	}
	at := p.now()
	if next := p.poll.Add(gap); next.After(at) {
		at = next
	}
	wait := at.Sub(p.now())
	p.poll = at
	p.mu.Unlock()
	return sleep(ctx, wait)
}

// fail notes that a request of a kind went wrong, and tells how often in a row.
func (p *pulse) fail(kind string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inRow++
	p.failing[kind]++
	return p.failing[kind]
}

// wary spaces requests although nothing has failed yet in this session: the one before did.
func (p *pulse) wary() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failing["the session before"] = 1
}

// good notes that a request of a kind went well.
func (p *pulse) good(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.failing, kind)
}

// beat notes that the session lives: nothing waits, or what waited was taken in.
func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.well, p.inRow = p.now(), 0
	clear(p.failing)
}

// fruit notes whether a poll brought what it promised.
func (p *pulse) fruit(some bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fruitless++
	if some {
		p.fruitless = 0
	}
}

// hold keeps the watchdog quiet until the returned function is called.
func (p *pulse) hold() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.held--
		p.well = p.now()
	}
}

// silent is how long the session has not answered well.
func (p *pulse) silent() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held > 0 {
		return 0
	}
	return p.now().Sub(p.well)
}

func (p *pulse) lastWell() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.well
}

// backOff waits longer after each failure in a row.
func (p *pulse) backOff(ctx context.Context) error {
	p.mu.Lock()
	n := p.inRow
	p.mu.Unlock()
	return sleep(ctx, p.timing.after(n))
}

// after is how long to wait after so many failures in a row, with up to a quarter more by chance.
func (t Timing) after(failures int) time.Duration {
	wait := min(t.BackOff<<min(max(failures-1, 0), 12), t.BackOffMax)
	return wait + jitter(wait/4)
}

func jitter(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return rand.N(most)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

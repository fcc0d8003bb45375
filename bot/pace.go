package bot

import (
	"math/rand/v2"
	"sync"
	"time"
)

// PersonPace is how fast a person who is active in many groups would write: what WeChat is known to bear.
func PersonPace() Pace {
	return Pace{
		Gap: 4500 * time.Millisecond, Jitter: 2500 * time.Millisecond, Burst: 2,
		PerMinute: 8, PerHour: 80, PerDay: 400,
		GroupGap: 8 * time.Second, PictureGap: 30 * time.Second, PicturesPerHour: 10,
		QuietFrom: 0, QuietUntil: 7 * time.Hour,
		MergeWait: 20 * time.Second,
		Pauses:    []time.Duration{10 * time.Minute, 30 * time.Minute, 2 * time.Hour},
	}
}

// Wait is why nothing can be said now.
type Wait string

// The reasons to wait.
const (
	NoWait      Wait = ""
	WaitGap     Wait = "gap"     // something was said a moment ago
	WaitMinute  Wait = "minute"  // enough was said in the last minute
	WaitHour    Wait = "hour"    // enough was said in the last hour
	WaitDay     Wait = "day"     // enough was said in the last 24 hours
	WaitQuiet   Wait = "quiet"   // it is night
	WaitLimited Wait = "limited" // the other side wants us to be slower
	WaitDown    Wait = "down"    // the transport is down
	WaitPaused  Wait = "paused"  // a manager paused everything
)

// How long a transport that is down is left alone: twice as long each time.
const (
	downFirst = 2 * time.Second
	downMost  = time.Minute
)

// calm is how long after a pause a transport must have spoken without being limited again to be trusted anew.
const calm = time.Hour

// pacer knows what one transport has said in the last day, and when it may speak again. It is safe for
// concurrent use, and never holds its lock while it waits for anything.
type pacer struct {
	name string
	pace Pace
	zone *time.Location

	mu       sync.Mutex
	rand     *rand.Rand
	sent     []spoken             // of the last 24 hours, oldest first
	bucket   time.Time            // when the bucket of the account will be full again
	groups   map[string]time.Time // when something was last said in each group
	crowds   map[string]time.Time // when something that can be merged was the last thing said in a group
	pictures []time.Time          // of the last hour, oldest first

	down      time.Duration // how long it is left alone; 0: it is up
	downUntil time.Time
	limit     hold
	better    bool // something was sent since the last limit
}

// spoken is one thing that was said. A picture with words weighs as two.
type spoken struct {
	at      time.Time
	group   string
	weight  int
	picture bool
	merged  bool // an answer that others could have joined
}

func newPacer(name string, pace Pace, zone *time.Location, chance *rand.Rand) *pacer {
	return &pacer{name: name, pace: pace, zone: zone, rand: chance, groups: map[string]time.Time{}, crowds: map[string]time.Time{}}
}

// weigh is how many messages something said becomes on the other side.
func weigh(picture, text bool) int {
	if picture && text {
		return 2
	}
	return 1
}

// said takes note of something that was sent, or may have been.
func (p *pacer) said(s spoken) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(s)
	p.down, p.better = 0, true
}

func (p *pacer) note(s spoken) {
	for len(p.sent) > 0 && !p.sent[0].at.After(s.at.Add(-24*time.Hour)) {
		p.sent = p.sent[1:]
	}
	p.sent = append(p.sent, s)
	if p.bucket.Before(s.at) {
		p.bucket = s.at
	}
	for range s.weight {
		p.bucket = p.bucket.Add(p.pace.Gap)
		if p.pace.Jitter > 0 {
			p.bucket = p.bucket.Add(time.Duration(p.rand.Int64N(int64(p.pace.Jitter) + 1)))
		}
	}
	if s.group != "" {
		p.groups[s.group] = s.at
		delete(p.crowds, s.group)
		if s.merged {
			p.crowds[s.group] = s.at
		}
	}
	if s.picture {
		for len(p.pictures) > 0 && !p.pictures[0].After(s.at.Add(-time.Hour)) {
			p.pictures = p.pictures[1:]
		}
		p.pictures = append(p.pictures, s.at)
	}
}

// ready is when something of a weight may be said, and what has to be waited for until then.
func (p *pacer) ready(now time.Time, weight int) (at time.Time, why Wait) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.readyLocked(now, weight)
}

func (p *pacer) readyLocked(now time.Time, weight int) (at time.Time, why Wait) {
	at = now
	later := func(t time.Time, reason Wait) {
		if t.After(at) {
			at, why = t, reason
		}
	}
	later(p.bucket.Add(-time.Duration(max(p.pace.Burst, 1)-1)*p.pace.Gap), WaitGap)
	later(p.window(now, time.Minute, p.pace.PerMinute, weight), WaitMinute)
	later(p.window(now, time.Hour, p.pace.PerHour, weight), WaitHour)
	later(p.window(now, 24*time.Hour, p.pace.PerDay, weight), WaitDay)
	if p.down > 0 {
		later(p.downUntil, WaitDown)
	}
	later(p.limit.until, WaitLimited)
	return at, why
}

// window is when a sliding window has room for one more.
func (p *pacer) window(now time.Time, span time.Duration, limit, weight int) time.Time {
	if limit <= 0 {
		return now
	}
	weight = min(weight, limit)
	sum := 0
	for i := len(p.sent) - 1; i >= 0 && p.sent[i].at.After(now.Add(-span)); i-- {
		if sum += p.sent[i].weight; sum+weight > limit {
			return p.sent[i].at.Add(span)
		}
	}
	return now
}

// count is how much was said in a span before now.
func (p *pacer) count(now time.Time, span time.Duration) (n int) {
	for i := len(p.sent) - 1; i >= 0 && p.sent[i].at.After(now.Add(-span)); i-- {
		n += p.sent[i].weight
	}
	return n
}

// picturesReady is when a picture may be sent.
func (p *pacer) picturesReady(now time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, n := now, len(p.pictures)
	if n == 0 {
		return at
	}
	if t := p.pictures[n-1].Add(p.pace.PictureGap); t.After(at) {
		at = t
	}
	if most := p.pace.PicturesPerHour; most > 0 && n >= most {
		if t := p.pictures[n-most].Add(time.Hour); t.After(at) {
			at = t
		}
	}
	return at
}

// resting lists the groups in which something was said too recently, and when the first of them may hear again.
func (p *pacer) resting(now time.Time) (groups []string, next time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for g, at := range p.groups {
		until := at.Add(p.pace.GroupGap)
		if !until.After(now) {
			delete(p.groups, g)
			continue
		}
		groups = append(groups, g)
		next = earlier(next, until)
	}
	return groups, next
}

// busy tells whether many seem to ask for the same in a group: the last thing said there was such an answer, and
// that recently. Then the next one waits for others; a single one in a while is not kept waiting.
func (p *pacer) busy(group string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.crowds[group]
	if ok && !at.Add(p.pace.MergeWait).After(now) {
		delete(p.crowds, group)
		return false
	}
	return ok
}

// fell takes note that the transport is down, and tells how long it is left alone.
func (p *pacer) fell(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = min(max(2*p.down, downFirst), downMost)
	p.downUntil = now.Add(p.down)
	return p.down
}

// limited takes note that the other side wants us to be slower, and gives what is to be remembered.
func (p *pacer) limited(now, until time.Time) hold {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.better && !now.Before(p.limit.until.Add(calm)) {
		p.limit.strikes = 0
	}
	p.limit.strikes++
	p.limit.name, p.limit.since, p.better = p.name, now, false
	p.limit.until = now.Add(downMost)
	if n := len(p.pace.Pauses); n > 0 {
		p.limit.until = now.Add(p.pace.Pauses[min(p.limit.strikes, n)-1])
	}
	if until.After(p.limit.until) {
		p.limit.until = until
	}
	return p.limit
}

// quiet tells whether it is night at an instant, and when the night ends. from is when it began.
func (p *pacer) quiet(now time.Time) (night bool, from, until time.Time) {
	begin, end := p.pace.QuietFrom, p.pace.QuietUntil
	if begin == end {
		return false, now, now
	}
	local := now.In(p.zone)
	clock := func(days int, d time.Duration) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, 0, 0, int(d/time.Second), 0, p.zone)
	}
	for day := -1; day <= 0; day++ {
		from, until = clock(day, begin), clock(day, end)
		if begin > end {
			until = clock(day+1, end)
		}
		if !now.Before(from) && now.Before(until) {
			return true, from, until
		}
	}
	return false, now, now
}

// earlier is the first of two instants, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

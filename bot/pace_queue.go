package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Pacing is what the courier shares with those who pause the bot or look at its queue. It is safe for concurrent use.
type Pacing struct {
	db   Storage
	zone *time.Location

	mu     sync.Mutex
	paces  map[string]*Pace  // of the transports that run; nil for those that have none
	pacers map[string]*pacer // of those that have one
}

// NewPacing makes the pacing of a storage. Nights are those of the zone.
func NewPacing(db Storage, zone *time.Location) *Pacing {
	return &Pacing{db: db, zone: zone, paces: map[string]*Pace{}, pacers: map[string]*pacer{}}
}

func (p *Pacing) begin(paces map[string]*Pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.Copy(p.paces, paces)
}

func (p *Pacing) watch(of *pacer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pacers[of.name] = of
}

// Hold is a pause.
type Hold struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // zero: until it is taken back
	By    string    `json:"by,omitempty"`   // the member who asked for it
	Times int       `json:"times,omitempty"`
}

// Pause makes everything but alerts wait, until an instant or, where that is zero, until Resume. It survives restarts.
func (p *Pacing) Pause(ctx context.Context, at, until time.Time, by string) error {
	return writeHold(ctx, p.db, hold{name: everything, since: at, until: until, by: by})
}

// Resume ends a pause.
func (p *Pacing) Resume(ctx context.Context) error {
	if _, err := exec(ctx, p.db, `DELETE FROM holds WHERE name = ?`, everything); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}

// Paused is the pause that holds at an instant; nil: there is none.
func (p *Pacing) Paused(ctx context.Context, at time.Time) (*Hold, error) {
	h, on, err := paused(ctx, p.db, at)
	if err != nil || !on {
		return nil, err
	}
	return &Hold{Since: h.since, Until: h.until, By: h.by}, nil
}

// QueueView is what waits to be said, why, and what became of what was said.
type QueueView struct {
	At         time.Time       `json:"at"`
	Paused     *Hold           `json:"paused,omitempty"`
	Waiting    int             `json:"waiting"`
	Stale      int             `json:"stale"` // of those that wait: what is too late by now and will not be said
	Later      int             `json:"later"` // besides: what is not due yet
	Oldest     time.Time       `json:"oldest,omitzero"`
	Priorities []PriorityView  `json:"priorities"`
	Groups     []GroupView     `json:"groups"` // most waiting first
	Transports []TransportView `json:"transports"`
	Troubles   []TroubleView   `json:"troubles"` // of the last 24 hours
}

// PriorityView is how much of a priority waits.
type PriorityView struct {
	Priority Priority `json:"priority"`
	Waiting  int      `json:"waiting"`
}

// GroupView is how much waits for a group, or, without one, for members in private.
type GroupView struct {
	Group   string    `json:"group,omitempty"`
	Waiting int       `json:"waiting"`
	Oldest  time.Time `json:"oldest"`
}

// TransportView is how much a transport has said, against its limits, and what it waits for.
type TransportView struct {
	Name   string    `json:"name"`
	Wait   Wait      `json:"wait,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	Times  int       `json:"times,omitempty"` // WaitLimited: how many limits followed each other
	Night  time.Time `json:"night_until,omitzero"`
	Minute Share     `json:"minute"`
	Hour   Share     `json:"hour"`
	Day    Share     `json:"day"`
}

// Share is how much was said of what may be said; a Limit of zero is none.
type Share struct {
	Said  int `json:"said"`
	Limit int `json:"limit,omitempty"`
}

// TroubleView is how often something was not said, or may not have been, for a reason.
type TroubleView struct {
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason"`
	Count   int     `json:"count"`
}

// Queue looks at what waits. Beside a bot of another process it sees no paces.
func (p *Pacing) Queue(ctx context.Context, at time.Time) (v QueueView, err error) {
	v.At = at
	if v.Paused, err = p.Paused(ctx, at); err != nil {
		return v, err
	}
	for _, read := range []func(context.Context, *QueueView) error{p.waiting, p.said, p.limits, p.troubles} {
		if err := read(ctx, &v); err != nil {
			return v, fmt.Errorf("queue: %w", err)
		}
	}
	p.paced(&v)
	slices.SortFunc(v.Transports, func(a, b TransportView) int { return cmp.Compare(a.Name, b.Name) })
	return v, nil
}

// paced adds what only the courier of this process knows.
func (p *Pacing) paced(v *QueueView) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, pace := range p.paces {
		t := v.transport(name)
		t.Minute.Limit, t.Hour.Limit, t.Day.Limit = pace.PerMinute, pace.PerHour, pace.PerDay
		pacer := p.pacers[name]
		if pacer == nil {
			continue
		}
		if night, _, until := pacer.quiet(v.At); night {
			t.Night = until
		}
		pacer.mu.Lock()
		if until, why := pacer.readyLocked(v.At, 1); why != NoWait {
			t.Wait, t.Until = why, until
		}
		t.Minute.Said, t.Hour.Said, t.Day.Said = pacer.count(v.At, time.Minute), pacer.count(v.At, time.Hour), pacer.count(v.At, 24*time.Hour)
		pacer.mu.Unlock()
	}
}

// transport is the view of a transport, made where there is none.
func (v *QueueView) transport(name string) *TransportView {
	i := slices.IndexFunc(v.Transports, func(t TransportView) bool { return t.Name == name })
	if i < 0 {
		v.Transports = append(v.Transports, TransportView{Name: name})
		i = len(v.Transports) - 1
	}
	return &v.Transports[i]
}

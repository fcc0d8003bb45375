package playground

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// clockFace is what pages know of the time.
type clockFace struct {
	Now     string `json:"now"`
	Moving  bool   `json:"moving"`
	Movable bool   `json:"movable"`
}

func (p *Playground) clockUpdate() update {
	_, fixed := p.opts.Clock.(realTime)
	return update{Type: "clock", Clock: &clockFace{Now: p.stamp(p.opts.Clock.Now()), Moving: p.moving, Movable: !fixed}}
}

// target is where a button of the clock leads.
func target(button string, now time.Time) (time.Time, bool) {
	switch button {
	case "hour":
		return now.Add(time.Hour), true
	case "morning":
		y, m, d := now.Date()
		at := time.Date(y, m, d, 8, 0, 0, 0, now.Location())
		if !at.After(now) {
			at = time.Date(y, m, d+1, 8, 0, 0, 0, now.Location())
		}
		return at, true
	case "week":
		return now.AddDate(0, 0, 7), true
	}
	return time.Time{}, false
}

// move moves the clock, between two events and one move at a time.
func (p *Playground) move(button string) error {
	if _, ok := target(button, time.Time{}); !ok {
		return errBad
	}
	if _, fixed := p.opts.Clock.(realTime); fixed {
		return errUnmovable
	}
	p.mu.Lock()
	if p.moving {
		p.mu.Unlock()
		return errMoving
	}
	if !p.running {
		p.mu.Unlock()
		return errDown
	}
	p.setMoving(true)
	p.mu.Unlock()
	err := p.perform(func(ctx context.Context, _ bot.Sink) error {
		to, _ := target(button, p.opts.Clock.Now().In(p.opts.Zone))
		err := p.opts.Clock.Advance(ctx, to)
		p.mu.Lock()
		defer p.mu.Unlock()
		if err == nil {
			p.noteClock()
		}
		return err
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setMoving(false)
	return err
}

// setMoving tells the pages whether the clock moves. The lock is held.
func (p *Playground) setMoving(moving bool) {
	p.moving = moving
	p.feed.publish(p.clockUpdate())
}

// noteClock writes the new time into every room; of several moves in a row only the last stays. The lock is held.
func (p *Playground) noteClock() {
	for _, g := range p.world.groups {
		p.world.room(g.ID)
	}
	now := p.opts.Clock.Now().UTC()
	for _, r := range p.world.rooms {
		e := &entry{ID: p.newID(), Kind: "clock", at: now}
		if n := len(r.lines); n > 0 && r.lines[n-1].Kind == "clock" {
			e.ID = r.lines[n-1].ID
		}
		p.put(r, e)
	}
}

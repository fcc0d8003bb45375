// Package stage is a community whose clock is moved by hand: what transcripts, simulations and the demo run in.
package stage

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
)

// Stage implements transcript.World on a real engine. One goroutine uses it at a time.
type Stage struct {
	engine    *bot.Engine
	community *community.Community
	now       time.Time
	said      []bot.Outgoing
	close     func() error
	seal      func(context.Context) error // nil: nothing is sealed
	every     time.Duration
	sealed    time.Time
}

// New makes a stage whose clock stands at start. The engine's OnSaid must be Hear of this stage.
func New(start time.Time, close func() error) *Stage {
	return &Stage{now: start, close: close}
}

// Hear is the engine's Options.OnSaid.
func (s *Stage) Hear(o bot.Outgoing) { s.said = append(s.said, o) }

// Seal lets seal be called as often as every by the clock of the stage, like a sealer that runs beside the events.
func (s *Stage) Seal(every time.Duration, seal func(context.Context) error) {
	s.every, s.seal, s.sealed = every, seal, s.now
}

// sealBy seals what happened before the clock stands at a time, where the sealer's turn comes until then.
func (s *Stage) sealBy(ctx context.Context, at time.Time) error {
	if s.seal == nil || at.Sub(s.sealed) < s.every {
		return nil
	}
	s.sealed = at
	return s.seal(ctx)
}

// Open starts the engine on this stage.
func (s *Stage) Open(ctx context.Context, engine *bot.Engine, c *community.Community) error {
	s.engine, s.community = engine, c
	return engine.Start(ctx, s.now)
}

// Deliver implements transcript.World.
func (s *Stage) Deliver(ctx context.Context, batch []bot.Event) error {
	for _, ev := range batch {
		if ev.At.After(s.now) {
			s.now = ev.At
		}
	}
	if err := s.sealBy(ctx, s.now); err != nil {
		return err
	}
	if err := s.engine.Deliver(ctx, batch); err != nil {
		return err
	}
	return s.send(ctx)
}

// Advance implements transcript.World. What is said is sent when it is due, on the way, as it would be.
func (s *Stage) Advance(ctx context.Context, to time.Time) error {
	if err := s.engine.AdvanceBy(ctx, to, s.pass); err != nil {
		return err
	}
	return s.send(ctx)
}

// pass lets time pass until an instant, and sends what is due on the way.
func (s *Stage) pass(ctx context.Context, until time.Time) (moved bool, err error) {
	for {
		due, next, err := s.engine.Waits(ctx, s.now)
		if err != nil {
			return moved, err
		}
		if due {
			sent, err := s.claim(ctx)
			if err != nil {
				return moved, err
			}
			if moved = moved || sent > 0; sent > 0 {
				continue
			}
		}
		switch {
		case !next.IsZero() && next.Before(until):
			s.now = next
		case until.After(s.now):
			s.now = until
			return moved, s.sealBy(ctx, until)
		default:
			return moved, nil
		}
	}
}

// Sleep implements transcript.World.
func (s *Stage) Sleep(ctx context.Context, to time.Time) error {
	if to.After(s.now) {
		s.now = to
	}
	if err := s.engine.Advance(ctx, to, true); err != nil {
		return err
	}
	return s.send(ctx)
}

// send sends what is due, and what that makes due.
func (s *Stage) send(ctx context.Context) error {
	for {
		due, _, err := s.engine.Waits(ctx, s.now)
		if err != nil || !due {
			return err
		}
		if sent, err := s.claim(ctx); err != nil || sent == 0 {
			return err
		}
	}
}

// claim claims what is due, so that guards are asked, and lets features hear that it was sent.
func (s *Stage) claim(ctx context.Context) (sent int, err error) {
	claimed, err := s.engine.Claim(ctx, s.now, 256)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	results := make([]bot.Result, len(claimed))
	for i, o := range claimed {
		results[i] = bot.Result{Outgoing: o, Outcome: bot.Sent}
	}
	return len(claimed), s.engine.Settle(ctx, s.now, results...)
}

// Now is what the clock shows.
func (s *Stage) Now() time.Time { return s.now }

// Appoint implements transcript.World.
func (s *Stage) Appoint(ctx context.Context, user bot.Person, role bot.Role, at time.Time) error {
	return s.engine.Do(ctx, func(ctx context.Context) error {
		id, err := s.community.Introduce(ctx, "transcript", user, at)
		if err != nil {
			return err
		}
		return s.community.Appoint(ctx, id, role)
	})
}

// Said implements transcript.World.
func (s *Stage) Said(ctx context.Context) (list []transcript.Said, err error) {
	if len(s.said) == 0 {
		return nil, nil
	}
	err = s.engine.Do(ctx, func(ctx context.Context) error {
		for _, o := range s.said {
			if err := s.community.Resolve(ctx, &o); err != nil {
				return fmt.Errorf("said by %s: %w", o.Feature, err)
			}
			list = append(list, transcript.Said{At: o.SaidAt, Chat: o.Route.Chat, To: o.Route.User, Text: o.Text, Image: len(o.Picture) > 0})
		}
		return nil
	})
	s.said = nil
	return list, err
}

// Zone implements transcript.World.
func (s *Stage) Zone() *time.Location { return s.community.Calendar.Zone() }

// Close implements transcript.World.
func (s *Stage) Close() error { return s.close() }

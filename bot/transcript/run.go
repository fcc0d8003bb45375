package transcript

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Run plays the transcript to a World that build makes. Expectations that fail are in the Result. The error
// is a *SyntaxError where the script makes no sense (nothing was played then), else it comes from the World
// or from ctx and names the line; the Result holds what happened before it.
func Run(ctx context.Context, script *Script, build Build, opts Options) (*Result, error) {
	if opts.BotName == "" {
		opts.BotName = "围炉"
	}
	result := &Result{File: script.Name, Expects: script.expects}
	world, start, err := open(ctx, script, build)
	if err != nil {
		return result, err
	}
	if err := rehearse(script, start, opts.BotName); err != nil {
		return result, errors.Join(err, world.Close())
	}
	r := &run{script: script, opts: opts, world: world, result: result, scene: newScene(script, start, opts.BotName)}
	r.judge = newJudge(script, r.scene)
	if err = r.play(ctx); err == nil {
		r.judge.finish()
	}
	result.Inputs = r.scene.inputs
	if script.expects {
		result.Failures = r.judge.sorted()
	}
	if opts.Update && err == nil {
		result.Updated = r.judge.edits.apply(script.source)
	}
	return result, errors.Join(err, world.Close())
}

// open builds the World and finds where its clock begins.
func open(ctx context.Context, script *Script, build Build) (World, time.Time, error) {
	start := beginning(time.FixedZone("CST", 8*60*60))
	world, err := build(ctx, script.Settings, start)
	if err != nil {
		return nil, start, fmt.Errorf("%s: build the world: %w", script.Name, err)
	}
	if local := beginning(world.Zone()); !local.Equal(start) {
		if err := world.Close(); err != nil {
			return nil, start, fmt.Errorf("%s: close the world: %w", script.Name, err)
		}
		if world, err = build(ctx, script.Settings, local); err != nil {
			return nil, start, fmt.Errorf("%s: build the world: %w", script.Name, err)
		}
	}
	return world, beginning(world.Zone()), nil
}

func beginning(zone *time.Location) time.Time { return time.Date(2026, 1, 1, 9, 0, 0, 0, zone) }

// run is one run of a script.
type run struct {
	script *Script
	opts   Options
	world  World
	scene  *scene
	judge  *judge
	result *Result
}

func (r *run) play(ctx context.Context) error {
	err := r.scene.cast(r.script, func(who *bot.Person, role Role) error {
		return r.world.Appoint(ctx, *who, role.Role, r.scene.now)
	})
	if err != nil {
		return err
	}
	for i := range r.script.turns {
		t := &r.script.turns[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.act(ctx, t); err != nil {
			return err
		}
		if err := r.listen(ctx, i); err != nil {
			return r.failed(t, "hear what is said", err)
		}
		r.judge.turn(i)
	}
	return nil
}

// act moves the clock and delivers what happens.
func (r *run) act(ctx context.Context, t *turn) error {
	if t.clock == nil && t.input == nil {
		return nil
	}
	if err := r.scene.tick(t); err != nil {
		return at(r.script, t.line, err)
	}
	advance := r.world.Advance
	if t.clock != nil && t.clock.asleep {
		advance = r.world.Sleep
	}
	if err := advance(ctx, r.scene.now); err != nil {
		return r.failed(t, "advance to "+r.scene.now.Format(time.RFC3339), err)
	}
	if t.input == nil {
		return nil
	}
	ev, err := r.scene.event(t.input)
	if err != nil {
		return at(r.script, t.line, err)
	}
	times := 1
	if r.opts.Twice {
		times = 2
	}
	for range times {
		if err := r.world.Deliver(ctx, []bot.Event{ev}); err != nil {
			return r.failed(t, "deliver "+ev.ID, err)
		}
	}
	return nil
}

// failed says in which line the World failed.
func (r *run) failed(t *turn, doing string, err error) error {
	return fmt.Errorf("%s:%d: %s: %w", r.script.Name, t.line, doing, err)
}

// listen takes what was said during a turn.
func (r *run) listen(ctx context.Context, turn int) error {
	said, err := r.world.Said(ctx)
	for _, s := range said {
		sp := r.scene.spokenBy(s)
		r.scene.heard(s.Chat, s.Text)
		sp.Line = r.script.turns[turn].line
		r.result.Said = append(r.result.Said, sp)
		r.judge.hear(&heard{turn: turn, place: place{sp.Chat, s.To}, text: canonical(s.Text), spoken: sp})
	}
	return err
}

// spokenBy gives the names to what was said.
func (s *scene) spokenBy(said Said) Spoken {
	sp := Spoken{At: said.At.In(s.now.Location()), Chat: string(said.Chat), Text: said.Text, Image: said.Image}
	if said.At.IsZero() {
		sp.At = s.now
	}
	if sp.Chat == "" {
		sp.To = s.people.called(said.To)
	}
	return sp
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// storyBegins and storyEnds are the ids of events around the story, by which a stored demo is recognised.
const (
	storyBegins = "demo/begin"
	storyEnds   = "demo/end"
)

// seed lets the story happen: its events go through the engine, time passes between them, and what the bot
// says is said in the playground among the people's lines.
func (d *demo) seed(ctx context.Context, events []bot.Event, now time.Time) error {
	if len(events) == 0 {
		return fmt.Errorf("the story is empty")
	}
	first := events[0].At.Add(-time.Minute)
	if err := d.app.engine.Start(ctx, first); err != nil {
		return err
	}
	if err := d.mark(ctx, storyBegins, first); err != nil {
		return err
	}
	if err := d.enthrone(ctx, first); err != nil {
		return err
	}
	bar := newProgress(int64(len(events)), "eight weeks", d.app.log)
	err := d.ground.Seed(func() error {
		zone, last := d.app.community.Calendar.Zone(), first
		for batch, until := range batches(events, zone) {
			for last = nextCut(last.In(zone)); last.Before(batch[0].At); last = nextCut(last) { // nobody speaks, but the bot may
				if err := d.happen(ctx, nil, last); err != nil {
					return err
				}
			}
			if until.After(now) {
				until = now
			}
			last = until
			if err := d.happen(ctx, batch, until); err != nil {
				return err
			}
			bar.add(len(batch))
		}
		return d.happen(ctx, d.codes(now), now)
	})
	bar.finish()
	if err != nil {
		return err
	}
	if err := d.app.seal(ctx); err != nil {
		return err
	}
	return d.mark(ctx, storyEnds, now)
}

// mark delivers an event that says nothing, to be recognised by.
func (d *demo) mark(ctx context.Context, id string, at time.Time) error {
	return d.app.engine.Deliver(ctx, []bot.Event{{ID: id, Kind: bot.SessionUp, At: at, SeenAt: at, Transport: "playground", Session: "playground"}})
}

// enthrone makes the founder of the story the owner.
func (d *demo) enthrone(ctx context.Context, at time.Time) error {
	founder := d.story.byName[asOwner]
	return d.app.engine.Do(ctx, func(ctx context.Context) error {
		id, err := d.app.community.Introduce(ctx, "playground", bot.Person{User: bot.UserID(founder.key), Name: founder.name, Stable: true}, at)
		if err != nil {
			return err
		}
		return d.app.community.Appoint(ctx, id, bot.Owner)
	})
}

// greetings is how long after a join its batch ends, so that a greeting that waits for more newcomers is
// said in its place.
const greetings = 61 * time.Second

// batches cuts the story where features may want to speak: a few times a day, and after a join. With each
// batch comes the time until which it lasts.
func batches(events []bot.Event, zone *time.Location) iter.Seq2[[]bot.Event, time.Time] {
	return func(yield func([]bot.Event, time.Time) bool) {
		for len(events) > 0 {
			until := nextCut(events[0].At.In(zone))
			n := 0
			for n < len(events) && events[n].At.Before(until) {
				if joined := events[n].At.Add(greetings); events[n].Kind == bot.Joined && joined.Before(until) {
					until = joined
				}
				n++
			}
			if !yield(events[:n], until) {
				return
			}
			events = events[n:]
		}
	}
}

// nextCut is the next hour at which a batch ends: those at which communities like to post.
func nextCut(at time.Time) time.Time {
	y, m, d := at.Date()
	for _, hour := range []int{4, 8, 12, 18, 20, 22} {
		if cut := time.Date(y, m, d, hour, 0, 0, 0, at.Location()); cut.After(at) {
			return cut
		}
	}
	return time.Date(y, m, d+1, 4, 0, 0, 0, at.Location())
}

// happen delivers a batch, lets time pass until the given instant, and shows all that was said, in order.
func (d *demo) happen(ctx context.Context, batch []bot.Event, until time.Time) error {
	if len(batch) > 0 {
		if err := d.app.engine.Advance(ctx, batch[0].At, false); err != nil {
			return err
		}
		if err := d.decode(ctx, batch); err != nil {
			return err
		}
		if err := d.app.engine.Deliver(ctx, batch); err != nil {
			return err
		}
	}
	if err := d.app.engine.Advance(ctx, until, false); err != nil {
		return err
	}
	said, err := d.app.engine.Claim(ctx, until, 1024)
	if err != nil {
		return err
	}
	slices.SortStableFunc(said, func(a, b bot.Outgoing) int { return cmp.Or(a.SaidAt.Compare(b.SaidAt), cmp.Compare(a.ID, b.ID)) })
	results := make([]bot.Result, 0, len(said))
	say := func(before time.Time) {
		for len(said) > 0 && said[0].SaidAt.Before(before) {
			results = append(results, d.say(ctx, said[0]))
			said = said[1:]
		}
	}
	for _, ev := range batch {
		say(ev.At)
		d.ground.Record(ev)
	}
	say(until.Add(time.Hour))
	if len(results) == 0 {
		return nil
	}
	return d.app.engine.Settle(context.WithoutCancel(ctx), until, results...)
}

// say sends one thing to the playground, which shows it at the time it was said.
func (d *demo) say(ctx context.Context, o bot.Outgoing) bot.Result {
	receipt, err := d.ground.Send(ctx, o)
	if err != nil {
		return bot.Result{Outgoing: o, Outcome: bot.Failed, Reason: err.Error()}
	}
	return bot.Result{Outgoing: o, Outcome: bot.Sent, Receipt: receipt.ID}
}

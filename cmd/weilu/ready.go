package main

import (
	"context"
	"errors"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
)

const (
	readyFor   = 2 * time.Second  // how long an answer is good: anybody may ask
	readyTakes = 2 * time.Second  // how long finding it may take
	beatLost   = 2 * time.Minute  // without a sign of life
	jobLost    = 10 * time.Minute // after its slot
	wordsLost  = 15 * time.Minute // in the queue, though nothing holds them back
)

// ready is what keeps the bot from its work, for probes.
func (d *desk) ready(ctx context.Context) (reasons []console.Reason) {
	now := time.Now()
	d.mu.Lock()
	fresh := now.Sub(d.asked) < readyFor
	list := d.found
	d.mu.Unlock()
	if !fresh {
		list = d.readiness(ctx, now)
		d.mu.Lock()
		d.asked, d.found = now, list
		d.mu.Unlock()
	}
	for _, f := range list {
		if f.Level == system.Fail {
			reasons = append(reasons, console.Reason{Check: f.Check, Code: f.Code})
		}
	}
	return reasons
}

// readiness looks whether the bot can do its work. It costs a few reads and an empty transaction.
func (d *desk) readiness(ctx context.Context, at time.Time) []system.Finding {
	ctx, cancel := context.WithTimeout(ctx, readyTakes)
	defer cancel()
	list := []system.Finding{d.checkReachable(ctx)}
	if list[0].Level == system.Fail {
		return list
	}
	e, transports, started := d.running()
	if len(transports) == 0 || e == nil {
		return list
	}
	list = append(list, checkWriter(ctx, e))
	queue, err := d.pacing.Queue(ctx, at.UTC())
	if err != nil {
		return []system.Finding{system.Found("database", system.Fail, "unopenable", "Err", err)}
	}
	return append(list, d.checkSchedule(ctx, e, at, started), checkState(transports), checkQueue(queue, at))
}

// checkReachable asks the database what it is, and whether its tables are those of this program.
func (d *desk) checkReachable(ctx context.Context) system.Finding {
	version, err := d.db.Version(ctx)
	var size int64
	if err == nil {
		size, err = d.db.Size(ctx)
	}
	var pending []string
	if err == nil {
		pending, err = database.Pending(ctx, d.db, d.owners...)
	}
	switch {
	case errors.Is(err, database.ErrNewer):
		return system.Found("database", system.Fail, "newer", "Err", err)
	case err != nil:
		return system.Found("database", system.Fail, "unopenable", "Err", err)
	case len(pending) > 0:
		return system.Found("database", system.Fail, "pending", "N", len(pending), "Version", version, "Size", system.Size(size))
	}
	return system.Found("database", system.OK, "reachable", "Version", version, "Size", system.Size(size))
}

// checkWriter waits for its turn to write, and writes nothing.
func checkWriter(ctx context.Context, e *bot.Engine) system.Finding {
	if err := e.Do(ctx, func(context.Context) error { return nil }); err != nil {
		return system.Found("writer", system.Fail, "stuck")
	}
	return system.Found("writer", system.OK, "fine")
}

// checkSchedule looks for the sign of life that is written every half minute, and for jobs that are late. Who has just
// started has caught up with nothing yet.
func (d *desk) checkSchedule(ctx context.Context, e *bot.Engine, at, started time.Time) system.Finding {
	fine := system.Found("schedule", system.OK, "fine")
	beaten, err := bot.Beaten(ctx, d.db)
	if err != nil {
		return system.Found("database", system.Fail, "unopenable", "Err", err)
	}
	if at.Sub(started) < beatLost {
		return fine
	}
	if silent := at.Sub(beaten); silent > beatLost {
		return system.Found("schedule", system.Fail, "stopped", "Age", silent)
	}
	jobs, err := e.Jobs(ctx, at)
	if err != nil {
		return system.Found("database", system.Fail, "unopenable", "Err", err)
	}
	for _, j := range jobs {
		if due := j.Due(); !due.IsZero() && at.Sub(due) > jobLost {
			return system.Found("schedule", system.Fail, "late", "Name", j.Name, "Age", at.Sub(due))
		}
	}
	return fine
}

func checkState(list []bot.Transport) system.Finding {
	if s := fleetState(list).State; s != "" && s != console.Up {
		return system.Found("transport", system.Fail, "away", "State", string(s))
	}
	return system.Found("transport", system.OK, "up")
}

// checkQueue tells whether words wait that nothing holds back.
func checkQueue(v bot.QueueView, at time.Time) system.Finding {
	fine := system.Found("queue", system.OK, "fine")
	if v.Waiting == 0 || v.Paused != nil || at.Sub(v.Oldest) < wordsLost {
		return fine
	}
	for _, t := range v.Transports {
		if t.Wait != bot.NoWait || !t.Night.IsZero() {
			return fine // its pace, a limit, or the night; where it is down, its own check tells
		}
	}
	return system.Found("queue", system.Fail, "stuck", "Age", at.Sub(v.Oldest))
}

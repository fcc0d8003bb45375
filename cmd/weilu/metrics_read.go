package main

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/system"
)

// queue tells what waits to be said and what was not, and where the transport stands.
func (g *gauges) queue(ctx context.Context, now time.Time, send gauge) error {
	v, err := g.desk.pacing.Queue(ctx, now)
	if err != nil {
		return err
	}
	oldest := 0.0
	if v.Waiting > 0 {
		oldest = now.Sub(v.Oldest).Seconds()
	}
	send("weilu_outbox_waiting", "Words that wait to be sent.", float64(v.Waiting))
	send("weilu_outbox_later", "Words that are not due yet.", float64(v.Later))
	send("weilu_outbox_oldest_seconds", "How long the oldest of those that wait has waited.", oldest)
	send("weilu_outbox_paused", "1 while a manager paused the bot.", truth(v.Paused != nil))
	unsent := map[bot.Outcome]int{bot.Failed: 0, bot.Unknown: 0, bot.Withheld: 0}
	for _, t := range v.Troubles {
		unsent[t.Outcome] += t.Count
	}
	for outcome, n := range unsent {
		send("weilu_outbox_unsent_24h", "Words of the last 24 hours that were not sent, or of which it is not known.", float64(n), "outcome", string(outcome))
	}
	_, list, started := g.desk.running()
	if len(list) == 0 {
		return nil
	}
	send("weilu_start_time_seconds", "When the transports began to run.", float64(started.UnixMilli())/1000)
	for _, t := range list {
		is := transportState(t).State
		if is == "" {
			is = console.Up // it runs, and tells no more
		}
		for _, s := range []console.State{console.Up, console.Down, console.Connecting, console.Scanning, console.Confirming, console.Stopped} {
			send("weilu_transport_state", "1 for the state in which the transport is.", truth(s == is), "transport", t.Name(), "state", string(s))
		}
		i := slices.IndexFunc(v.Transports, func(o bot.TransportView) bool { return o.Name == t.Name() })
		send("weilu_transport_limited", "1 while the other side wants the bot to be slower.", truth(i >= 0 && v.Transports[i].Wait == bot.WaitLimited), "transport", t.Name())
	}
	return nil
}

func truth(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

func (g *gauges) jobs(ctx context.Context, now time.Time, send gauge) error {
	list, err := g.desk.jobs(ctx, now)
	if err != nil {
		return err
	}
	for _, j := range list {
		if !j.Last.IsZero() {
			send("weilu_job_last_slot_seconds", "The slot of the job that passed last.", float64(j.Last.Unix()), "job", j.Name)
		}
		late := 0.0
		if due := j.Due(); !due.IsZero() && due.Before(now) {
			late = now.Sub(due).Seconds()
		}
		send("weilu_job_late_seconds", "How long ago the job was due without having run.", late, "job", j.Name)
	}
	return nil
}

func (g *gauges) ledger(ctx context.Context, now time.Time, send gauge) error {
	n, oldest, err := g.desk.ledger.Unsealed(ctx)
	if err != nil {
		return err
	}
	age := 0.0
	if n > 0 {
		age = now.Sub(oldest).Seconds()
	}
	send("weilu_ledger_unsealed", "Transfers of points that have no seal yet.", float64(n))
	send("weilu_ledger_unsealed_oldest_seconds", "How old the oldest of them is.", age)
	return nil
}

func (g *gauges) database(ctx context.Context, _ time.Time, send gauge) error {
	size, err := g.desk.db.Size(ctx)
	if err != nil {
		return err
	}
	send("weilu_database_bytes", "Size of the database.", float64(size))
	return nil
}

// checks tell what /readyz tells.
func (g *gauges) checks(ctx context.Context, _ time.Time, send gauge) error {
	list := g.desk.readiness(ctx, time.Now())
	seen := map[string]bool{}
	for _, f := range list {
		if seen[f.Check] {
			continue // a label is told once; the first finding is the worst
		}
		seen[f.Check] = true
		send("weilu_check_failed", "1 where a check of /readyz fails.", truth(f.Level == system.Fail), "check", f.Check)
	}
	send("weilu_ready", "1 where /readyz answers 200.", truth(system.Worst(list) != system.Fail))
	return nil
}

// pools tell how connections are used.
func (g *gauges) pools(out chan<- prometheus.Metric) {
	for name, s := range g.desk.db.Pools() {
		labels := []string{"pool", name}
		out <- sample(prometheus.GaugeValue, "weilu_database_pool_in_use", "Connections in use.", float64(s.InUse), labels)
		out <- sample(prometheus.CounterValue, "weilu_database_pool_waits_total", "How often somebody waited for a connection.", float64(s.WaitCount), labels)
		out <- sample(prometheus.CounterValue, "weilu_database_pool_wait_seconds_total", "How long they waited.", s.WaitDuration.Seconds(), labels)
	}
}

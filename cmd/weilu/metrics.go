package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// meter measures how events are handled. Its numbers are of this process, since it began.
type meter struct {
	accepted prometheus.Counter
	failed   prometheus.Counter
	handling prometheus.Histogram
}

func newMeter() *meter {
	return &meter{
		accepted: prometheus.NewCounter(prometheus.CounterOpts{Name: "weilu_events_accepted_total", Help: "Events that were new and are durable."}),
		failed:   prometheus.NewCounter(prometheus.CounterOpts{Name: "weilu_batches_failed_total", Help: "Batches of events that could not be stored; they come again."}),
		handling: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "weilu_event_handling_seconds",
			Help:    "From the moment that a batch of events began to wait until it was durable or failed.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}),
	}
}

// begin implements bot.Options.Meter.
func (m *meter) begin() func(accepted int, err error) {
	began := time.Now()
	return func(accepted int, err error) {
		m.handling.Observe(time.Since(began).Seconds())
		m.accepted.Add(float64(accepted))
		if err != nil {
			m.failed.Inc()
		}
	}
}

// handler answers with all metrics in the text form of Prometheus.
func (m *meter) handler(d *desk, log *slog.Logger) http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(m.accepted, m.failed, m.handling, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &gauges{d, log})
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: scrapeTakes + time.Second,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError})
}

// scrapeTakes is how long reading the storage may take for a scrape.
const scrapeTakes = 8 * time.Second

// gauges are read from the storage whenever somebody asks. Their labels are names of the program: of transports, states,
// jobs, checks and pools, never of members or groups. It implements prometheus.Collector.
type gauges struct {
	desk *desk
	log  *slog.Logger
}

// Describe implements prometheus.Collector: what there is depends on what runs.
func (g *gauges) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTakes)
	defer cancel()
	now := time.Now().UTC()
	send := func(name, help string, value float64, labels ...string) {
		out <- sample(prometheus.GaugeValue, name, help, value, labels)
	}
	send("weilu_info", "The program.", 1, "version", version())
	for _, read := range []struct {
		what string
		do   func(context.Context, time.Time, gauge) error
	}{{"queue", g.queue}, {"jobs", g.jobs}, {"ledger", g.ledger}, {"database", g.database}, {"checks", g.checks}} {
		err := read.do(ctx, now, send)
		failed := 0.0
		if err != nil {
			failed = 1
			g.log.Error("metrics", "what", read.what, "err", err)
		}
		send("weilu_scrape_failed", "1 where a part of these metrics could not be read.", failed, "part", read.what)
	}
	g.pools(out)
}

// gauge tells one value; labels are names and values in turns.
type gauge func(name, help string, value float64, labels ...string)

func sample(kind prometheus.ValueType, name, help string, value float64, labels []string) prometheus.Metric {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	return prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), kind, value, values...)
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database"
)

// The load: members who talk all Day, each time in other words, of whom everybody checks in once a Day, so that one event
// in 20 is a command that earns, and nearly one in two a message that does: the first ten of everybody's Day.
const (
	benchMembers = 1000
	benchPerDay  = 20 * benchMembers
	benchEvents  = 2 * benchPerDay
	benchGroup   = 1024 // events that share a commit
)

var benchStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// benchEvent is the i-th event of the load.
func benchEvent(i int) bot.Event {
	ev := bot.Event{
		ID: fmt.Sprintf("bench/%d", i), Kind: bot.Message, Form: bot.Text, Transport: "bench", Chat: "c1", ChatName: "大群",
		At:   benchStart.Add(time.Duration(i/benchPerDay)*24*time.Hour + time.Duration(i%benchPerDay)*2*time.Second),
		Text: benchWords(i),
	}
	who := i % benchMembers
	if i%20 == 0 { // in each Day, command k is member k's
		who = i % benchPerDay / 20
		ev.Text = "签到"
	}
	ev.SeenAt = ev.At
	ev.From = bot.Person{User: bot.UserID(fmt.Sprintf("u%d", who)), Name: fmt.Sprintf("成员%d", who), Stable: true}
	return ev
}

// benchWords is a sentence that is like no other.
func benchWords(i int) string {
	words := make([]rune, 14)
	x := uint64(i)*2862933555777941757 + 3037000493
	for k := range words {
		x = x*6364136223846793005 + 1442695040888963407
		words[k] = rune(0x4e00 + (x>>33)%3000)
	}
	return string(words)
}

func benchBatches() [][]bot.Event {
	events := make([]bot.Event, benchEvents)
	for i := range events {
		events[i] = benchEvent(i)
	}
	return slices.Collect(slices.Chunk(events, benchGroup))
}

func benchApp(tb testing.TB, dsn string) *app {
	tb.Helper()
	a, err := open(tb.Context(), defaults(), slog.New(slog.DiscardHandler), openOptions{dsn: dsn, adopt: adoptAll})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}

// BenchmarkIngest compares the whole program, all features on, with a bare loop that writes the same rows in
// the same group commits on the same driver, in the same run.
func BenchmarkIngest(b *testing.B) {
	batches := benchBatches()
	var engine, bare, commit time.Duration
	rounds := 0
	for b.Loop() {
		dir := b.TempDir()
		a, loop := benchApp(b, filepath.Join(dir, "engine.db")), newBareLoop(b, filepath.Join(dir, "bare.db"))
		// The two take turns, so that whatever else the machine does slows both.
		for _, batch := range batches {
			began := time.Now()
			if err := a.engine.Deliver(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
			engine += time.Since(began)
			began = time.Now()
			// Without cancellation, as in the engine: the driver watches a context that can end with a goroutine per statement.
			if err := loop.write(context.WithoutCancel(b.Context()), batch); err != nil {
				b.Fatal(err)
			}
			bare += time.Since(began)
		}
		sameRows(b, a.db, loop.db)

		began := time.Now()
		for range 20 {
			if err := loop.touch(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		commit += time.Since(began) / 20
		rounds++
	}
	perSecond := func(d time.Duration) float64 { return float64(rounds*benchEvents) / d.Seconds() }
	b.ReportMetric(perSecond(engine), "events/s")
	b.ReportMetric(perSecond(bare), "bare-events/s")
	b.ReportMetric(bare.Seconds()/engine.Seconds(), "ratio")
	b.ReportMetric(float64(commit.Microseconds())/float64(rounds)/1000, "ms/bare-commit")
}

// sameRows proves that both wrote the same number of rows into every table.
func sameRows(b *testing.B, one, other *database.DB) {
	b.Helper()
	for _, table := range []string{"inbox", "messages", "message_texts", "activity", "members", "stays", "checkins", "earnings", "transfers", "transfer_texts", "balances", "outbox"} {
		if x, y := countRows(b, one, table), countRows(b, other, table); x != y || x == 0 {
			b.Fatalf("%s: the engine wrote %d rows and the bare loop %d", table, x, y)
		}
	}
}

func countRows(tb testing.TB, db *database.DB, table string) (n int64) {
	tb.Helper()
	if err := db.Conn(tb.Context()).Table(table).Count(&n).Error; err != nil {
		tb.Fatal(err)
	}
	return n
}

// BenchmarkIngestOpenLoop delivers single events at a steady 1,000 a second and measures how long each takes
// from Deliver to durable, beside a bare commit of one row.
func BenchmarkIngestOpenLoop(b *testing.B) {
	a := benchApp(b, filepath.Join(b.TempDir(), "weilu.db"))
	loop := newBareLoop(b, filepath.Join(b.TempDir(), "bare.db"))
	const rate, events = 1000, 3000
	n := 0
	var took []time.Duration
	for b.Loop() {
		results := make(chan time.Duration, events)
		next := time.NewTicker(time.Second / rate)
		for range events {
			<-next.C
			ev := benchEvent(n)
			n++
			go func() {
				began := time.Now()
				if err := a.engine.Deliver(context.Background(), []bot.Event{ev}); err != nil {
					b.Error(err)
				}
				results <- time.Since(began)
			}()
		}
		next.Stop()
		for range events {
			took = append(took, <-results)
		}
	}
	var commits []time.Duration
	for range 200 {
		began := time.Now()
		if err := loop.touch(b.Context()); err != nil {
			b.Fatal(err)
		}
		commits = append(commits, time.Since(began))
	}
	at := func(list []time.Duration, q float64) float64 {
		slices.Sort(list)
		return float64(list[int(q*float64(len(list)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(took, 0.5), "ms-p50")
	b.ReportMetric(at(took, 0.99), "ms-p99")
	b.ReportMetric(at(commits, 0.5), "ms-bare-commit-p50")
	b.ReportMetric(at(commits, 0.99), "ms-bare-commit-p99")
}

// BenchmarkStart measures how long the program takes until it can serve data that exists.
func BenchmarkStart(b *testing.B) {
	dsn := filepath.Join(b.TempDir(), "weilu.db")
	a := benchApp(b, dsn)
	for _, batch := range benchBatches() {
		if err := a.engine.Deliver(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := a.close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		a, err := open(b.Context(), defaults(), slog.New(slog.DiscardHandler), openOptions{dsn: dsn, adopt: adoptAll})
		if err != nil {
			b.Fatal(err)
		}
		if err := a.engine.Start(b.Context(), time.Now()); err != nil {
			b.Fatal(err)
		}
		if err := a.close(); err != nil {
			b.Fatal(err)
		}
	}
}

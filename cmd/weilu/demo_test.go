package main

import (
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// demoNow is a Monday morning by the community's clocks.
var demoNow = time.Date(2026, 11, 23, 1, 30, 0, 0, time.UTC)

// seededDemo is a demo whose present is the given one.
func seededDemo(t *testing.T, dir string, now time.Time) *demo {
	t.Helper()
	s := defaults()
	s.dress()
	d, err := openDemo(t.Context(), s, slog.New(slog.DiscardHandler), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.app.close(); err != nil {
			t.Error(err)
		}
	})
	began := time.Now()
	if err := d.fill(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	t.Logf("filled in %v", time.Since(began))
	return d
}

func TestTheStoryIsTheSameEachTime(t *testing.T) {
	tale, err := loadStory()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("+08", 8*3600)
	events := tale.write(demoNow, zone, demoSeed)
	again, err := loadStory()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(events, again.write(demoNow, zone, demoSeed)) {
		t.Error("the same seed and present gave another story")
	}
	if reflect.DeepEqual(events, tale.write(demoNow, zone, demoSeed+1)) {
		t.Error("another seed gave the same story")
	}
	ids := map[string]bool{}
	for i, ev := range events {
		if ids[ev.ID] || ev.At.After(demoNow) || i > 0 && !ev.At.After(events[i-1].At) {
			t.Fatalf("event %d is out of order or there twice: %+v", i, ev)
		}
		ids[ev.ID] = true
		if strings.ContainsAny(ev.Text, "{}") || strings.Contains(ev.Text, "[图]") {
			t.Errorf("not filled in: %q", ev.Text)
		}
	}
	t.Logf("%d events, %d scripts", len(events), len(tale.scripts))
}

// TestTheStoryFitsEveryDay writes the story for presents in all parts of the day and the week.
func TestTheStoryFitsEveryDay(t *testing.T) {
	tale, err := loadStory()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("+08", 8*3600)
	for i := range 27 { // in steps of 7 hours, every hour of the day and every day of the week comes up
		now := demoNow.Add(time.Duration(i) * 7 * time.Hour)
		seen, kinds := map[bot.UserID]bool{}, map[bot.Kind]int{}
		for _, ev := range tale.write(now, zone, demoSeed) {
			seen[ev.From.User] = true
			kinds[ev.Kind]++
		}
		if len(seen) != 60 {
			t.Errorf("%s: %d people appear", now.In(zone), len(seen))
		}
		for _, kind := range []bot.Kind{bot.Joined, bot.Left, bot.Renamed, bot.Recalled} {
			if kinds[kind] == 0 {
				t.Errorf("%s: nobody %s", now.In(zone), kind)
			}
		}
	}
}

// demoState is what two demos of the same story have in common.
type demoState struct {
	Members []community.Summary
	Top     []points.Standing
	Said    []string
}

func stateOf(t *testing.T, d *demo) (s demoState) {
	t.Helper()
	var err error
	if s.Members, err = community.Members(t.Context(), d.app.db); err != nil {
		t.Fatal(err)
	}
	if s.Top, err = d.app.ledger.Top(t.Context(), points.TopQuery{}); err != nil {
		t.Fatal(err)
	}
	if err := d.app.db.Conn(t.Context()).Raw(`SELECT text FROM outbox ORDER BY id`).Scan(&s.Said).Error; err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheDemoIsSeededThroughTheEngine(t *testing.T) {
	dir := t.TempDir()
	d := seededDemo(t, dir, demoNow)
	state := stateOf(t, d)
	if len(state.Members) != 60 {
		t.Errorf("%d members", len(state.Members))
	}
	names := map[string]int{}
	for _, m := range state.Members {
		names[m.Name]++
	}
	if names["小雨"] != 2 {
		t.Errorf("%d people are called 小雨", names["小雨"])
	}
	report, err := d.app.ledger.Verify(t.Context(), points.VerifyOptions{})
	if err != nil || !report.OK {
		t.Errorf("the ledger: %+v, %v", report, err)
	}
	if diff := cmp.Diff(state, stateOf(t, seededDemo(t, t.TempDir(), demoNow))); diff != "" {
		t.Errorf("the same story ended otherwise:\n%s", diff)
	}
	for state, n := range outboxStates(t, d) {
		if state != string(bot.Sent) {
			t.Errorf("%d words are %s", n, state)
		}
	}
}

func outboxStates(t *testing.T, d *demo) map[string]int {
	t.Helper()
	var rows []struct {
		State string
		N     int
	}
	if err := d.app.db.Conn(t.Context()).Raw(`SELECT state, COUNT(*) AS n FROM outbox GROUP BY state`).Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	for _, row := range rows {
		states[row.State] = row.N
	}
	return states
}

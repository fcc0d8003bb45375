package main

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReplayingTheRulesThatHoldGivesWhatWasPaid compares a replay of the demo's eight weeks with its ledger.
func TestReplayingTheRulesThatHoldGivesWhatWasPaid(t *testing.T) {
	d := seededDemo(t, t.TempDir(), demoNow)
	var report pointsReplay
	cmd := &pointsReplayCmd{Days: 90}
	if err := d.app.db.Snapshot(t.Context(), func(ctx context.Context) (err error) {
		report, err = cmd.replay(ctx, d.app.db, d.app.settings, d.app.settings, demoNow)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	got, want := map[string]int64{}, map[string]int64{}
	for _, r := range report.Rules {
		if got[r.Rule] = r.Old; r.Old != r.New {
			t.Errorf("%s: the same rules give %d and %d", r.Rule, r.Old, r.New)
		}
		var n int64
		if err := d.app.db.Conn(t.Context()).Raw(`SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM transfers t WHERE REPLACE(key, 'checkin-streak/', 'checkin_streak/') LIKE ?
			AND kind = 0 AND NOT EXISTS (SELECT 1 FROM transfers x WHERE x.cause = t.id AND x.kind = 1)`, r.Rule+"/%").Row().Scan(&n); err != nil {
			t.Fatal(err)
		}
		want[r.Rule] = n
	}
	t.Log(got)
	// Of a recalled message the words are gone: a replay can't tell whether it was fit to earn, and so whether the next was too soon.
	var recalled int64
	if err := d.app.db.Conn(t.Context()).Raw(`SELECT COUNT(*) FROM messages WHERE recalled = 1`).Row().Scan(&recalled); err != nil {
		t.Fatal(err)
	}
	if apart := got["speaking"] - want["speaking"]; max(apart, -apart) <= recalled {
		got["speaking"] = want["speaking"]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paid and replayed (-paid +replayed):\n%s", diff)
	}
}

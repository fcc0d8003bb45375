package points_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/points"
)

func TestFindTellsWhatStandsAndWhatTookItBack(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		find := func(key string) (points.Posting, bool) {
			t.Helper()
			p, ok, err := b.Find(b.ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			p.ID = 0
			return p, ok
		}
		if _, ok := find("k1"); ok {
			t.Error("found what was never posted")
		}
		for _, tr := range []points.Transfer{
			{Key: "k1", From: points.Issued, To: amy, Amount: 10, Reason: "第一笔", At: start},
			{Key: "k2", From: amy, To: bob, Amount: 10, At: start.Add(time.Second)},
		} {
			if _, err := b.Post(b.ctx, tr); err != nil {
				t.Fatal(err)
			}
		}
		want := points.Posting{Key: "k1", From: points.Issued, To: amy, Amount: 10, Reason: "第一笔", At: start}
		if got, ok := find("k1"); !ok || !cmp.Equal(got, want) {
			t.Errorf("it stands: %s", cmp.Diff(want, got))
		}
		// Amy has nothing left, so all of it becomes a debt and no transfer takes it back.
		if _, err := b.ReverseKey(b.ctx, "k1", points.Reversal{Key: "r1", At: start}); err != nil {
			t.Fatal(err)
		}
		if got, _ := find("k1"); got.Reversal != "r1" {
			t.Errorf("taken back as a debt: %+v", got)
		}
		if _, err := b.ReverseKey(b.ctx, "k2", points.Reversal{Key: "r2", At: start}); err != nil {
			t.Fatal(err)
		}
		if got, _ := find("k2"); got.Reversal != "r2" {
			t.Errorf("taken back at once: %+v", got)
		}
		if got, ok := find("r2"); !ok || got.Kind != points.KindReversal || got.Reversal != "" {
			t.Errorf("the reversal itself: %+v", got)
		}
	})
}

func TestDebtsOfSeveralAccountsSayToWhomTheyAreOwed(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		post := func(key string, from, to points.Account) {
			t.Helper()
			if _, err := b.Post(b.ctx, points.Transfer{Key: key, From: from, To: to, Amount: 10, At: start}); err != nil {
				t.Fatal(err)
			}
		}
		post("g1", points.Issued, amy)
		post("p1", amy, bob)
		post("s1", bob, points.Burned)
		for _, key := range []string{"p1", "g1"} { // neither has anything now
			if _, err := b.ReverseKey(b.ctx, key, points.Reversal{Key: "undo/" + key, At: start}); err != nil {
				t.Fatal(err)
			}
		}
		debts, err := b.Debts(b.ctx, amy, bob)
		if err != nil {
			t.Fatal(err)
		}
		type debt struct{ Account, To points.Account }
		var got []debt
		for _, d := range debts {
			got = append(got, debt{d.Account, d.To})
		}
		if diff := cmp.Diff([]debt{{bob, amy}, {amy, points.Issued}}, got); diff != "" {
			t.Error(diff)
		}
		if none, err := b.Debts(b.ctx); err != nil || len(none) != 0 {
			t.Errorf("debts of nobody: %v, %v", none, err)
		}
	})
}

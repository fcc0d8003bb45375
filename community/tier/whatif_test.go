package tier_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/tiers"
)

// TestWhatIfTellsWhatTheReplayTells compares the page of a trial with the verdicts of a replay on the same ladder.
func TestWhatIfTellsWhatTheReplayTells(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			w := newTown(t, dialect, 4)
			for range 45 {
				w.live(9, false)
				w.advance(24 * 60 * 60 * 1e9)
			}
			day := w.Community.Calendar.Day(w.at) - 1
			people, err := w.Community.Tiers.At(t.Context(), day, nil)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := w.Community.Tiers.FactsOf(t.Context(), day)
			if err != nil {
				t.Fatal(err)
			}
			some := 0
			for _, p := range people {
				if diff := cmp.Diff(p.Verdict.Facts, facts[p.Member]); diff != "" {
					t.Errorf("facts of %s (-replay +at once):\n%s", p.Member, diff)
				}
				if p.Verdict.Facts != (tiers.Facts{}) {
					some++
				}
			}
			if some < 5 {
				t.Fatalf("only %d people did anything", some)
			}
			ways := func(params map[string]string) map[community.MemberID]string {
				page, err := w.Engine.View(t.Context(), "tier.whatif", bot.Query{Params: params, At: w.at, Limit: 1000, Actor: bot.Actor{Role: bot.Manager}})
				if err != nil {
					t.Fatal(err)
				}
				got := map[community.MemberID]string{}
				for _, r := range page.Tables[1].Rows {
					got[community.MemberID(r.Key)] = r.Cells[3].Value.(string)
				}
				return got
			}
			hard := ways(map[string]string{"interactor_active_days": "999"})
			for _, p := range people {
				if above := p.Standing.Tier.Above(tiers.Lurker); p.Standing.Tier == tiers.Interactor && hard[p.Member] != "down" || !above && hard[p.Member] == "down" {
					t.Errorf("%s holds %s: %q", p.Member, p.Standing.Tier, hard[p.Member])
				}
			}
			if len(hard) == 0 {
				t.Error("nobody would move")
			}
			if diff := cmp.Diff(ways(nil), ways(map[string]string{"interactor_active_days": "x", "nonsense": "1", "koc_partners": "-3"})); diff != "" {
				t.Errorf("nonsense changes something:\n%s", diff)
			}
		})
	}
}

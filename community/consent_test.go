package community_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestConsent(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			c := community.NewConsent(db)
			for _, step := range []struct {
				name    string
				member  community.MemberID
				on      bool
				minute  int
				changed bool
				has     bool
			}{
				{"taking back what was never said changes nothing", "m1", false, 0, false, false},
				{"saying it changes it", "m1", true, 1, true, true},
				{"saying it again changes nothing", "m1", true, 2, false, true},
				{"another member says it too", "m2", true, 3, true, true},
				{"taking it back changes it", "m1", false, 5, true, false},
				{"a word from before that arrives late changes nothing", "m1", true, 4, false, false},
				{"taking it back again changes nothing", "m1", false, 6, false, false},
				{"saying it once more changes it", "m1", true, 7, true, true},
				{"a late word can't take it back either", "m1", false, 6, false, true},
			} {
				at := noon.Add(time.Duration(step.minute) * time.Minute)
				if changed := must(c.Set(ctx, step.member, community.NoNudge, step.on, at))(t); changed != step.changed {
					t.Errorf("%s: changed = %v", step.name, changed)
				}
				if has := must(c.Has(ctx, step.member, community.NoNudge))(t); has != step.has {
					t.Errorf("%s: has = %v", step.name, has)
				}
			}
			want := map[community.MemberID]bool{"m1": true, "m2": true}
			if diff := cmp.Diff(want, must(c.All(ctx, community.NoNudge))(t)); diff != "" {
				t.Error(diff)
			}
			if has := must(c.Has(ctx, "m1", community.HideRank))(t); has {
				t.Error("one kind turned on another")
			}
			var history int
			db.Conn(ctx).Raw("SELECT COUNT(*) FROM consent_changes WHERE member_id = 'm1'").Scan(&history)
			if history != 5 {
				t.Errorf("history has %d changes of m1, want 3 that counted and 2 late ones", history)
			}
		})
	})
}

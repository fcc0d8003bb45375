package community_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestContributions(t *testing.T) {
	day := community.Date(2026, 11, 2)
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			c := community.NewContributions(db)
			record := func(key string, m community.MemberID, d community.Day, at time.Time) {
				t.Helper()
				k := community.Contribution{Key: key, Member: m, Group: "g1", Kind: community.BestAnswer, Ref: "t1", At: at, Day: d}
				if err := c.Record(ctx, k); err != nil {
					t.Fatal(err)
				}
			}
			check := func(name string, want map[community.MemberID]int) {
				t.Helper()
				got := must(c.By(ctx, day, day+2))(t)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				for m, n := range want {
					if one := must(c.Count(ctx, m, day, day+2))(t); one != n {
						t.Errorf("%s: Count(%s) = %d, want %d", name, m, one, n)
					}
				}
			}
			withdraw := func(key string, at time.Time) {
				t.Helper()
				if err := c.Withdraw(ctx, key, at); err != nil {
					t.Fatal(err)
				}
			}
			record("a", "m1", day, noon)
			record("b", "m1", day+1, noon)
			record("c", "m2", day+2, noon)
			record("d", "m3", day-1, noon)
			check("the first Day is in and the last is out", map[community.MemberID]int{"m1": 2})
			record("a", "m1", day, noon)
			record("a", "m2", day, noon.Add(time.Hour))
			check("a key counts once, for the first", map[community.MemberID]int{"m1": 2})
			withdraw("a", noon.Add(2*time.Hour))
			withdraw("unknown", noon)
			check("what is withdrawn doesn't count", map[community.MemberID]int{"m1": 1})
			record("a", "m1", day, noon.Add(time.Hour))
			check("what happened before the withdrawal doesn't bring it back", map[community.MemberID]int{"m1": 1})
			record("a", "m2", day, noon.Add(3*time.Hour))
			check("what happened after it counts", map[community.MemberID]int{"m1": 1, "m2": 1})
		})
	})
}

package community_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestNoiseBudget(t *testing.T) {
	cal := shanghai()
	day := cal.Day(noon)
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			n := community.NewNoise(db, cal, 2)
			for i, c := range []struct {
				name  string
				group community.GroupID
				at    time.Time
				want  bool
			}{
				{"the first", "g1", noon, true},
				{"the second", "g1", noon.Add(time.Hour), true},
				{"one too many", "g1", noon.Add(2 * time.Hour), false},
				{"another group", "g2", noon.Add(2 * time.Hour), true},
				{"after midnight is the same Day", "g1", noon.Add(13 * time.Hour), false},
				{"the next Day", "g1", noon.Add(16 * time.Hour), true},
			} {
				u := community.Unasked{Group: c.group, Feature: "topic", Text: " 今天\n聊聊 \u202e" + string(rune('A'+i))}
				if ok := must(n.TakeFor(ctx, c.at, u))(t); ok != c.want {
					t.Errorf("%s: %v", c.name, ok)
				}
			}
			if err := n.Withhold(ctx, noon, community.Unasked{Group: "g2", Feature: "nudge", Text: "想你啦"}, "夜里不打扰"); err != nil {
				t.Fatal(err)
			}
			want := []community.Withheld{
				{Group: "g1", Day: day, At: noon.Add(2 * time.Hour), Feature: "topic", Preview: "今天 聊聊 C", Reason: community.OverBudget},
				{Group: "g1", Day: day, At: noon.Add(13 * time.Hour), Feature: "topic", Preview: "今天 聊聊 E", Reason: community.OverBudget},
			}
			if diff := cmp.Diff(want, withoutIDs(must(n.Withheld(ctx, "g1", day))(t))); diff != "" {
				t.Error(diff)
			}
			if all := must(n.Withheld(ctx, "", day))(t); len(all) != 3 || all[0].Reason != "夜里不打扰" {
				t.Errorf("of all groups: %+v", all)
			}
		})
	})
}

func withoutIDs(list []community.Withheld) []community.Withheld {
	for i := range list {
		list[i].ID = 0
	}
	return list
}

func TestWithoutABudgetNothingIsSaidUnasked(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			n := community.NewNoise(db, shanghai(), 0)
			r := &bot.Request{Event: bot.Event{ID: "e1", At: noon}, Actor: bot.Actor{Group: "g1"}}
			if ok := must(n.Take(ctx, r, "早上好"))(t); ok {
				t.Error("it was said")
			}
		})
	})
}

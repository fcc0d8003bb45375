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
			n := community.NewNoise(db, cal, 2, community.Night{})
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
			if diff := cmp.Diff(want, withoutIDs(must(n.Withheld(ctx, "g1", cal.Start(day), cal.Start(day+1)))(t))); diff != "" {
				t.Error(diff)
			}
			if all := must(n.Withheld(ctx, "", cal.Start(day), cal.Start(day+1)))(t); len(all) != 3 || all[0].Reason != "夜里不打扰" {
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
			n := community.NewNoise(db, shanghai(), 0, community.Night{})
			r := &bot.Request{Event: bot.Event{ID: "e1", At: noon}, Actor: bot.Actor{Group: "g1"}}
			if ok := must(n.Take(ctx, r, "早上好"))(t); ok {
				t.Error("it was said")
			}
		})
	})
}

func TestNothingIsSaidUnaskedAtNight(t *testing.T) {
	hour := time.Hour
	for _, c := range []struct {
		night     community.Night
		at, until string // until is empty where it is no night
	}{
		{community.Night{From: 0, Until: 7 * hour}, "2026-11-22 00:00", "2026-11-22 07:00"},
		{community.Night{From: 0, Until: 7 * hour}, "2026-11-22 06:59", "2026-11-22 07:00"},
		{community.Night{From: 0, Until: 7 * hour}, "2026-11-22 07:00", ""},
		{community.Night{From: 0, Until: 7 * hour}, "2026-11-22 23:59", ""},
		{community.Night{From: 22 * hour, Until: 8 * hour}, "2026-11-22 22:00", "2026-11-23 08:00"},
		{community.Night{From: 22 * hour, Until: 8 * hour}, "2026-11-22 07:30", "2026-11-22 08:00"},
		{community.Night{From: 22 * hour, Until: 8 * hour}, "2026-11-22 12:00", ""},
		{community.Night{From: 8 * hour, Until: 8 * hour}, "2026-11-22 08:00", ""},
	} {
		each(t, func(t *testing.T, db bot.Storage) {
			within(t, db, func(ctx context.Context) {
				n := community.NewNoise(db, shanghai(), 2, c.night)
				at := must(time.ParseInLocation("2006-01-02 15:04", c.at, shanghai().Zone()))(t)
				until, quiet := n.Quiet(at)
				if got := until.In(at.Location()).Format("2006-01-02 15:04"); quiet != (c.until != "") || quiet && got != c.until {
					t.Errorf("%v at %s: %v until %s", c.night, c.at, quiet, got)
				}
				u := community.Unasked{Group: "g1", Feature: "topic", Text: "聊聊"}
				if ok := must(n.TakeFor(ctx, at, u))(t); ok == quiet {
					t.Errorf("%v at %s: said is %v", c.night, c.at, ok)
				}
				if list := must(n.Withheld(ctx, "g1", at, at.Add(time.Minute)))(t); quiet != (len(list) == 1 && list[0].Reason == community.AtNight) {
					t.Errorf("%v at %s: withheld %+v", c.night, c.at, list)
				}
				u.Dated = true
				if ok := must(n.TakeFor(ctx, at, u))(t); !ok {
					t.Errorf("%v at %s: what a manager dated is withheld", c.night, c.at)
				}
			})
		})
	}
}

func TestWhatWaitedTooLongIsListed(t *testing.T) {
	cal := shanghai()
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			for _, o := range [...]struct{ group, member, text, state, reason string }{
				{"g1", "", "早安\n各位", "withheld", "too late"},
				{"g2", "", "午安", "withheld", "too late: nobody is found"},
				{"", "m1", "你有 7 分", "withheld", "too late"},
				{"g1", "", "别的", "withheld", "its guard failed"},
				{"g1", "", "说了", "sent", ""},
			} {
				err := db.Conn(ctx).Exec(`INSERT INTO outbox (feature, ref, event, group_id, member_id, text, mention, priority, said_at, not_before, not_after,
					guard, state, reason, settled_at) VALUES ('post', '', 'e', ?, ?, ?, '', 40, ?, 0, 1, '', ?, ?, ?)`,
					o.group, o.member, o.text, noon.UnixMilli(), o.state, o.reason, noon.Add(3*time.Hour).UnixMilli()).Error
				if err != nil {
					t.Fatal(err)
				}
			}
			n := community.NewNoise(db, cal, 2, community.Night{})
			late := func(group community.GroupID, preview string) community.Withheld {
				return community.Withheld{Group: group, Private: group == "", Day: cal.Day(noon), At: noon.Add(3 * time.Hour), Feature: "post",
					Preview: preview, Reason: community.TooLate, Due: noon}
			}
			all := must(n.Withheld(ctx, "", noon, noon.Add(4*time.Hour)))(t)
			if diff := cmp.Diff([]community.Withheld{late("g1", "早安 各位"), late("g2", "午安"), late("", "")}, all); diff != "" {
				t.Error(diff)
			}
			here := must(n.Withheld(ctx, "g2", noon, noon.Add(4*time.Hour)))(t)
			if diff := cmp.Diff([]community.Withheld{late("g2", "午安")}, here); diff != "" {
				t.Error(diff)
			}
			if list := must(n.Withheld(ctx, "", noon, noon.Add(3*time.Hour)))(t); len(list) != 0 {
				t.Errorf("before it was withheld: %+v", list)
			}
		})
	})
}

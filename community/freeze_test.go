package community_test

import (
	"context"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestWhoIsFrozenEarnsAndSpendsNothing(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		id := e.gives("小明", 10)
		freeze := func(ctx context.Context, r *bot.Request) error { return e.Community.Purse.Freeze(ctx, r, id, "why") }
		if got := e.as("老王", false, freeze); got != "" {
			t.Fatal(got)
		}
		e.gives("小明", 5)
		for _, private := range []bool{true, false} {
			if got := e.spends("小明", private, id, 1); !strings.Contains(got, "已被冻结") {
				t.Errorf("spent while frozen: %q", got)
			}
		}
		if got := e.spends("老王", false, id, 3); got != "" {
			t.Errorf("a manager can't deduct: %s", got)
		}
		e.as("老王", false, func(ctx context.Context, r *bot.Request) error { return e.Community.Purse.Thaw(ctx, r, id) })
		if got := e.spends("小明", true, id, 12); got != "" {
			t.Errorf("thawed and refused: %s", got)
		}
		e.balanced()
	})
}

func TestAFreezeFollowsWhoIsOnePerson(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		a, b := e.gives("小明", 10), e.gives("小明二号", 10)
		e.as("老王", false, func(ctx context.Context, r *bot.Request) error { return e.Community.Purse.Freeze(ctx, r, b, "why") })
		if got := e.spends("小明", true, a, 1); got != "" {
			t.Fatalf("somebody else was frozen: %s", got)
		}
		e.as("老王", false, func(ctx context.Context, r *bot.Request) error { return e.Community.Merge(ctx, r, b, a, "test") })
		if got := e.spends("小明", true, a, 1); !strings.Contains(got, "已被冻结") {
			t.Errorf("the person is not frozen: %q", got)
		}
		e.as("老王", false, func(ctx context.Context, r *bot.Request) error { return e.Community.Split(ctx, r, b) })
		if got := e.spends("小明", true, a, 1); got != "" {
			t.Errorf("frozen after the split: %s", got)
		}
		if got := e.spends("小明二号", true, b, 1); !strings.Contains(got, "已被冻结") {
			t.Errorf("the split lost the freeze: %q", got)
		}
	})
}

func TestWhoLeftAllGroupsKeepsPointsUntilTheyAreBack(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		id := e.gives("小明", 10)
		person := bot.Person{User: "小明", Name: "小明", Stable: true}
		e.happens(bot.Event{Kind: bot.Joined, Chat: "c2", From: person})
		e.happens(bot.Event{Kind: bot.Left, Chat: "c1", From: person})
		if got := e.spends("小明", true, id, 1); got != "" {
			t.Fatalf("they are in a group still: %s", got)
		}
		e.happens(bot.Event{Kind: bot.Left, Chat: "c2", From: person})
		if got := e.spends("小明", true, id, 1); !strings.Contains(got, "不在任何群里") {
			t.Errorf("spent while away: %q", got)
		}
		e.happens(bot.Event{Kind: bot.Joined, Chat: "c1", From: person})
		if got := e.spends("小明", true, id, 9); got != "" {
			t.Errorf("they are back: %s", got)
		}
	})
}

func TestIsGoneSaysOfOnePersonWhatGoneSaysOfAll(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		var ids []community.MemberID
		for _, name := range []string{"一", "二", "三"} {
			ids = append(ids, e.gives(name, 1))
		}
		e.happens(bot.Event{Kind: bot.Left, Chat: "c1", From: bot.Person{User: "二", Name: "二", Stable: true}})
		e.as("一", false, func(ctx context.Context, r *bot.Request) error {
			all, err := e.Community.Gone(ctx)
			if err != nil || len(all) != 1 || all[0] != ids[1] {
				t.Errorf("gone are %v, %v", all, err)
			}
			for i, id := range ids {
				if gone, err := e.Community.IsGone(ctx, id); err != nil || gone != (i == 1) {
					t.Errorf("%s is gone: %v, %v", id, gone, err)
				}
			}
			return nil
		})
	})
}

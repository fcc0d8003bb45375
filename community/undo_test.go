package community_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestUndoCodes(t *testing.T) {
	type try struct {
		member  string
		role    bot.Role
		after   time.Duration
		verdict string
	}
	for _, c := range []struct {
		name  string
		tries []try
		undid int
	}{
		{"who did it can undo it once", []try{{"m1", bot.Moderator, time.Hour, "undo.done"}, {"m1", bot.Moderator, time.Hour, "undo.used"}}, 1},
		{"another moderator can't", []try{{"m2", bot.Moderator, time.Hour, "undo.not_yours"}}, 0},
		{"a manager can", []try{{"m2", bot.Manager, time.Hour, "undo.done"}}, 1},
		{"the owner can", []try{{"m3", bot.Owner, time.Hour, "undo.done"}}, 1},
		{"a day later it is still good", []try{{"m1", bot.Moderator, 24 * time.Hour, "undo.done"}}, 1},
		{"after a day it is not", []try{{"m1", bot.Moderator, 24*time.Hour + time.Second, "undo.expired"}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, db bot.Storage) {
				within(t, db, func(ctx context.Context) {
					u := community.NewUndo(db, community.NewAudit(db))
					undid := 0
					u.Register("points.give", func(_ context.Context, _ *bot.Request, payload []byte) error {
						undid++
						if string(payload) != `{"n":5}` {
							t.Errorf("payload %s", payload)
						}
						return nil
					})
					code := must(u.OfferBy(ctx, by("e1", "m1", bot.Moderator, noon), rand.New(rand.NewPCG(1, 2)), "points.give", map[string]int{"n": 5}))(t)
					if len(code) != 6 || strings.ContainsAny(code, "01IOLSB5Z2") {
						t.Errorf("code %q is hard to read", code)
					}
					for i, try := range c.tries {
						r := by(fmt.Sprint("u", i), try.member, try.role, noon.Add(try.after))
						if verdict := must(u.Run(ctx, r, code))(t); verdict != try.verdict {
							t.Errorf("try %d: %q, want %q", i, verdict, try.verdict)
						}
					}
					if undid != c.undid {
						t.Errorf("undone %d times, want %d", undid, c.undid)
					}
				})
			})
		})
	}
}

func TestAnUndoThatIsRefusedKeepsItsCode(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		audit := community.NewAudit(db)
		u := community.NewUndo(db, audit)
		full := true
		u.Register("shop.refund", func(context.Context, *bot.Request, []byte) error {
			if full {
				return bot.Refuse("已经发货啦")
			}
			return nil
		})
		within(t, db, func(ctx context.Context) {
			r := by("e1", "m1", bot.Manager, noon)
			code := must(u.OfferBy(ctx, r, rand.New(rand.NewPCG(1, 2)), "shop.refund", nil))(t)
			err := db.Tx(ctx, func(ctx context.Context) error {
				_, err := u.Run(ctx, r, code)
				return err
			})
			if refusal := (*bot.Refusal)(nil); !errors.As(err, &refusal) {
				t.Fatalf("want a refusal, got %v", err)
			}
			full = false
			if verdict := must(u.Run(ctx, r, code))(t); verdict != "undo.done" {
				t.Error(verdict)
			}
			if verdict := must(u.Run(ctx, r, "AAAAAA"))(t); verdict != "undo.unknown" {
				t.Error(verdict)
			}
		})
	})
}

func TestUndoCodesDiffer(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		u := community.NewUndo(db, community.NewAudit(db))
		u.Register("x.y", func(context.Context, *bot.Request, []byte) error { return nil })
		within(t, db, func(ctx context.Context) {
			r := by("e1", "m1", bot.Manager, noon)
			first := must(u.OfferBy(ctx, r, rand.New(rand.NewPCG(1, 2)), "x.y", 1))(t)
			second := must(u.OfferBy(ctx, r, rand.New(rand.NewPCG(1, 2)), "x.y", 2))(t)
			if first == second {
				t.Errorf("the same chance gave the same code %s twice", first)
			}
			if _, err := u.OfferBy(ctx, r, rand.New(rand.NewPCG(1, 2)), "x.z", 1); err == nil {
				t.Error("an action that nobody can take back was offered")
			}
		})
	})
}

func TestBuildTellsWhatIsWrongWithActions(t *testing.T) {
	u := community.NewUndo(nil, nil)
	ok := func(context.Context, *bot.Request, []byte) error { return nil }
	u.Register("points.give", ok)
	if err := u.Build(); err != nil {
		t.Error(err)
	}
	u.Register("points.give", ok)
	u.Register("points.take", nil)
	if err := u.Build(); err == nil || strings.Count(err.Error(), "undo ") != 2 {
		t.Errorf("want two problems, got %v", err)
	}
}

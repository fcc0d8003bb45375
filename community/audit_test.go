package community_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestAuditList(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			a := community.NewAudit(db)
			for i, e := range []struct{ actor, action, target string }{
				{"m1", "points.give", "m7"}, {"m1", "points.take", "m8"}, {"m2", "points.give", "m8"}, {"m2", "group.enable", "g1"},
			} {
				r := by(fmt.Sprint("e", i), e.actor, bot.Manager, noon.Add(time.Duration(i)*time.Hour))
				if err := a.Record(ctx, r, e.action, e.target, map[string]int{"n": i}); err != nil {
					t.Fatal(err)
				}
			}
			all := must(a.List(ctx, community.AuditFilter{}))(t)
			want := community.AuditEntry{
				ID: all[3].ID, At: noon, Event: "e0", Actor: "m1", Role: "manager", Action: "points.give", Target: "m7", Detail: []byte(`{"n":0}`),
			}
			if diff := cmp.Diff(want, all[3]); diff != "" {
				t.Error(diff)
			}
			for _, c := range []struct {
				name   string
				filter community.AuditFilter
				want   []string
			}{
				{"newest first", community.AuditFilter{}, []string{"e3", "e2", "e1", "e0"}},
				{"by actor", community.AuditFilter{Actor: "m1"}, []string{"e1", "e0"}},
				{"by target", community.AuditFilter{Target: "m8"}, []string{"e2", "e1"}},
				{"by action", community.AuditFilter{Action: "points.give"}, []string{"e2", "e0"}},
				{"by time, from in and to out", community.AuditFilter{Since: noon.Add(time.Hour), Until: noon.Add(3 * time.Hour)}, []string{"e2", "e1"}},
				{"a first page", community.AuditFilter{Limit: 2}, []string{"e3", "e2"}},
				{"the next page", community.AuditFilter{Limit: 2, Before: all[1].ID}, []string{"e1", "e0"}},
				{"all together", community.AuditFilter{Actor: "m2", Action: "points.give", Target: "m8"}, []string{"e2"}},
			} {
				var got []string
				for _, e := range must(a.List(ctx, c.filter))(t) {
					got = append(got, e.Event)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s: %s", c.name, diff)
				}
			}
		})
	})
}

func TestTheDatabaseRefusesToChangeTheAudit(t *testing.T) {
	for _, change := range []string{
		"UPDATE audits SET actor = 'm9'",
		"DELETE FROM audits",
		"REPLACE INTO audits SELECT * FROM audits",
		"TRUNCATE audits",
	} {
		t.Run(change, func(t *testing.T) {
			each(t, func(t *testing.T, db bot.Storage) {
				a := community.NewAudit(db)
				within(t, db, func(ctx context.Context) {
					if err := a.Record(ctx, by("e1", "m1", bot.Owner, noon), "bind", "m1", nil); err != nil {
						t.Fatal(err)
					}
					err := db.Tx(ctx, func(ctx context.Context) error { return db.Conn(ctx).Exec(change).Error })
					if err == nil {
						t.Error("the database did it")
					}
					left := must(a.List(ctx, community.AuditFilter{}))(t)
					if len(left) != 1 || left[0].Actor != "m1" {
						t.Errorf("left: %v", left)
					}
				})
			})
		})
	}
}

func TestAnUndoIsAudited(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		a := community.NewAudit(db)
		u := community.NewUndo(db, a)
		u.Register("points.give", func(context.Context, *bot.Request, []byte) error { return nil })
		within(t, db, func(ctx context.Context) {
			r := by("e1", "m1", bot.Moderator, noon)
			if err := a.Record(ctx, r, "points.give", "m7", nil); err != nil {
				t.Fatal(err)
			}
			code := must(u.OfferBy(ctx, r, rand.New(rand.NewPCG(1, 2)), "points.give", nil))(t)
			must(u.Run(ctx, by("e2", "m2", bot.Owner, noon.Add(time.Hour)), code))(t)
			got := must(a.List(ctx, community.AuditFilter{Target: "m7"}))(t)
			if len(got) != 2 || got[0].Action != "undo" || got[0].UndoOf != "e1" || got[0].Actor != "m2" || got[0].Event != "e2" {
				t.Errorf("%+v", got)
			}
		})
	})
}

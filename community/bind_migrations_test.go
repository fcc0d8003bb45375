package community_test

import (
	"context"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestBindingsOfStableIDsAreKeptWhenSessionsCome(t *testing.T) {
	all := community.Migrations()
	before := 0
	for !strings.HasSuffix(all[before].ID, "_sessions") {
		before++
	}
	dbtest.Each(t, []database.Owner{{Name: "community", List: all[:before]}}, func(t *testing.T, db *database.DB) {
		within(t, db, func(ctx context.Context) {
			for _, stmt := range []string{
				`INSERT INTO groups (id, name, language, adopted, created_at) VALUES ('g1', '群', '', TRUE, 1)`,
				`INSERT INTO chats (transport, chat, group_id, at) VALUES ('jsonl', 'c1', 'g1', 1)`,
				`INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) VALUES ('m1', '甲', '甲', 1, 1, 0, FALSE)`,
				`INSERT INTO bindings (transport, user_id, member_id, strong, evidence, at) VALUES ('jsonl', 'u1', 'm1', TRUE, 'stable id', 1)`,
			} {
				if err := db.Conn(ctx).Exec(stmt).Error; err != nil {
					t.Fatal(err)
				}
			}
		})
		if err := database.Migrate(t.Context(), db, database.Owner{Name: "community", List: all}); err != nil {
			t.Fatal(err)
		}
		c := must(community.New(community.Options{Storage: db, Calendar: shanghai(), Words: community.DefaultWords()}))(t)
		for _, o := range []bot.Outgoing{{Group: "g1"}, {Member: "m1"}} {
			if err := c.Resolve(t.Context(), &o); err != nil || o.Route.Transport != "jsonl" || o.Route.Chat != "c1" && o.Route.User != "u1" {
				t.Errorf("got %+v, %v", o.Route, err)
			}
		}
		within(t, db, func(ctx context.Context) {
			r := &bot.Request{Event: bot.Event{ID: "e", Kind: bot.Message, At: noon, Transport: "jsonl", Session: "any", Chat: "c1",
				From: bot.Person{User: "u1", Name: "甲", Stable: true}}}
			if err := c.Observe(ctx, r); err != nil || r.Actor.Member != "m1" || r.Actor.Group != "g1" || !r.Actor.Strong {
				t.Errorf("got %+v, %v", r.Actor, err)
			}
		})
	})
}

package community_test

import (
	"context"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// noon is noon of 2026-11-02 in Shanghai.
var noon = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

func shanghai() *community.Calendar {
	return community.NewCalendar(time.FixedZone("CST", 8*3600), 4*time.Hour)
}

// each runs fn on a fresh database of each engine, with the community's tables.
func each(t *testing.T, fn func(t *testing.T, db bot.Storage)) {
	t.Helper()
	owners := []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "community", List: community.Migrations()}}
	dbtest.Each(t, owners, func(t *testing.T, db *database.DB) { fn(t, db) })
}

// within runs fn in a transaction that is kept.
func within(t *testing.T, db bot.Storage, fn func(ctx context.Context)) {
	t.Helper()
	err := db.Tx(t.Context(), func(ctx context.Context) error {
		fn(ctx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// must fails the test where err is one.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func by(id, member string, role bot.Role, at time.Time) *bot.Request {
	return &bot.Request{Event: bot.Event{ID: id, At: at}, Actor: bot.Actor{Member: member, Role: role}}
}

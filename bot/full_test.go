package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// counts is a feature that keeps a number in memory beside what it stores, as caches do.
func counts(s *storage, memory *int) bot.Feature {
	return bot.Feature{Name: "counts", Locales: texts, Commands: []bot.Command{command("签到", func(ctx context.Context, r *bot.Request) error {
		before := *memory
		*memory++
		s.OnRollback(ctx, func() { *memory = before })
		r.Reply("好")
		return s.note(ctx, r, r.ID)
	})}}
}

func TestWhenTheStorageFailsNothingIsKept(t *testing.T) {
	full := errors.New("no room left")
	cases := []struct{ name, where string }{
		{"accepting", "INSERT INTO inbox"},
		{"enqueueing", "INSERT INTO outbox"},
	}
	for _, c := range cases {
		t.Run("while "+c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *storage) {
				memory := 0
				e := engine(t, options(s, counts(s, &memory)))
				batch := []bot.Event{message("e1", "签到"), message("e2", "签到"), message("e3", "签到")}
				s.failWith(func(query string) error {
					if strings.HasPrefix(query, c.where) {
						return full
					}
					return nil
				})
				for range 2 {
					if err := e.Deliver(t.Context(), batch); err == nil {
						t.Fatal("an event was acknowledged that was not stored")
					}
					s.wantNotes(t)
					s.wantOutbox(t)
					if memory != 0 {
						t.Errorf("memory holds %d", memory)
					}
				}
				s.heal()
				deliver(t, e, batch...)
				s.wantNotes(t, "e1", "e2", "e3")
				s.wantOutbox(t, "好=pending", "好=pending", "好=pending")
				if memory != 3 {
					t.Errorf("memory holds %d of 3", memory)
				}
			})
		})
	}
}

// The real thing, as far as one process can make it: SQLite may not take another page.
func TestAFullDiskLosesNothing(t *testing.T) {
	s := &storage{DB: dbtest.Open(t, "sqlite", owners())}
	memory := 0
	e := engine(t, options(s, counts(s, &memory)))
	s.pages = 40
	var acknowledged, refused []string
	for i := range 400 {
		id := fmt.Sprintf("e%03d/%s", i, strings.Repeat("x", 150))
		switch err := e.Deliver(t.Context(), []bot.Event{message(id, "签到")}); {
		case err == nil:
			acknowledged = append(acknowledged, id)
		case database.IsFull(err):
			refused = append(refused, id)
		default:
			t.Fatalf("another error: %v", err)
		}
	}
	if len(refused) == 0 {
		t.Fatal("the disk was never full")
	}
	check := func() {
		t.Helper()
		s.wantNotes(t, acknowledged...)
		if n := len(s.strings(t, `SELECT text FROM outbox`)); n != len(acknowledged) || memory != n {
			t.Errorf("%d words and %d in memory for %d events", n, memory, len(acknowledged))
		}
	}
	check()
	s.pages = 1 << 20
	for _, id := range refused {
		deliver(t, e, message(id, "签到"))
		acknowledged = append(acknowledged, id)
	}
	check()
	if len(slices.Compact(slices.Sorted(slices.Values(acknowledged)))) != 400 {
		t.Error("not all were told apart")
	}
}

func TestAFullDiskWithinABatchStopsAtTheFirstThatDoesNotFit(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		full := errors.New("no room left")
		room := false
		opts := options(s)
		opts.Observe = func(ctx context.Context, r *bot.Request) error {
			if !room && r.ID >= "e002" {
				return full
			}
			return s.note(ctx, r, r.ID)
		}
		e := engine(t, opts)
		if err := e.Deliver(t.Context(), ids(0, 5)); !errors.Is(err, full) {
			t.Errorf("deliver: %v", err)
		}
		s.wantNotes(t, "e000", "e001")
		room = true
		deliver(t, e, ids(0, 5)...)
		s.wantNotes(t, "e000", "e001", "e002", "e003", "e004")
	})
}

package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestAPlanIsReplacedAndTakenBack(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var l log
		f := diary(&l, bot.Job{Name: "word", Ritual: true})
		f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
			switch r.Text {
			case "morning":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "0 9 * * *"})
			case "evening":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "0 20 * * *", From: noon.Add(24 * time.Hour), Until: noon.Add(72 * time.Hour)})
			case "bad":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "x"})
			case "both":
				return r.Plan(ctx, bot.Plan{Job: "word", Key: "k", Spec: "0 9 * * *", At: noon})
			}
			return r.Unplan(ctx, "word", "k")
		}, bot.Message)}
		e := started(t, s, noon, f)
		say := func(id, text string, at time.Time) {
			ev := message(id, text)
			ev.At, ev.SeenAt = at, at
			deliver(t, e, ev)
		}
		say("1", "morning", noon)
		say("2", "bad", noon)
		say("3", "both", noon)
		advance(t, e, noon.Add(22*time.Hour), true)
		say("4", "evening", noon.Add(45*time.Hour+30*time.Minute)) // the slot of 09:00 is due, and was not looked at
		advance(t, e, noon.Add(5*24*time.Hour), false)
		say("5", "take back", noon.Add(5*24*time.Hour))
		say("6", "take back", noon.Add(5*24*time.Hour))
		l.want(t, "wordk at 2026-11-23 10:00 for 2026-11-23 09:00", "wordk at 2026-11-24 20:00 for 2026-11-24 20:00")
		want := []string{"late ", "skipped changed", "sent "}
		if got := s.strings(t, `SELECT ending || ' ' || reason FROM occurrences ORDER BY slot`); !slices.Equal(got, want) {
			t.Errorf("on record: %q", got)
		}
		if left := s.strings(t, `SELECT key FROM plans`); len(left) > 0 {
			t.Errorf("still planned: %v", left)
		}
	})
}

func TestHowAnOccurrenceEnds(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		for name, c := range map[string]struct {
			run  bot.Handler
			late time.Duration
			want string
		}{
			"sent":                   {func(_ context.Context, r *bot.Request) error { r.Say("g", "x"); return nil }, 0, "sent  x"},
			"late":                   {func(_ context.Context, r *bot.Request) error { r.Say("g", fmt.Sprint(r.Late())); return nil }, 2 * time.Hour, "late  true"},
			"late within the grace":  {func(_ context.Context, r *bot.Request) error { r.Say("g", fmt.Sprint(r.Late())); return nil }, time.Hour, "sent  false"},
			"skipped for a reason":   {func(_ context.Context, r *bot.Request) error { r.Skip("holiday"); return nil }, 0, "skipped holiday "},
			"skipped with a word":    {func(_ context.Context, r *bot.Request) error { r.Say("g", "psst"); r.Skip("holiday"); return nil }, 0, "skipped holiday psst"},
			"skipped by a failure":   {func(_ context.Context, r *bot.Request) error { r.Say("g", "x"); return errors.New("no") }, 0, "skipped failed "},
			"skipped by a panic":     {func(_ context.Context, r *bot.Request) error { panic("no") }, 0, "skipped failed "},
			"skipped by a refusal":   {func(_ context.Context, r *bot.Request) error { return bot.Refuse("no") }, 0, "skipped refused "},
			"skipped before a panic": {func(_ context.Context, r *bot.Request) error { r.Skip("holiday"); panic("no") }, 0, "skipped failed "},
		} {
			t.Run(name, func(t *testing.T) {
				s.clear(t)
				e := started(t, s, noon, bot.Feature{Name: "rites", Jobs: []bot.Job{{Name: "j", Spec: "0 13 * * *", Ritual: true, Grace: time.Hour, Run: c.run}}})
				for range 2 {
					advance(t, e, noon.Add(time.Hour+c.late), true)
				}
				got := s.strings(t, `SELECT ending || ' ' || reason || ' ' || COALESCE((SELECT text FROM outbox), '') FROM occurrences`)
				if !slices.Equal(got, []string{c.want}) {
					t.Errorf("on record: %q, want %q", got, c.want)
				}
			})
		}
	})
}

func TestWhatIsStillToComeIsForeseen(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		e := started(t, s, noon, rites(s, standing()))
		deliver(t, e, message("plan", "x"))
		foreseen, err := e.Occurrences(t.Context(), noon, noon.Add(48*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		advance(t, e, noon.Add(48*time.Hour-time.Second), false)
		happened, err := e.Occurrences(t.Context(), noon, noon.Add(48*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if len(foreseen) < 50 || len(foreseen) != len(happened) {
			t.Fatalf("%d foreseen, %d happened", len(foreseen), len(happened))
		}
		for i, f := range foreseen {
			h := happened[i]
			if f.Job != h.Job || f.Key != h.Key || f.Title != h.Title || f.Group != h.Group || !f.Slot.Equal(h.Slot) || f.Ending != bot.ToCome ||
				h.Ending != bot.InTime || h.Words[bot.Pending] != 1 {
				t.Errorf("foreseen %+v, happened %+v", f, h)
			}
		}
	})
}

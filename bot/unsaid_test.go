package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
)

func TestWhyTheWordsOfAnOccurrenceWereWithheld(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		slot := noon.Add(time.Hour)
		f := bot.Feature{
			Name:   "rites",
			Guards: map[string]bot.Guard{"never": func(context.Context, bot.Outgoing, time.Time) (string, error) { return "not now", nil }},
			Jobs: []bot.Job{{Name: "j", Spec: "0 13 * * *", Ritual: true, Run: func(_ context.Context, r *bot.Request) error {
				for _, late := range [...]time.Duration{time.Hour, 2 * time.Hour} {
					r.Send(bot.Outgoing{Group: "g", Text: "x", NotAfter: r.At.Add(late)})
				}
				r.Send(bot.Outgoing{Member: "m", Text: "for you", NotAfter: r.At.Add(time.Hour)})
				r.Send(bot.Outgoing{Group: "g", Text: "shielded", Guard: "never", NotAfter: r.At.Add(9 * time.Hour)})
				r.Send(bot.Outgoing{Group: "g", Text: "bad"})
				return nil
			}}},
		}
		opts := options(s, f)
		opts.Screen = func(text string) (string, bool) { return "bad", strings.Contains(text, "bad") }
		e := engine(t, opts)
		if err := e.Start(t.Context(), noon); err != nil {
			t.Fatal(err)
		}
		advance(t, e, slot, true)
		read := func() bot.Occurrence {
			list, err := e.Occurrences(t.Context(), slot, slot.Add(time.Second))
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			return list[0]
		}
		if o := read(); !o.Silent() || o.Words[bot.Pending] != 4 {
			t.Errorf("while it waits: %+v", o)
		}
		v, err := bot.NewPacing(s, time.UTC).Queue(t.Context(), slot.Add(time.Hour+time.Millisecond))
		if err != nil || v.Waiting != 4 || v.Stale != 2 {
			t.Errorf("%d wait, %d of them too late: %v", v.Waiting, v.Stale, err)
		}
		at := slot.Add(4 * time.Hour)
		if claimed, err := e.Claim(t.Context(), at, 10); err != nil || len(claimed) != 0 {
			t.Fatal(claimed, err)
		}
		want := []bot.Unsaid{
			{Cause: bot.CauseOther, N: 1}, {Cause: bot.CauseWord, N: 1}, {Cause: bot.CauseTooLate, N: 3, NotAfter: slot.Add(2 * time.Hour)},
		}
		if diff := cmp.Diff(want, read().Withheld); diff != "" {
			t.Error(diff)
		}
		overdue, err := bot.Overdues(t.Context(), s, at, at.Add(time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		for i := range overdue {
			overdue[i].ID = 0
		}
		late := bot.Overdue{Feature: "rites", Group: "g", Text: "x", Due: slot, At: at}
		private := bot.Overdue{Feature: "rites", Member: "m", Text: "for you", Due: slot, At: at}
		if diff := cmp.Diff([]bot.Overdue{late, late, private}, overdue); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatIsDueAtOnceIsInTheOrderOfItsNumbers(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		keys := []string{"2/g1", "10/g1", "10/g2", "10/g10", "101/g1"}
		f := bot.Feature{
			Name: "rites", Jobs: []bot.Job{{Name: "j", Ritual: true, Run: func(context.Context, *bot.Request) error { return nil }}},
			On: []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
				for _, key := range keys {
					if err := r.Plan(ctx, bot.Plan{Job: "j", Key: key, At: noon.Add(time.Hour)}); err != nil {
						return err
					}
				}
				return nil
			}, bot.Message)},
		}
		e := started(t, s, noon, f)
		deliver(t, e, message("1", "x"))
		for _, when := range [...]string{"to come", "over"} {
			list, err := e.Occurrences(t.Context(), noon, noon.Add(2*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range list {
				got = append(got, o.Key)
			}
			if diff := cmp.Diff(keys, got); diff != "" {
				t.Errorf("%s: %s", when, diff)
			}
			advance(t, e, noon.Add(2*time.Hour), true)
		}
	})
}

package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
)

// rite is something that comes due, as rites knows it.
type rite struct {
	key  string // empty: the job daily
	spec string
	at   time.Time
	plan bot.CatchUp
}

// due are all slots of a rite after an instant and up to another.
func (c rite) due(t *testing.T, zone *time.Location, after, to time.Time) (list []time.Time) {
	t.Helper()
	if c.spec == "" {
		if c.at.After(to) {
			return nil
		}
		return []time.Time{c.at}
	}
	next := schedule.Next(zone)
	for {
		slot, err := next(c.spec, after)
		if err != nil {
			t.Fatal(err)
		}
		if slot.IsZero() || slot.After(to) {
			return list
		}
		list, after = append(list, slot), slot
	}
}

// standing are rites of every kind.
func standing() []rite {
	return []rite{
		{spec: "0 9 * * *"},
		{key: "collapse", spec: "30 9 * * *", plan: bot.Collapse},
		{key: "all", spec: "0 */6 * * *", plan: bot.RunAll},
		{key: "skip", spec: "15 * * * *", plan: bot.Skip},
		{key: "once", at: noon.Add(30 * time.Hour)},
	}
}

// rites is a feature that notes and says each slot that it is told of. The message "plan" plans what is standing.
func rites(s *storage, list []rite) bot.Feature {
	run := func(ctx context.Context, r *bot.Request) error {
		if r.At.Before(r.Slot) {
			return fmt.Errorf("%s fires early: at %s", r.ID, r.At)
		}
		r.Say("g", r.ID)
		return s.note(ctx, r, r.Key+" "+r.Slot.Format(time.RFC3339))
	}
	f := bot.Feature{Name: "rites", Jobs: []bot.Job{
		{Name: "daily", Spec: list[0].spec, Ritual: true, Run: run}, {Name: "word", Ritual: true, Run: run},
	}}
	f.On = []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
		for _, c := range list[1:] {
			if err := r.Plan(ctx, bot.Plan{Job: "word", Key: c.key, Title: c.key, Group: "g", Spec: c.spec, At: c.at, CatchUp: c.plan}); err != nil {
				return err
			}
		}
		return nil
	}, bot.Message)}
	return f
}

// wantContract compares what is on record with the rites: each slot that came due between two instants has
// exactly one ending, what was sent or late ran once and said one thing, and what was not ran never.
func (s *storage) wantContract(t *testing.T, zone *time.Location, list []rite, from, to time.Time) {
	t.Helper()
	want := map[string]bool{}
	for _, c := range list {
		for _, slot := range c.due(t, zone, from, to) {
			want[c.key+" "+slot.Format(time.RFC3339)] = true
		}
	}
	ran := map[string]int{}
	for _, note := range s.strings(t, `SELECT what FROM notes`) {
		ran[note]++
	}
	said := map[string]int{}
	for _, text := range s.strings(t, `SELECT text FROM outbox`) {
		said[text]++
	}
	ended := 0
	for _, row := range s.strings(t, `SELECT key || '|' || slot || '|' || ending || '|' || reason FROM occurrences`) {
		part := strings.Split(row, "|")
		var ms int64
		if _, err := fmt.Sscan(part[1], &ms); err != nil {
			t.Fatal(err)
		}
		name := part[0] + " " + bot.FromMillis(ms).Format(time.RFC3339)
		if !want[name] {
			t.Errorf("%s is on record and was not due", name)
		}
		delete(want, name)
		runs := 0
		switch ending := bot.Ending(part[2]); ending {
		case bot.InTime, bot.TooLate:
			runs = 1
			ended++
		case bot.Collapsed, bot.Skipped:
		default:
			t.Errorf("%s ended as %q", name, ending)
		}
		if ran[name] != runs {
			t.Errorf("%s is %s and ran %d times", name, part[2], ran[name])
		}
	}
	for name := range want {
		t.Errorf("%s came due and has no ending", name)
	}
	if len(said) != ended {
		t.Errorf("%d things said by %d occurrences", len(said), ended)
	}
	for text, n := range said {
		if n != 1 {
			t.Errorf("%s was said %d times", text, n)
		}
	}
}

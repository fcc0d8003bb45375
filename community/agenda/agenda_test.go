package agenda_test

import (
	"context"
	"embed"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/agenda"
	"github.com/weilu-im/weilu/community/communitytest"
)

//go:embed testdata/texts
var texts embed.FS

// rituals is a feature with a morning word to everybody, and words that are planned by "plan 20:00 text".
func rituals(t *testing.T) bot.Feature {
	sub, err := fs.Sub(texts, "testdata/texts")
	if err != nil {
		t.Fatal(err)
	}
	group := func(r *bot.Request) string { group, _, _ := strings.Cut(r.Key, "/"); return group }
	return bot.Feature{
		Name: "rituals", Locales: sub,
		Jobs: []bot.Job{
			{Name: "morning", Spec: "0 9 * * *", Ritual: true, Title: "morning", Grace: time.Hour, Run: func(_ context.Context, r *bot.Request) error {
				if r.Slot.Weekday() == time.Sunday {
					r.Skip("sunday")
				}
				return nil
			}},
			{Name: "said", Ritual: true, Title: "said", Run: func(_ context.Context, r *bot.Request) error {
				_, what, _ := strings.Cut(r.Key, "/")
				switch {
				case strings.HasPrefix(what, "错"):
					return r.Refuse("morning")
				case r.Late():
					what += "（补）"
				}
				r.Say(group(r), what)
				return nil
			}},
		},
		Commands: []bot.Command{{Names: []string{"plan"}, Usage: "usage", Help: "help", Run: func(ctx context.Context, r *bot.Request) error {
			spec, what, _ := strings.Cut(strings.TrimSpace(r.Args), " ")
			plan := bot.Plan{Job: "said", Key: r.Actor.Group + "/" + what, Title: what, Group: r.Actor.Group}
			if clock, err := time.Parse("15:04", spec); err == nil {
				local := r.At.In(time.FixedZone("CST", 8*3600))
				plan.At = time.Date(local.Year(), local.Month(), local.Day(), clock.Hour(), clock.Minute(), 0, 0, local.Location())
			} else {
				plan.Spec = strings.ReplaceAll(spec, "_", " ")
			}
			return r.Plan(ctx, plan)
		}}},
	}
}

// behind is a feature with a ritual for managers, and one that speaks in the first group only.
func behind(t *testing.T) bot.Feature {
	f := rituals(t)
	f.Name, f.Commands = "behind", nil
	f.Jobs = []bot.Job{
		{Name: "books", Spec: "0 10 * * *", Ritual: true, Title: "morning", Backstage: true, Run: func(context.Context, *bot.Request) error { return nil }},
		{Name: "cheer", Spec: "30 10 * * *", Ritual: true, Title: "said", Run: func(_ context.Context, r *bot.Request) error {
			r.Say("g1", "加油")
			return nil
		}},
	}
	return f
}

func TestAGroupIsToldOfWhatItHears(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		return []bot.Feature{behind(t), agenda.New(p.DB, p.Community)}
	}), "testdata/here/*.chat")
}

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		return []bot.Feature{rituals(t), agenda.New(p.DB, p.Community)}
	}), "testdata/*.chat")
}

// Package welcome greets newcomers: those who join together in one message, a crowd without names, and whoever is
// learned of late with other words or not at all.
package welcome

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"text/template"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

type welcome struct {
	db       community.SQL
	c        *community.Community
	cfg      Config
	variants []*template.Template // of the community's own; none: the texts hello.1 to hello.3
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	w := &welcome{db: community.SQL{Storage: db}, c: c, cfg: cfg}
	for _, text := range cfg.Variants {
		if t, err := variant(text); err == nil { // validated
			w.variants = append(w.variants, t)
		}
	}
	f := bot.Feature{
		Name: "welcome", Locales: texts, Section: bot.People, Migrations: migrations(), Personal: personal(),
		Commands: []bot.Command{{Names: []string{"测试欢迎", "test-welcome"}, Help: "help", Role: bot.Manager, Run: w.preview}},
		Jobs:     []bot.Job{{Name: "greet", Run: w.greet}},
		Views:    []bot.View{{Name: "joins", Title: "view.title", Role: bot.Moderator, Read: w.page}},
	}
	if cfg.Enabled {
		f.On = []bot.Listener{bot.On(w.joined, bot.Joined)}
	}
	return f
}

// joined keeps a join, and opens the window in which others are greeted with it. Joins of the night are greeted in
// the morning.
func (w *welcome) joined(ctx context.Context, r *bot.Request) error {
	if r.Actor.Member == "" || r.Actor.Group == "" || r.Actor.Role >= bot.Moderator || r.Actor.Bot {
		return nil
	}
	a := arrival{member: community.MemberID(r.Actor.Origin), group: community.GroupID(r.Actor.Group), at: r.At, learned: r.At}
	if r.SeenAt.After(a.learned) {
		a.learned = r.SeenAt
	}
	var err error
	if a.inviter, err = w.inviter(ctx, a); err != nil {
		return err
	}
	again, err := w.greetedSince(ctx, a.member, r.At.Add(-w.cfg.again()))
	if err != nil {
		return err
	}
	if again {
		return w.keep(ctx, a, known)
	}
	if err := w.keep(ctx, a, waiting); err != nil {
		return err
	}
	return r.Later(ctx, w.c.Noise.Awake(a.learned.Add(w.cfg.window())), "greet", r.Actor.Group)
}

// greet says hello to everybody in a group who waits for it.
func (w *welcome) greet(ctx context.Context, r *bot.Request) error {
	group := community.GroupID(r.Key)
	all, err := w.waiting(ctx, group)
	if err != nil || len(all) == 0 {
		return err
	}
	crowd, err := w.crowd(ctx, group, all[0].learned.Add(-w.cfg.burst()))
	if err != nil {
		return err
	}
	if crowd > w.cfg.BurstJoins {
		calm := all[0].learned.Add(w.cfg.burst())
		if r.At.Before(calm) { // more may come
			return r.Later(ctx, calm, "greet", r.Key)
		}
	}
	here, err := w.sort(ctx, r, all)
	if err != nil {
		return err
	}
	if n := len(here[greeted]) + len(here[late]); crowd > w.cfg.BurstJoins && n > w.cfg.Names {
		everybody := slices.Concat(here[greeted], here[late])
		return w.say(ctx, r, group, digest, everybody, func(place string) (string, error) {
			return r.T("digest", "Group", place, "Count", n, "Minutes", w.cfg.BurstMinutes), nil
		})
	}
	for _, as := range [...]outcome{greeted, late} {
		err := w.say(ctx, r, group, as, here[as], func(place string) (string, error) { return w.greeting(ctx, r, as, place, here[as]) })
		if err != nil {
			return err
		}
	}
	return nil
}

// sort tells whom to greet in which way. Who is not greeted is done with.
func (w *welcome) sort(ctx context.Context, r *bot.Request, all []arrival) (map[outcome][]arrival, error) {
	by := map[outcome][]arrival{}
	for _, a := range all {
		as, err := w.outcome(ctx, r, a)
		if err != nil {
			return nil, err
		}
		by[as] = append(by[as], a)
	}
	for _, as := range [...]outcome{left, spoken} {
		if err := w.end(ctx, r.At, as, by[as]); err != nil {
			return nil, err
		}
	}
	return by, nil
}

func (w *welcome) outcome(ctx context.Context, r *bot.Request, a arrival) (outcome, error) {
	stay, ok, err := w.c.Stay(ctx, a.group, a.member)
	if err != nil {
		return "", err
	}
	if !ok || !stay.Left.IsZero() {
		return left, nil
	}
	if r.At.Sub(a.at) <= w.cfg.late() {
		return greeted, nil
	}
	spoke, err := w.spoke(ctx, a)
	if spoke {
		return spoken, err
	}
	return late, err
}

// say greets some people in a group, where it may hear it.
func (w *welcome) say(ctx context.Context, r *bot.Request, group community.GroupID, as outcome, list []arrival, text func(place string) (string, error)) error {
	if len(list) == 0 {
		return nil
	}
	place, err := w.c.Place(ctx, group)
	if err != nil {
		return err
	}
	said, err := text(w.c.Words.ScreenName(place.Name))
	if err != nil {
		return err
	}
	ok, err := w.c.Noise.TakeFor(ctx, r.At, community.Unasked{Group: group, Feature: r.Feature(), Text: said})
	if err != nil {
		return err
	}
	if !ok {
		return w.end(ctx, r.At, withheld, list)
	}
	r.Send(bot.Outgoing{Group: string(group), Text: said, Priority: bot.Answer, NotAfter: r.At.Add(2 * time.Hour)})
	return w.end(ctx, r.At, as, list)
}

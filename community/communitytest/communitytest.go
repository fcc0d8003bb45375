// Package communitytest builds small communities for the tests of features.
package communitytest

import (
	"context"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/stage"
	"github.com/weilu-im/weilu/config"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// Parts are what features are made of.
type Parts struct {
	DB        *database.DB
	Community *community.Community
	Ledger    *points.Ledger
	Engine    *bot.Engine // there once the world is built
	file      *config.File
}

// Section reads a section of the transcript's settings into cfg, which holds the defaults.
func (p *Parts) Section(name string, cfg any) { p.file.Section(name, cfg) }

// Build makes a transcript.Build of the community and the features that assemble gives, on SQLite.
func Build(tb testing.TB, assemble func(p *Parts) []bot.Feature) transcript.Build {
	return BuildOn(tb, "sqlite", assemble)
}

// BuildOn is Build on another engine of dbtest.Dialects.
func BuildOn(tb testing.TB, dialect string, assemble func(p *Parts) []bot.Feature) transcript.Build {
	return func(ctx context.Context, settings map[string]string, start time.Time) (transcript.World, error) {
		return BuildIn(dbtest.Open(tb, dialect, nil), assemble)(ctx, settings, start)
	}
}

// BuildIn is Build in a database that may hold a community already, with options adjusted.
func BuildIn(db *database.DB, assemble func(p *Parts) []bot.Feature, adjust ...func(*community.Options)) transcript.Build {
	return func(ctx context.Context, settings map[string]string, start time.Time) (transcript.World, error) {
		p := &Parts{DB: db}
		var err error
		if p.file, err = config.Open(config.Source{Set: settings}); err != nil {
			return nil, err
		}
		cfg, words := community.Defaults(), community.DefaultWords()
		p.file.Section("community", &cfg)
		p.file.Section("words", &words)
		calendar, err := cfg.Calendar()
		if err != nil {
			return nil, err
		}
		p.Ledger = points.New(p.DB.Conn, p.DB.Tx)
		opts := community.Options{
			Storage: p.DB, Calendar: calendar, Ledger: p.Ledger, Words: words, Language: cfg.Language, Bots: cfg.Bots,
			Adopt: func(_, _, _ string) bool { return true }, NoiseBudget: cfg.NoiseBudget, Night: cfg.Night(),
			KeepText: time.Duration(cfg.KeepTextDays) * 24 * time.Hour,
		}
		for _, fn := range adjust {
			fn(&opts)
		}
		if p.Community, err = community.New(opts); err != nil {
			return nil, err
		}
		features := append(assemble(p), p.Community.Feature())
		if err := p.file.Err(); err != nil {
			return nil, err
		}
		owners := []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "points", List: points.Migrations()}}
		for _, f := range features {
			if len(f.Migrations) > 0 {
				owners = append(owners, database.Owner{Name: f.Name, List: f.Migrations})
			}
		}
		if err := database.Migrate(ctx, p.DB, owners...); err != nil {
			return nil, err
		}
		st := stage.New(start, func() error { return nil })
		engine, err := bot.New(bot.Options{
			Storage: p.DB, Features: features, Observe: p.Community.Observe, Resolve: p.Community.Resolve, Reachable: p.Community.Reachable,
			Screen: p.Community.Words.Forbidden, Next: schedule.Next(calendar.Zone()), Language: cfg.Language,
			Names: cfg.BotNames, OnSaid: st.Hear,
		})
		if err != nil {
			return nil, err
		}
		p.Engine = engine
		return st, st.Open(ctx, engine, p.Community)
	}
}

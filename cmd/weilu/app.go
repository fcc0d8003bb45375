package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/lmittmann/tint"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

// app is the program put together: what run, demo, import and replay have in common.
type app struct {
	settings  *settings
	dir       string // the data directory
	log       *slog.Logger
	db        *database.DB
	community *community.Community
	ledger    *points.Ledger
	engine    *bot.Engine
	pacing    *bot.Pacing
	meter     *meter

	consoleReadOnly bool
	release         []func() error  // in the order of acquiring
	lost            <-chan struct{} // closed when another instance may have taken over
}

// openOptions is what differs between the programs that write.
type openOptions struct {
	dsn    string
	adopt  func(transport, name, code string) bool
	onSaid func(bot.Outgoing)
	secret []byte // fixed in replay

	rebuild bool // the calendar may differ from the stored one
}

// owners lists whose tables the database holds.
func owners(features []bot.Feature) []database.Owner {
	list := []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "points", List: points.Migrations()}}
	for _, f := range features {
		if len(f.Migrations) > 0 {
			list = append(list, database.Owner{Name: f.Name, List: f.Migrations})
		}
	}
	return list
}

// openWriter takes the data directory, brings the database up to date and builds the engine.
func (g *Globals) openWriter(ctx context.Context, opts openOptions) (*app, error) {
	s, _, err := load(g)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(g.Data, 0o755); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	release, err := database.Lock(g.Data)
	if err != nil {
		return nil, err
	}
	opts.dsn = s.Database.DSN
	if opts.dsn == "" {
		opts.dsn = g.sqlitePath()
	}
	a, err := open(ctx, s, g.logger(), opts)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	a.dir, a.release = g.Data, slices.Insert(a.release, 0, release)
	return a, nil
}

// open builds everything on a database of its own.
func open(ctx context.Context, s *settings, log *slog.Logger, opts openOptions) (_ *app, err error) {
	a := &app{settings: s, log: log, meter: newMeter()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if a.db, err = database.Open(ctx, database.Options{DSN: opts.dsn, Log: log}); err != nil {
		return nil, err
	}
	a.release = append(a.release, a.db.Close)
	unlock, lost, err := database.LeaderLock(ctx, a.db, "weilu")
	if err != nil {
		return nil, err
	}
	a.release, a.lost = append(a.release, unlock), lost
	calendar, err := s.Community.Calendar()
	if err != nil {
		return nil, err
	}
	a.ledger = points.New(a.db.Conn, a.db.Tx)
	a.community, err = community.New(community.Options{
		Storage: a.db, Calendar: calendar, Ledger: a.ledger, Words: s.Words, Language: s.Community.Language, Bots: s.Community.Bots,
		Adopt: opts.adopt, NoiseBudget: s.Community.NoiseBudget, Night: s.Community.Night(),
		KeepText: time.Duration(s.Community.KeepTextDays) * 24 * time.Hour, Log: log,
		AcceptFriends: s.acceptFriends(), FriendsOnly: s.friendsOnly(), MovesTo: onebot.Name,
	})
	if err != nil {
		return nil, err
	}
	a.pacing = bot.NewPacing(a.db, calendar.Zone())
	list := features(a.db, a.community, s, a.pacing)
	if err := errors.Join(a.community.Undo.Build(), a.community.Earnings.Build()); err != nil {
		return nil, err
	}
	batch := 0
	if a.db.Dialect() == "postgres" {
		batch = 50 // PostgreSQL slows down beyond 64 savepoints in a transaction
	}
	a.engine, err = bot.New(bot.Options{
		Storage: a.db, Features: list, Observe: a.community.Observe, Resolve: a.community.Resolve, Reachable: a.community.Reachable,
		Screen: a.community.Words.Forbidden, Next: schedule.Next(calendar.Zone()), Language: s.Community.Language,
		Texts: s.Texts, Names: s.Community.BotNames, Batch: batch, Log: log, OnSaid: opts.onSaid, Secret: &opts.secret, Pacing: a.pacing, Meter: a.meter.begin,
		Passing: func(err error) bool { return database.IsFull(err) || database.IsRetryable(err) },
	})
	if err != nil {
		return nil, err
	}
	s.desk.owners = owners(list)
	s.desk.open(a.engine)
	if err := database.Migrate(ctx, a.db, s.desk.owners...); err != nil {
		return nil, err
	}
	if opts.secret == nil {
		secret, err := community.Secret(ctx, a.db, rand.Text)
		if err != nil {
			return nil, err
		}
		opts.secret = []byte(secret)
	}
	if opts.rebuild {
		return a, nil
	}
	return a, a.community.CheckCalendar(ctx)
}

// close gives everything back, last first.
func (a *app) close() error {
	var problems []error
	for _, release := range slices.Backward(a.release) {
		problems = append(problems, release())
	}
	a.release = nil
	return errors.Join(problems...)
}

// writing runs fn on the data as its only writer.
func (g *Globals) writing(ctx context.Context, opts openOptions, fn func(a *app) error) error {
	a, err := g.openWriter(ctx, opts)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), a.close())
}

// reading runs fn on the data, beside a running bot or without one.
func (g *Globals) reading(ctx context.Context, fn func(s *settings, db *database.DB) error) error {
	s, db, err := g.openReader(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(s, db), db.Close())
}

// openReader opens the data to read, beside a running bot or without one.
func (g *Globals) openReader(ctx context.Context) (*settings, *database.DB, error) {
	s, _, err := load(g)
	if err != nil {
		return nil, nil, err
	}
	dsn := s.Database.DSN
	if dsn == "" {
		dsn = g.sqlitePath()
		if _, err := os.Stat(dsn); errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("no data in %s: nothing has run or been imported there", g.Data)
		}
	}
	db, err := database.Open(ctx, database.Options{DSN: dsn, ReadOnly: true, Log: g.logger()})
	if err != nil {
		return nil, nil, err
	}
	pending, err := database.Pending(ctx, db, allOwners(s)...)
	if err == nil && len(pending) > 0 {
		err = fmt.Errorf("the data in %s is of an older version: start weilu run once to bring it up to date", g.Data)
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return s, db, nil
}

// allOwners are the owners of all features, for those who only read.
func allOwners(s *settings) []database.Owner {
	calendar, err := s.Community.Calendar()
	if err != nil {
		return nil
	}
	c, err := community.New(community.Options{Calendar: calendar, Words: s.Words})
	if err != nil {
		return nil
	}
	return owners(features(nil, c, s, nil))
}

// logger writes for people on a terminal and JSON otherwise, always to standard error.
func (g *Globals) logger() *slog.Logger {
	level := slog.LevelInfo
	if g.Verbose {
		level = slog.LevelDebug
	}
	if isatty.IsTerminal(os.Stderr.Fd()) {
		return slog.New(tint.NewTextHandler(os.Stderr, &tint.Options{Level: level, TimeFormat: time.TimeOnly}))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/jsonl"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

type runCmd struct {
	Transport  []string `required:"" enum:"wechat,onebot,jsonl" help:"How the bot talks: wechat (groups of a WeChat account), onebot (QQ groups and others, through a program that speaks OneBot v11), jsonl (events as lines on standard input, words as lines on standard output). Several at once: wechat,onebot."`
	Listen     string   `help:"onebot: where implementations connect to, instead of onebot.listen." placeholder:"HOST:PORT"`
	AcceptRisk bool     `help:"wechat: the notice of risk was read and is accepted."`
	Resume     bool     `help:"wechat: go on although the last run stopped on a warning of WeChat."`

	ConsoleReadOnly bool `help:"The console is to look at only; commands in chats go on."`
}

// Run runs the bot until it is stopped or its input ends.
func (cmd *runCmd) Run(ctx context.Context, g *Globals) error {
	s, _, err := load(g)
	if err != nil {
		return err
	}
	for i, name := range cmd.Transport {
		if slices.Contains(cmd.Transport[:i], name) {
			return usage("--transport names %s twice", name)
		}
	}
	if cmd.Listen != "" {
		if !slices.Contains(cmd.Transport, onebot.Name) {
			return usage("--listen is for --transport onebot")
		}
		if g.Set == nil {
			g.Set = map[string]string{}
		}
		g.Set["onebot.listen"] = cmd.Listen
	}
	if slices.Contains(cmd.Transport, wechat.Name) {
		if err := acceptRisk(g.Data, cmd.AcceptRisk, isatty.IsTerminal(os.Stdin.Fd()), os.Stdin, os.Stderr, time.Now()); err != nil {
			return err
		}
	}
	return g.writing(ctx, openOptions{adopt: s.adopts}, func(a *app) error {
		a.consoleReadOnly = cmd.ConsoleReadOnly
		list, err := cmd.transports(g, a)
		if err != nil {
			return err
		}
		return a.serve(ctx, list...)
	})
}

// transports makes those that were asked for.
func (cmd *runCmd) transports(g *Globals, a *app) (list []bot.Transport, err error) {
	for _, name := range cmd.Transport {
		var t bot.Transport
		switch name {
		case wechat.Name:
			t, err = wechat.New(a.settings.WeChat.options(g, a.log, cmd.Resume))
		case onebot.Name:
			t, err = onebot.New(a.settings.OneBot.options(g, a.log))
		case jsonl.Name:
			t = jsonl.New(os.Stdin, os.Stdout, a.log)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// adopts tells whether the bot acts in a group from the first sight of it.
func (s *settings) adopts(transport, name, code string) bool {
	switch transport {
	case wechat.Name:
		return s.WeChat.adopts(name, code)
	case onebot.Name:
		return s.OneBot.adopts(name, code)
	}
	return transport == jsonl.Name
}

// acceptFriends are the transports in which members who ask to be friends are accepted.
func (s *settings) acceptFriends() (list []string) {
	if s.WeChat.AcceptFriends {
		list = append(list, wechat.Name)
	}
	if s.OneBot.AcceptFriends {
		list = append(list, onebot.Name)
	}
	return list
}

// friendsOnly is the transport of stable ids in which only friends are written to in private.
func (s *settings) friendsOnly() string {
	if s.OneBot.Temporary {
		return ""
	}
	return onebot.Name
}

// tellBindCode prints the code that makes somebody the owner, and at later starts how to get another, until there is an
// owner. It goes to standard error, because standard output may belong to a transport.
func (a *app) tellBindCode(ctx context.Context) error {
	owner, waiting, err := community.HasOwner(ctx, a.db)
	if err != nil || owner {
		return err
	}
	if waiting {
		fmt.Fprintln(os.Stderr, "nobody is the owner yet: the bind code of an earlier start still works, and `weilu bind-code` makes a new one")
		return nil
	}
	code, err := community.NewBindCode(ctx, a.db, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, bindLine(code))
	return nil
}

// serve runs transports with everything that goes on beside them, and ends when they have: what is due has been said by
// then and the ledger is sealed. One that needs an operator does not end the others.
func (a *app) serve(ctx context.Context, transports ...bot.Transport) error {
	l, err := a.listenConsole(ctx)
	if err != nil {
		return err
	}
	if l != nil {
		defer l.Close() // closed by its server already, unless that never started
		if err := a.tellLogin(ctx); err != nil {
			return err
		}
	}
	if err := a.tellBindCode(ctx); err != nil {
		return err
	}
	if err := a.engine.Start(ctx, time.Now()); err != nil {
		return err
	}
	a.settings.desk.serve(time.Now(), transports...)
	courier := a.engine.Courier(time.Now, transports...)
	beside, stop := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	besides := []func(context.Context) error{
		courier.Run,
		func(ctx context.Context) error {
			return schedule.Run(ctx, a.log, func(ctx context.Context, now time.Time) error { return a.engine.Advance(ctx, now, true) })
		},
		a.sealing,
		a.leading,
	}
	if l != nil {
		besides = append(besides, serveConsole(l, a.pages(transports), a.probes().Before))
	}
	for _, run := range besides {
		wg.Go(func() {
			if err := run(beside); err != nil && beside.Err() == nil {
				stop(err) // without one of them nothing may go on
			}
		})
	}
	err = a.runAll(beside, transports)
	if cause := context.Cause(beside); cause != nil && ctx.Err() == nil {
		err = cause
	}
	stop(nil)
	wg.Wait()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = nil
	}
	// What is due now is still said: the transport took its last event, and somebody waits for the answer.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if ctx.Err() == nil && err == nil {
		err = courier.Drain(last)
	}
	return errors.Join(err, a.seal(last))
}

// runAll runs transports until all have ended.
func (a *app) runAll(ctx context.Context, transports []bot.Transport) error {
	problems := make([]error, len(transports))
	var wg sync.WaitGroup
	for i, t := range transports {
		a.log.Info("serving", "transport", t.Name())
		wg.Go(func() {
			problems[i] = t.Run(ctx, a.engine)
			if len(transports) > 1 && ctx.Err() == nil {
				a.log.Error("a transport has ended; the others go on", "transport", t.Name(), "err", problems[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(problems...)
}

// leading ends with an error when this process is no longer the only one that writes.
func (a *app) leading(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-a.lost:
		return errors.New("the session that held the database's lock broke: another instance may lead now")
	}
}

// lastWords is how long the last words may take.
const lastWords = 30 * time.Second

// sealEvery is how long a transfer may wait for its seal.
const sealEvery = 10 * time.Second

func (a *app) sealing(ctx context.Context) error {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := a.seal(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("seal", "err", err)
			}
		}
	}
}

// seal appends everything unsealed to the ledger's chain, in steps that events can pass between.
func (a *app) seal(ctx context.Context) error { return sealAll(ctx, a.engine, a.ledger) }

func sealAll(ctx context.Context, engine *bot.Engine, ledger *points.Ledger) error {
	const atOnce = 2000
	for {
		n := 0
		err := engine.Do(ctx, func(ctx context.Context) (err error) {
			n, err = ledger.Seal(ctx, atOnce)
			return err
		})
		if err != nil || n < atOnce {
			return err
		}
	}
}

// checkEngine tells whether features fit together with these settings.
func checkEngine(s *settings) error {
	_, err := bareEngine(s)
	return err
}

// bareEngine is the engine without storage, to look at.
func bareEngine(s *settings) (*bot.Engine, error) { return idleEngine(s, noStorage{}) }

// idleEngine is the engine over a storage that is only read: it is asked for its commands and views.
func idleEngine(s *settings, db bot.Storage) (*bot.Engine, error) {
	e, _, err := idle(s, db)
	return e, err
}

// idle is the program over a storage that is only read.
func idle(s *settings, db bot.Storage) (*bot.Engine, *community.Community, error) {
	calendar, err := s.Community.Calendar()
	if err != nil {
		return nil, nil, err
	}
	c, err := community.New(community.Options{Storage: db, Calendar: calendar, Ledger: points.New(db.Conn, db.Tx), Words: s.Words,
		Language: s.Community.Language, Bots: s.Community.Bots, NoiseBudget: s.Community.NoiseBudget,
		Log: slog.New(slog.DiscardHandler), KeepText: time.Duration(s.Community.KeepTextDays) * 24 * time.Hour})
	if err != nil {
		return nil, nil, err
	}
	pacing := bot.NewPacing(db, calendar.Zone())
	list := features(db, c, s, pacing)
	if err := c.Undo.Build(); err != nil {
		return nil, nil, err
	}
	e, err := bot.New(bot.Options{
		Storage: db, Features: list, Observe: c.Observe, Resolve: c.Resolve, Pacing: pacing,
		Next: schedule.Next(calendar.Zone()), Language: s.Community.Language, Texts: s.Texts, Names: s.Community.BotNames,
	})
	s.desk.owners = owners(list)
	s.desk.open(e)
	return e, c, err
}

// noStorage stands where nothing is stored.
type noStorage struct{ bot.Storage }

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/console"
)

// listenConsole takes the address of the managers' pages; nil: they are off. Where the default one is taken, any
// free port will do.
func (a *app) listenConsole(ctx context.Context) (net.Listener, error) {
	cfg := &a.settings.Console
	if cfg.Listen == "" {
		return nil, nil //nolint:nilnil // off is no error
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", cfg.Listen)
	if err == nil {
		cfg.Listen = l.Addr().String() // a port of 0 is one now
		return l, a.noteConsole(cfg.Address())
	}
	if cfg.Listen != console.DefaultListen {
		return nil, fmt.Errorf("console.listen: %s can't be listened on: %w", cfg.Listen, err)
	}
	free, freeErr := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if freeErr != nil {
		return nil, errors.Join(err, freeErr)
	}
	a.log.Warn("the console's address is taken, so a free port is used; console.listen chooses another", "taken", cfg.Listen, "console", free.Addr().String())
	cfg.Listen = free.Addr().String()
	return free, a.noteConsole(cfg.Address())
}

// consoleNote is the file of the data directory that says where the console of the running bot is.
const consoleNote = "console-address"

// noteConsole writes down where the console is, for weilu login-link, and what it listens at, for weilu doctor, until the
// program ends.
func (a *app) noteConsole(address string) error {
	file := filepath.Join(a.dir, consoleNote)
	a.release = append(a.release, func() error { return ignore(os.Remove(file), fs.ErrNotExist) })
	if err := os.WriteFile(file, []byte(address+"\n"+a.settings.Console.Listen+"\n"), 0o600); err != nil {
		return fmt.Errorf("note the console's address: %w", err)
	}
	return nil
}

// consoleAddress is where the console of the running bot is, and where none runs, where it would be.
func (g *Globals) consoleAddress(s *settings) string {
	noted, err := os.ReadFile(filepath.Join(g.Data, consoleNote))
	if err != nil || s.Console.Listen == "" {
		return s.Console.Address()
	}
	address, _, _ := strings.Cut(string(noted), "\n")
	return address
}

// pages are the managers' pages of transports that run.
func (a *app) pages(list []bot.Transport) *console.Console {
	cfg := a.settings.Console
	return console.New(console.Options{
		Engine: a.engine, Storage: a.db, Clock: time.Now, Wall: time.Now, Calendar: a.community.Calendar,
		Name: a.settings.Community.Name, Language: a.settings.Community.Language, KeepDays: a.settings.Community.KeepTextDays, URL: cfg.Address(), Hosts: []string{hostOf(cfg.Listen)},
		Status:    func(ctx context.Context) (console.Status, error) { return a.status(ctx, list, time.Now()) },
		ReadTable: community.ReadTable, ReadOnly: a.consoleReadOnly, Log: a.log,
	})
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	return host
}

// probes are what machines ask the console's listener.
func (a *app) probes() console.Probes {
	d := a.settings.desk
	return console.Probes{Ready: d.ready, Metrics: a.meter.handler(d, a.log), Token: a.settings.Console.MetricsToken, Wall: time.Now}
}

// status is how the bot fares, for its managers.
func (a *app) status(ctx context.Context, list []bot.Transport, now time.Time) (console.Status, error) {
	q, err := a.pacing.Queue(ctx, now.UTC())
	if err != nil {
		return console.Status{}, err
	}
	s := fleetState(list)
	s.Waiting, s.Later, s.Oldest = q.Waiting, q.Later, q.Oldest
	if q.Paused != nil {
		s.Paused, s.Until = true, q.Paused.Until
	}
	for _, v := range q.Transports {
		if v.Wait == bot.WaitLimited {
			s.Limited = v.Until
		}
	}
	for _, v := range q.Troubles {
		if v.Outcome != bot.Withheld {
			s.Failed += v.Count
		}
	}
	return s, nil
}

// serveConsole serves the managers' pages, behind what is asked for before them, until ctx ends.
func serveConsole(l net.Listener, pages *console.Console, before func(http.Handler) http.Handler) func(context.Context) error {
	return func(ctx context.Context) error {
		server := &http.Server{
			Handler: before(pages.Handler()), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
			IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		}
		ended := make(chan error, 1)
		go func() { ended <- ignore(server.Serve(l), http.ErrServerClosed) }()
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
		}
		pages.Close()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(last) != nil {
			_ = server.Close() // somebody holds a connection open; they had their second
		}
		return <-ended
	}
}

// tellLogin prints a link with which the owner logs in, where there is one. It goes to standard error, because
// standard output may belong to a transport.
func (a *app) tellLogin(ctx context.Context) error {
	owner, ok, err := community.AnOwner(ctx, a.db)
	if err != nil || !ok {
		return err
	}
	token, err := console.NewLink(ctx, a.db, owner, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, loginLine(console.LoginURL(a.settings.Console.Address(), token)))
	return nil
}

// loginLine is how a link is told to the operator.
func loginLine(url string) string { return "console (once, within 10 minutes): " + url }

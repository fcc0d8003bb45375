package main

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

// desk is where the pages, probes and metrics learn how the program fares: features are made before the engine and the
// transport, and ask it when somebody asks them. It is safe for concurrent use.
type desk struct {
	db     *database.DB // nil where nothing is stored
	ledger *points.Ledger
	pacing *bot.Pacing
	owners []database.Owner

	mu         sync.Mutex // guards what follows
	engine     *bot.Engine
	transports []bot.Transport // none while none runs in this process
	started    time.Time
	asked      time.Time // when the readiness below was found
	found      []system.Finding
}

// open tells the desk what there is.
func (d *desk) open(e *bot.Engine) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.engine = e
}

// serve tells it which transports run.
func (d *desk) serve(at time.Time, transports ...bot.Transport) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.transports, d.started, d.asked = transports, at, time.Time{}
}

func (d *desk) running() (*bot.Engine, []bot.Transport, time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.engine, d.transports, d.started
}

// feature is the pages about the program itself.
func (s *settings) system(db bot.Storage, c *community.Community, pacing *bot.Pacing) bot.Feature {
	o := system.Options{Storage: db, Zone: c.Calendar.Zone(), Pacing: pacing, Settings: s.entries, Queue: "speaking.queue"}
	if store, ok := db.(*database.DB); ok && store != nil {
		s.desk.db, s.desk.pacing, s.desk.ledger = store, pacing, points.New(store.Conn, store.Tx)
		o.Jobs, o.Program = s.desk.jobs, s.desk.program
		o.Checks = func(ctx context.Context, at time.Time) []system.Finding { return s.desk.checks(ctx, s, at) }
	}
	return system.New(o)
}

// entries are the settings as they are shown.
func (s *settings) entries() (list []system.Setting) {
	if s.file == nil {
		return nil
	}
	for _, e := range s.file.Entries() {
		list = append(list, system.Setting(e))
	}
	return list
}

func (d *desk) jobs(ctx context.Context, at time.Time) ([]bot.JobView, error) {
	e, _, _ := d.running()
	return e.Jobs(ctx, at)
}

// program is the program that answers, for its page.
func (d *desk) program(ctx context.Context, _ time.Time) (p system.Program, err error) {
	p.Version = version()
	_, list, started := d.running()
	if p.Started = started; len(list) > 0 {
		s := fleetState(list)
		p.Transport, p.State, p.Since = s.Transport, string(s.State), s.Since
	}
	if p.Database, err = d.db.Version(ctx); err != nil {
		return p, err
	}
	if p.Size, err = d.db.Size(ctx); err != nil {
		return p, err
	}
	if p.Unsealed, _, err = d.ledger.Unsealed(ctx); err != nil {
		return p, err
	}
	if d.db.Path() == "" {
		return p, nil
	}
	copies, err := database.Backups(d.db.Path())
	for _, b := range copies {
		p.Backups = append(p.Backups, system.Backup{Name: filepath.Base(b.File), At: b.At, Size: b.Size})
	}
	return p, err
}

// transportState is where a transport stands, as far as it tells.
func transportState(t bot.Transport) (s console.Status) {
	s.Transport = t.Name()
	switch t := t.(type) {
	case *wechat.Transport:
		status := t.Status()
		s.State, s.Since, s.Code = console.State(status.State), status.Since, t.Code()
	case *onebot.Transport:
		status := t.Status()
		s.State, s.Since = console.State(status.State), status.Since
	}
	return s
}

// fleetState is where several transports stand: the one that needs somebody, or else all of them.
func fleetState(list []bot.Transport) (s console.Status) {
	var names []string
	for _, t := range list {
		one := transportState(t)
		if one.State != "" && one.State != console.Up {
			return one
		}
		if s.State == "" || one.Since.After(s.Since) {
			s.State, s.Since = one.State, one.Since
		}
		names = append(names, t.Name())
	}
	s.Transport = strings.Join(names, " + ")
	return s
}

// checks are those that cost little: what doctor looks at besides, and whether the bot is ready.
func (d *desk) checks(ctx context.Context, s *settings, at time.Time) []system.Finding {
	list := d.readiness(ctx, at)
	dir := filepath.Dir(d.db.Path())
	if d.db.Path() != "" {
		list = append(list, checkDisk(dir), checkBackups(d.db.Path(), at))
	}
	return append(list, d.checkSealed(ctx, at), checkFonts(s), checkClock(ctx, s, d.db, at))
}

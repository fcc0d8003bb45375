package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/playground"
)

// demo is a community that is shown in the browser.
type demo struct {
	app      *app
	story    *story
	clock    *demoClock
	ground   *playground.Playground
	courier  *bot.Courier
	hosts    []string // names of the page, besides those of this machine
	readOnly bool     // nothing changes once it is served

	coded []int64 // numbers of goods that are given by code
}

// openDemo opens the community of a directory, which may be empty.
func openDemo(ctx context.Context, s *settings, log *slog.Logger, dir string) (*demo, error) {
	tale, err := loadStory()
	if err != nil {
		return nil, err
	}
	release, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	a, err := open(ctx, s, log, openOptions{dsn: filepath.Join(dir, "weilu.db"), adopt: adoptAll, secret: []byte("demo")})
	if err != nil {
		_ = release() // what went wrong before matters more
		return nil, err
	}
	a.release = append([]func() error{release}, a.release...)
	return &demo{app: a, story: tale, clock: &demoClock{engine: a.engine}, coded: coded(s.Shop.Goods)}, nil
}

// demoSeed is where all chance in the story comes from.
const demoSeed = 20260307

// fill makes the playground: from the story in an empty database, and from what is stored in one that holds a demo.
func (d *demo) fill(ctx context.Context, now time.Time) error {
	begun, ended, err := d.stored(ctx)
	switch {
	case err != nil:
		return err
	case ended:
		return d.resume(ctx, now)
	case begun:
		return fmt.Errorf("the demo in this directory was stopped while it was being made: delete the directory and start again")
	}
	d.open(nil, nil, nil)
	return d.seed(ctx, d.story.write(now, d.app.community.Calendar.Zone(), demoSeed), now)
}

// open makes the playground of what is there.
func (d *demo) open(groups []playground.Group, people []bot.Person, lines []playground.Line) {
	if groups == nil {
		for _, g := range demoGroups {
			groups = append(groups, playground.Group{ID: g.chat, Name: g.name})
		}
	}
	if people == nil {
		for _, a := range d.story.cast {
			people = append(people, bot.Person{User: bot.UserID(a.key), Name: a.name})
		}
	}
	d.ground = playground.New(playground.Options{
		BotName: demoBot, Clock: d.clock, Zone: d.app.community.Calendar.Zone(), Groups: groups, People: people, Lines: lines,
		Personas: []playground.Persona{
			{User: asRegular, Role: "regular"}, {User: asNewcomer, Role: "newcomer"},
			{User: asLurker, Role: "lurker"}, {User: asOwner, Role: "owner"},
		},
		Commands: func(context.Context) []playground.CommandHint { return hints(d.app.engine.Offers("zh")) },
		Hosts:    d.hosts,
		Console:  "console/visit",
		ReadOnly: d.readOnly,
		Log:      d.app.log,
	})
	d.courier = d.app.engine.Courier(d.clock.Now, d.ground)
	d.clock.drain = d.courier.Drain
}

// hints are the commands of the quick menu: those of members, then what managers use most.
func hints(offers []bot.Offer) (list []playground.CommandHint) {
	var staff []playground.CommandHint
	for _, o := range offers {
		hint := playground.CommandHint{Name: o.Names[0], Usage: o.Usage, Help: o.Help}
		switch {
		case o.Feature == "community" && o.Role == bot.Member && o.Usage != "":
			// Codes are typed when the bot asks for them.
		case o.Role == bot.Member:
			list = append(list, hint)
		case o.Feature == "wallet":
			staff = append(staff, hint)
		}
	}
	return append(list, staff...)
}

package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/console"
)

// consolePath is where the managers' pages stand beside the playground.
const consolePath = "/console"

// pages are the playground and, under a path of their own, the managers' pages. Who opens those is the owner of the
// story: everybody may be anybody in a demo. end ends the streams of the latter.
func (d *demo) pages() (h http.Handler, end func()) {
	s := d.app.settings
	pages := console.New(console.Options{
		Engine: d.app.engine, Storage: d.app.db, Clock: d.clock.Now, Wall: time.Now, Calendar: d.app.community.Calendar,
		Name: s.Community.Name, Language: s.Community.Language, KeepDays: s.Community.KeepTextDays, URL: s.Console.URL, Hosts: d.hosts, Visitor: d.founder, Chats: "/", ReadOnly: d.readOnly,
		Status: func(ctx context.Context) (console.Status, error) {
			return d.app.status(ctx, []bot.Transport{d.ground}, d.clock.Now())
		},
		ReadTable: community.ReadTable, Log: d.app.log,
	})
	mux := http.NewServeMux()
	mux.Handle(consolePath+"/", pages.Handler())
	mux.Handle("/", d.ground.Handler())
	return console.Probes{Ready: d.app.settings.desk.ready, Wall: time.Now}.Before(mux), pages.Close
}

// founder is the owner of the story.
func (d *demo) founder(ctx context.Context) (string, error) {
	id, ok, err := community.AnOwner(ctx, d.app.db)
	if err == nil && !ok {
		err = errors.New("the demo has no owner")
	}
	return string(id), err
}

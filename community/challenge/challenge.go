// Package challenge runs check-in challenges (打卡挑战): members join, check in day by day, and reach milestones and goals.
//
// What happens is kept as facts, each of an id and a Day, which never change; what is taken back is marked as gone.
// Everything else is derived from them by Judge: rows, totals, make-up cards, and which prizes are due. After every
// change of the facts of a person the ledger is made to say what Judge says, so nothing is paid twice, and what two ids
// earned is right again when they turn out to be one person, or two. The table of standings holds what was derived last,
// for boards.
package challenge

import (
	"embed"
	"io/fs"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/draw"
)

//go:embed locales
var locales embed.FS

type feature struct {
	db  community.SQL
	c   *community.Community
	cfg Config
	Look
}

// Look is what pictures are drawn with.
type Look struct {
	Fonts     *draw.Fonts
	Community string // its name, on certificates and calendars
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config, look Look) bot.Feature {
	f := &feature{community.SQL{Storage: db}, c, cfg, look}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	c.OnIdentity("challenge", f.changed, paid+"/", prize+"/")
	f.registerUndo()
	c.Facts.Register("challenge.days", f.counted)
	c.Facts.RegisterActions(f.actions)
	c.Tags.Register(f.interests)
	return bot.Feature{
		Name: "challenge", Locales: texts, Section: bot.Activity, Migrations: migrations(), Personal: f.personal(),
		Chapters: []bot.Chapter{{Key: "challenges", Title: "chapter", Read: f.chapter}},
		Commands: append(f.heedless(slices.Concat(f.memberCommands(), f.daysCommands(), f.cheerCommands())), f.managerCommands()...),
		Jobs:     slices.Concat(f.daysJobs(), f.eveningJobs()),
		On:       append(f.proofListeners(), bot.On(f.delivered, bot.Delivered)),
		Guards:   map[string]bot.Guard{stillMissing: f.stillTrue},
		Views:    f.views(),
	}
}

func (f *feature) memberCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"挑战", "challenges"}, Usage: "usage.one", Help: "help.list", Run: f.list},
		{Names: []string{"参加", "join"}, Usage: "usage.one", Help: "help.join", Run: f.join},
		{Names: []string{"退出", "quit"}, Usage: "usage.one", Help: "help.quit", Run: f.quit},
		{Names: []string{"打卡", "done"}, Usage: "usage.done", Help: "help.done", Run: f.checkIn},
		{Names: []string{"我的打卡", "mychallenges"}, Usage: "usage.one", Help: "help.mine", Run: f.mine},
		{Names: []string{"打卡日历", "challengecalendar"}, Usage: "usage.one", Help: "help.calendar", Run: f.calendar},
		{Names: []string{"证书", "certificate"}, Usage: "usage.one", Help: "help.certificate", Run: f.certificate},
		{Names: []string{"打卡榜", "challengeboard"}, Usage: "usage.one", Help: "help.board", Run: f.board},
	}
}

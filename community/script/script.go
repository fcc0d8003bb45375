// Package script plays scripts: dated steps that post, ask, collect and close, for a group. Managers start one with a
// date, and change, skip or stop what is still to come; members take part with a hashtag, a picture or an answer.
package script

import (
	"embed"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

const (
	name    = "script"
	stepJob = "step"

	defaultGrace = 30 * time.Minute
	defaultLate  = 6 * time.Hour
)

type scripts struct {
	db  community.SQL
	c   *community.Community
	cfg Config
}

// New makes the feature. cfg has been loaded where it names files.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	s := &scripts{db: community.SQL{Storage: db}, c: c, cfg: cfg}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	s.registerUndo()
	c.Earnings.Register(name, s.explain)
	return bot.Feature{
		Name: name, Locales: texts, Section: bot.Content, Migrations: migrations(), Personal: personal(),
		Jobs: []bot.Job{{
			Name: stepJob, Run: s.step, CatchUp: bot.RunAll, Ritual: true, Title: "job.step", Grace: defaultGrace,
		}},
		On:    []bot.Listener{bot.On(s.said, bot.Message), bot.On(s.recalled, bot.Recalled)},
		Views: []bot.View{s.runsView()},
		Commands: []bot.Command{
			{Names: []string{"剧本", "scripts"}, Usage: "usage.list", Help: "help.list", Role: bot.Manager, Run: s.list},
			{Names: []string{"开始剧本", "startscript"}, Usage: "usage.start", Help: "help.start", Role: bot.Manager, Run: s.start},
			{Names: []string{"停止剧本", "stopscript"}, Usage: "usage.stop", Help: "help.stop", Role: bot.Manager, Run: s.stop},
			{Names: []string{"改剧本步骤", "editstep"}, Usage: "usage.edit", Help: "help.edit", Role: bot.Manager, Run: s.edit},
			{Names: []string{"跳过步骤", "skipstep"}, Usage: "usage.skip", Help: "help.skip", Role: bot.Manager, Run: s.skip},
			{Names: []string{"导入剧本", "importscript"}, Usage: "usage.import", Help: "help.import", Role: bot.Manager, Run: s.importScript},
			{Names: []string{"剧本进度", "scriptprogress"}, Usage: "usage.progress", Help: "help.progress", Role: bot.Moderator, Run: s.progress},
			{Names: []string{"入选", "pick"}, Usage: "usage.pick", Help: "help.pick", Role: bot.Moderator, Run: s.pick},
		},
	}
}

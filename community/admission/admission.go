// Package admission lets people into the core group: who joins the screening group is asked some questions, managers
// pass or refuse them, and who passed is told the way.
//
// A person has one application at a time. It belongs to the id that applied, whoever that turns out to be; of the
// applications of people who were merged, the newest counts.
package admission

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

type admission struct {
	db       community.SQL
	c        *community.Community
	cfg      Config
	keepDays int
	picture  []byte // PNG
}

// New makes the feature. Answers are kept for keepDays, 0: for ever. The configuration is valid.
func New(db bot.Storage, c *community.Community, cfg Config, keepDays int) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	f := &admission{db: community.SQL{Storage: db}, c: c, cfg: cfg, keepDays: keepDays}
	feature := bot.Feature{Name: "admission", Locales: texts, Migrations: migrations(), Personal: personal(), Section: bot.People}
	c.Undo.Register("admission.decide", f.undoDecision)
	c.Undo.Register("admission.ask", f.undoQuestion)
	if keepDays > 0 {
		feature.Jobs = append(feature.Jobs, bot.Job{Name: "forget", Spec: "25 4 * * *", Run: f.forget})
	}
	if !cfg.Enabled {
		return feature
	}
	if f.picture, err = cfg.picture(); err != nil {
		f.picture = nil // the configuration was checked; a file that vanished since costs only the picture
	}
	feature.On = []bot.Listener{
		bot.On(f.came, bot.Joined), bot.On(f.left, bot.Left), bot.On(f.heard, bot.Message), bot.On(f.recalled, bot.Recalled),
		bot.On(f.delivered, bot.Delivered),
	}
	feature.Jobs = append(feature.Jobs, bot.Job{Name: askJob, Run: f.ask}, bot.Job{Name: patienceJob, Run: f.patience})
	specs, err := cfg.reminders()
	if err != nil {
		panic(err) // the configuration is valid
	}
	for i, spec := range specs {
		name := digestJob
		if i > 0 {
			name = fmt.Sprintf("%s%d", digestJob, i+1)
		}
		feature.Jobs = append(feature.Jobs, bot.Job{Name: name, Spec: spec, Ritual: true, Title: "digest.name", Backstage: true, Grace: digestApart, Run: f.digest})
	}
	feature.Guards = map[string]bot.Guard{"stands": f.stands}
	feature.Views, feature.Inbox = f.views(), f.inbox()
	feature.Commands = []bot.Command{
		{Names: []string{"申请", "apply"}, Help: "help.apply", Run: f.apply},
		{Names: []string{"重新申请", "reapply"}, Help: "help.reapply", Run: f.reapply},
		{Names: []string{"入群", "way"}, Help: "help.way", Run: f.way},
		{Names: []string{"待审", "applicants"}, Usage: "usage.waiting", Help: "help.waiting", Role: bot.Manager, Run: f.waiting},
		{Names: []string{"通过", "admit"}, Usage: "usage.pass", Help: "help.pass", Role: bot.Manager, Run: f.pass},
		{Names: []string{"婉拒", "decline"}, Usage: "usage.refuse", Help: "help.refuse", Role: bot.Manager, Run: f.refuse},
		{Names: []string{"加问", "askmore"}, Usage: "usage.ask", Help: "help.ask", Role: bot.Manager, Run: f.askMore},
	}
	return feature
}

// Package newcomer leads who joins through three steps: an introduction, an answer to a question, a first check-in.
//
// A path is kept for each id, and a person has those of all their ids together. Whose path is open is also kept in
// memory, because every message asks for it. Steps that other features know of are facts of the community.
package newcomer

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

// The facts that take a step, and the one that this feature offers.
const (
	topicAnswers = "topic.answers"
	checkinDays  = "checkin.days"
	finished     = "newcomer.completed"
)

// badge is given for all steps.
const badge = "settled"

// The jobs.
const (
	remindJob = "remind"
	lookJob   = "look"
)

type newcomer struct {
	db  community.SQL
	c   *community.Community
	cfg Config

	open map[community.MemberID]bool // people with an open path; nil: not read yet
	drop func()
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	f := &newcomer{db: community.SQL{Storage: db}, c: c, cfg: cfg}
	f.drop = func() { f.open = nil }
	c.OnIdentity("newcomer", f.changed)
	c.Undo.Register(undoReset, f.unreset)
	c.Facts.Register(finished, f.counted)
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	feature := bot.Feature{
		Name: "newcomer", Locales: texts, Section: bot.People, Migrations: migrations(), Personal: personal(),
		Commands: []bot.Command{
			{Names: []string{"新手任务", "path"}, Help: "help.mine", Run: f.mine},
			{Names: []string{"退出新手任务", "leavepath"}, Help: "help.leave", Run: f.leave},
			{Names: []string{"重置新手任务", "resetpath"}, Usage: "usage.reset", Help: "help.reset", Role: bot.Manager, Run: f.reset},
			{Names: []string{"新手进度", "newcomers"}, Help: "help.progress", Role: bot.Moderator, Run: f.progress},
		},
		Views: []bot.View{{Name: "paths", Title: "view.paths", Role: bot.Moderator, Read: f.view}},
	}
	if !cfg.Enabled {
		return feature
	}
	c.Earnings.Register("newcomer", f.explain)
	feature.Observe = f.observe
	feature.On = []bot.Listener{
		bot.On(f.joined, bot.Joined), bot.On(f.said, bot.Message), bot.On(f.recalled, bot.Recalled), bot.On(f.settled, bot.Delivered),
	}
	at, _ := community.TimeOfDay(cfg.ReminderTime) // it was validated
	feature.Jobs = []bot.Job{
		{
			Name: remindJob, Spec: fmt.Sprintf("%d %d * * *", int(at.Minutes())%60, int(at.Hours())), Run: f.remind,
			Ritual: true, Title: "job.remind", Grace: 2 * time.Hour,
		},
		{Name: lookJob, Run: f.look},
	}
	feature.Guards = map[string]bot.Guard{stillMissing: f.stillMissing}
	return feature
}

// changed forgets who has an open path: people are made of other ids now. Paths themselves stay with their ids, and
// what two ids were paid for one is made right by the ledger's own rule for keys that coincide.
func (f *newcomer) changed(ctx context.Context, _ *bot.Request, _ community.Change) error {
	f.forget(ctx)
	return nil
}

// forget makes the next event read again who has an open path.
func (f *newcomer) forget(ctx context.Context) {
	f.drop()
	f.db.OnRollback(ctx, f.drop)
}

// note remembers whether a person has an open path; what is undone is read again.
func (f *newcomer) note(ctx context.Context, id community.MemberID, open bool) error {
	who, err := f.c.Who(ctx, id)
	if err != nil {
		return err
	}
	f.db.OnRollback(ctx, f.drop)
	if f.open == nil {
		return nil
	}
	if open {
		f.open[who] = true
	} else {
		delete(f.open, who)
	}
	return nil
}

// has tells whether a person has an open path. It asks the database once, and the memory from then on.
func (f *newcomer) has(ctx context.Context, who community.MemberID) (bool, error) {
	if f.open == nil {
		rows, err := f.paths(ctx, `ended_at = 0`)
		if err != nil {
			return false, err
		}
		open := map[community.MemberID]bool{}
		for _, row := range rows {
			id, err := f.c.Who(ctx, row.Member)
			if err != nil {
				return false, err
			}
			open[id] = true
		}
		f.db.OnRollback(ctx, f.drop)
		f.open = open
	}
	return f.open[who], nil
}

// over tells whether a path is too old to go on.
func (f *newcomer) over(p *path, at time.Time) bool { return f.age(p, at) > f.cfg.Days }

// age is how many Days ago a path began.
func (f *newcomer) age(p *path, at time.Time) int {
	return int(f.c.Calendar.Day(at) - f.c.Calendar.Day(bot.FromMillis(p.Started)))
}

// explain says what the path earns.
func (f *newcomer) explain(r *bot.Request) string {
	if f.cfg.Points.Amount == 0 {
		return ""
	}
	return r.In("newcomer").T("explain", "Points", f.cfg.Points.Amount)
}

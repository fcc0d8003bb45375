// Package post says what managers dated: texts and pictures, once or again and again, in one group or several, after as
// many people agreed as the community wants.
//
// A post in a group is a plan of the ritual "say", so that each of its times ends on record. Whether it is really said is
// decided at the time: by its state, its exclusions, what people said about it, the red list, and the noise of the group.
package post

import (
	"embed"
	"io/fs"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

type feature struct {
	db  community.SQL
	c   *community.Community
	cfg Config
}

// sayJob is the ritual of all posts.
const sayJob = "say"

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	f := &feature{community.SQL{Storage: db}, c, cfg}
	c.Undo.Register("post.change", f.undo)
	manager := func(usage, help string, run bot.Handler, names ...string) bot.Command {
		return bot.Command{Names: names, Usage: usage, Help: help, Role: bot.Manager, Run: run}
	}
	return bot.Feature{
		Name: "post", Locales: texts, Migrations: migrations(), Personal: personal(), Views: f.views(), Section: bot.Content, Inbox: f.inbox(),
		Jobs: []bot.Job{{Name: sayJob, Ritual: true, Title: "job", Grace: cfg.grace(), CatchUp: catchUps[cfg.CatchUp], Run: f.say}},
		Commands: []bot.Command{
			manager("usage.post", "help.post", f.post, "定时", "schedule", "定时发送"),
			{Names: []string{"定时列表", "scheduled"}, Usage: "usage.list", Help: "help.list", Role: bot.Moderator, Run: f.list},
			manager("usage.edit", "help.edit", f.edit, "修改定时", "reschedule"),
			manager("usage.numbers", "help.pause", f.pause, "暂停定时", "pausepost"),
			manager("usage.numbers", "help.resume", f.resume, "恢复定时", "resumepost"),
			manager("usage.numbers", "help.cancel", f.cancel, "取消定时", "cancelpost"),
			manager("usage.number", "help.run", f.runNow, "立即发送", "sendnow"),
			{Names: []string{"内容日历", "calendar"}, Usage: "usage.calendar", Help: "help.calendar", Role: bot.Moderator, Run: f.calendar},
			manager("", "help.waiting", f.waiting, "待审稿", "drafts"),
			manager("usage.number", "help.review", f.review, "审稿", "reviewpost"),
			manager("usage.number", "help.approve", f.approve, "批准", "approvepost"),
			manager("usage.return", "help.return", f.sendBack, "退稿", "returnpost"),
		},
	}
}

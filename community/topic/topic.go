// Package topic puts a question to each group at a time of the day, and keeps who answered it.
//
// Topics stand in a library, by column (栏目). What each column says in each group on the next seven dates is planned
// ahead, as rows that managers see and change; the post of a date takes its row. A date is one of the local calendar,
// not a Day, because a column has a time of the clock. What members say is attributed to the open topic of their
// group: by the column's hashtag, by quoting it, or as their first words soon after it.
package topic

import (
	"embed"
	"io/fs"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

type topic struct {
	db  community.SQL
	c   *community.Community
	cfg Config

	settled bool                        // the built-in topics are stored
	kept    map[community.GroupID]bool  // groups whose plans are known to be in step; nil: none
	open    map[community.GroupID]*room // the open topics of groups that are loaded
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	f := &topic{db: community.SQL{Storage: db}, c: c, cfg: cfg, open: map[community.GroupID]*room{}}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	c.Earnings.Register("topic", f.explain)
	c.Facts.Register("topic.answers", f.counted)
	c.Facts.RegisterTeller("topic.last", f.last)
	c.Tags.Register(f.interests)
	c.OnIdentity("topic", f.changed)
	c.Undo.Register("topic.topic", f.undoTopic)
	c.Undo.Register("topic.import", f.undoImport)
	c.Undo.Register("topic.day", f.undoDay)
	c.Undo.Register("topic.best", f.undoBest)
	c.Undo.Register("topic.decide", f.undoDecide)
	feature := bot.Feature{
		Name: "topic", Locales: texts, Migrations: migrations(), Personal: personal(), Views: f.views(), Section: bot.Content, Inbox: f.inbox(),
		Chapters: []bot.Chapter{{Key: "topics", Title: "chapter", Read: f.chapter}},
		Jobs: []bot.Job{
			{Name: postJob, Ritual: true, Title: "job.post", Grace: grace, Run: f.post},
			{Name: recapJob, Ritual: true, Title: "job.recap", Grace: grace, Run: f.recap},
			{Name: hostJob, Run: f.hostAnswers},
			{Name: "keep", Spec: "5 4 * * *", Run: f.nightly},
		},
		On: []bot.Listener{bot.On(f.recalled, bot.Recalled)},
		Commands: []bot.Command{
			{Names: []string{"今日话题", "topic"}, Help: "help.today", Run: f.today},
			{Names: []string{"出题", "suggest"}, Usage: "usage.propose", Help: "help.propose", Run: f.propose},
			{Names: []string{"精选", "best"}, Usage: "usage.best", Help: "help.best", Role: bot.Moderator, Run: f.best},
			{Names: []string{"审题", "suggestions"}, Help: "help.proposals", Role: bot.Moderator, Run: f.proposals},
			{Names: []string{"采用题", "adopt"}, Usage: "usage.adopt", Help: "help.adopt", Role: bot.Moderator, Run: f.adopt},
			{Names: []string{"退题", "declinetopic"}, Usage: "usage.decline", Help: "help.decline", Role: bot.Moderator, Run: f.decline},
			{Names: []string{"题库", "topics"}, Usage: "usage.list", Help: "help.list", Role: bot.Manager, Run: f.list},
			{Names: []string{"加题", "addtopic"}, Usage: "usage.add", Help: "help.add", Role: bot.Manager, Run: f.add},
			{Names: []string{"改题", "edittopic"}, Usage: "usage.edit", Help: "help.edit", Role: bot.Manager, Run: f.edit},
			{Names: []string{"停题", "pausetopic"}, Usage: "usage.pause", Help: "help.pause", Role: bot.Manager, Run: f.pause},
			{Names: []string{"启题", "resumetopic"}, Usage: "usage.resume", Help: "help.resume", Role: bot.Manager, Run: f.resume},
			{Names: []string{"导入题库", "importtopics"}, Usage: "usage.import", Help: "help.import", Role: bot.Manager, Table: true, Run: f.importTopics},
			{Names: []string{"话题日历", "topiccalendar"}, Help: "help.calendar", Role: bot.Manager, Run: f.calendar},
			{Names: []string{"换题", "swaptopic"}, Usage: "usage.swap", Help: "help.swap", Role: bot.Manager, Run: f.swap},
			{Names: []string{"跳过话题", "skiptopic"}, Usage: "usage.skip", Help: "help.skip", Role: bot.Manager, Run: f.skip},
			{Names: []string{"改话题", "rewordtopic"}, Usage: "usage.reword", Help: "help.reword", Role: bot.Manager, Run: f.reword},
			{Names: []string{"话题统计", "topicstats"}, Help: "help.statistics", Role: bot.Moderator, Run: f.statistics},
		},
	}
	if cfg.Enabled {
		feature.On = append(feature.On, bot.On(f.hear, bot.Message), bot.On(f.wake, bot.Joined, bot.SessionUp, bot.MembersSeen))
	}
	return feature
}

// explain says what taking part earns.
func (f *topic) explain(r *bot.Request) string {
	r = r.In("topic")
	text := ""
	line := func(key string, n int64) {
		if n > 0 && f.cfg.Enabled {
			if text != "" {
				text += "\n"
			}
			text += r.T(key, "Points", n)
		}
	}
	line("explain.answer", f.cfg.Answer)
	line("explain.best", f.cfg.Best)
	line("explain.proposal", f.cfg.Proposal)
	return text
}

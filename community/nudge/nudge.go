// Package nudge turns to single members unasked: to wake who went silent, to encourage and to thank. Families of nudges are
// data that managers switch and edit. Few words go out and each is checked when it is sent; a tenth of the people are held
// out by chance, so that the report can tell what it is good for.
package nudge

import (
	"context"
	"embed"
	"io/fs"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

//go:embed locales
var locales embed.FS

type feature struct {
	db  community.SQL
	c   *community.Community
	cfg Config
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	f := &feature{community.SQL{Storage: db}, c, cfg}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	c.Timeline.Register("nudge", f.moments)
	c.Undo.Register(undoFamily, f.unchange)
	c.Undo.Register(undoTag, f.untag)
	c.ActOnMembers(bot.Manager, bot.Act{Command: "打标签"})
	return bot.Feature{
		Name: "nudge", Locales: texts, Section: bot.Activity, Migrations: migrations(), Personal: personal(),
		Chapters: []bot.Chapter{{Key: "nudges", Title: "chapter", Read: f.chapter}},
		Commands: []bot.Command{
			{Names: []string{"触达", "nudges"}, Usage: "usage.list", Help: "help.list", Role: bot.Manager, Run: f.list},
			{Names: []string{"开启触达", "start-nudge"}, Usage: "usage.family", Help: "help.start", Role: bot.Manager, Run: f.start},
			{Names: []string{"停止触达", "stop-nudge"}, Usage: "usage.family", Help: "help.stop", Role: bot.Manager, Run: f.stop},
			{Names: []string{"预览触达", "preview-nudge"}, Usage: "usage.family", Help: "help.preview", Role: bot.Manager, Run: f.preview},
			{Names: []string{"执行触达", "run-nudge"}, Usage: "usage.family", Help: "help.run", Role: bot.Manager, Run: f.now},
			{Names: []string{"改触达", "edit-nudge"}, Usage: "usage.edit", Help: "help.edit", Role: bot.Manager, Run: f.edit},
			{Names: []string{"新建触达", "new-nudge"}, Usage: "usage.new", Help: "help.new", Role: bot.Manager, Run: f.create},
			{Names: []string{"删除触达", "drop-nudge"}, Usage: "usage.family", Help: "help.drop", Role: bot.Manager, Run: f.drop},
			{Names: []string{"触达报告", "nudge-report"}, Usage: "usage.report", Help: "help.report", Role: bot.Manager, Run: f.report},
			{Names: []string{"触达记录", "nudge-log"}, Usage: "usage.who", Help: "help.log", Role: bot.Manager, Run: f.log},
			{Names: []string{"标签", "tags"}, Usage: "usage.tags", Help: "help.tags", Role: bot.Moderator, Run: f.tags},
			{Names: []string{"打标签", "tag"}, Usage: "usage.tag", Help: "help.tag", Role: bot.Manager, Run: f.tag},
			{Names: []string{"去标签", "untag"}, Usage: "usage.tag", Help: "help.untag", Role: bot.Manager, Run: f.takeTag},
		},
		On: []bot.Listener{bot.On(f.delivered, bot.Delivered)},
		Jobs: []bot.Job{
			{Name: runJob, Ritual: true, Backstage: true, Title: "job.run", Grace: patient, Run: f.run},
			{Name: anewJob, Run: f.anew},
			{Name: nightJob, Spec: "20 4 * * *", Run: f.night},
		},
		Guards: map[string]bot.Guard{eligible: f.eligible},
		Views:  f.views(),
	}
}

// title is what a family is called.
func (f *feature) title(t speaker, s *state) string {
	if s.Title != "" {
		return f.c.Words.ScreenName(s.Title)
	}
	return t("family." + s.Name)
}

// meant reads which family a command is about, and what follows.
func (f *feature) meant(ctx context.Context, r *bot.Request) (*state, string, error) {
	list, err := f.families(ctx)
	if err != nil {
		return nil, "", err
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(r.Args), " ")
	for i := range list {
		s := &list[i]
		if folded := bot.Fold(word); folded != "" && (folded == bot.Fold(f.title(r.T, s)) || folded == bot.Fold(s.Name)) {
			return s, strings.TrimSpace(rest), nil
		}
	}
	var names []string
	for i := range list {
		names = append(names, f.title(r.T, &list[i]))
	}
	key := "family.unknown"
	if word == "" {
		key = "family.which"
	}
	return nil, "", r.Refuse(key, "Word", f.c.Words.ScreenName(word), "List", strings.Join(names, r.T("comma")), "Command", r.Command(), "First", names[0])
}

// only is meant where nothing may follow.
func (f *feature) only(ctx context.Context, r *bot.Request) (*state, error) {
	s, rest, err := f.meant(ctx, r)
	if err == nil && rest != "" {
		err = r.Refuse("family.more", "Command", r.Command(), "Family", f.title(r.T, s))
	}
	return s, err
}

// segment is a family's segment in words.
func (f *feature) segment(ctx context.Context, t speaker, tier speaker, s *Segment) (string, error) {
	groups, err := f.c.GroupNames(ctx)
	if err != nil {
		return "", err
	}
	return s.say(t, func(of tiers.Tier) string { return community.TierName(tier, of) }, func(g community.GroupID) string { return groups[g] }), nil
}

// Package rules keeps the community's 公约: its versions, and who agreed to which.
package rules

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

// Config is the first version of the 公约, which stands until managers write another.
type Config struct {
	Title string   `yaml:"title" doc:"heading of the rules"`
	Lines []string `yaml:"lines" doc:"the rules, one line each, numbered when shown; managers write later versions by 改公约"`
}

// Defaults are rules that fit most communities.
func Defaults() Config {
	return Config{
		Title: "社区公约",
		Lines: []string{"友善交流，尊重每一位成员", "分享真实体验，不发广告和刷屏", "保护隐私，不外传群内内容", "有问题找管理员，我们都在"},
	}
}

// Validate tells whether the rules can be shown.
func (c Config) Validate() error {
	if len(c.Lines) == 0 {
		return errors.New("lines: the rules need at least one line")
	}
	return nil
}

type rules struct {
	db  community.SQL
	c   *community.Community
	cfg Config
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	f := &rules{community.SQL{Storage: db}, c, cfg}
	c.Facts.Register("rules.agreed", f.agreedFact)
	c.Undo.Register("rules.version", f.undo)
	return bot.Feature{
		Name: "rules", Locales: texts, Section: bot.Content, Migrations: migrations(), Personal: personal(),
		Commands: []bot.Command{
			{Names: []string{"公约", "rules", "群规"}, Usage: "usage", Help: "help", Run: f.show},
			{Names: []string{"同意", "agree"}, Help: "help.agree", Run: f.agree},
			{Names: []string{"改公约", "edit-rules"}, Usage: "usage.edit", Help: "help.edit", Role: bot.Manager, Run: f.edit},
			{Names: []string{"发布公约", "post-rules"}, Help: "help.post", Role: bot.Manager, Run: f.post},
			{Names: []string{"公约统计", "rules-agreed"}, Help: "help.agreed", Role: bot.Moderator, Run: f.tally},
		},
		On:    []bot.Listener{bot.On(f.recalled, bot.Recalled)},
		Views: []bot.View{{Name: "agreed", Title: "view.title", Role: bot.Moderator, Acts: []bot.Act{{Command: "改公约"}, {Command: "发布公约"}}, Read: f.page}},
	}
}

// show answers with the rules that stand, an earlier version, or their history.
func (f *rules) show(ctx context.Context, r *bot.Request) error {
	all, err := f.versions(ctx)
	if err != nil {
		return err
	}
	v := all[len(all)-1]
	switch asked := bot.Fold(strings.TrimSpace(r.Args)); asked {
	case "":
		if err := f.shown(ctx, r, community.GroupID(r.Actor.Group), v.number); err != nil {
			return err
		}
	case "历史", "history":
		lines := []string{r.T("history")}
		for _, v := range all {
			lines = append(lines, r.T("history.line", "Version", v.number, "Date", f.date(v), "First", community.Excerpt(v.text, 30)))
		}
		r.Reply(strings.Join(lines, "\n"))
		return nil
	default:
		n, err := strconv.Atoi(asked)
		i := slices.IndexFunc(all, func(v version) bool { return v.number == n })
		if err != nil || i < 0 {
			return r.Refuse("which")
		}
		v = all[i]
	}
	r.Reply(f.text(r, v))
	return nil
}

// text is a version as members read it.
func (f *rules) text(r *bot.Request, v version) string {
	said := f.body(r, v)
	if v.at.IsZero() {
		return said
	}
	return said + "\n" + r.T("footer", "Version", v.number, "Date", f.date(v))
}

// body is the rules alone. The standard ones exist in both languages; others are shown as they were written.
func (f *rules) body(r *bot.Request, v version) string {
	if v.at.IsZero() && r.Actor.Language == "en" && f.cfg.Title == Defaults().Title && slices.Equal(f.cfg.Lines, Defaults().Lines) {
		return r.T("standard")
	}
	return "📜 " + f.cfg.Title + "\n" + v.text
}

func (f *rules) date(v version) string {
	if v.at.IsZero() {
		return ""
	}
	return community.DateOf(v.at, f.c.Calendar.Zone()).String()
}

// agreeable is for how long after the rules were shown 同意 in a group means them.
const agreeable = 30 * time.Minute

// agree keeps that somebody agrees to the rules that stand. In a group the word is said about many things, so it
// counts only where they were shown, as they stand now, a short while ago.
func (f *rules) agree(ctx context.Context, r *bot.Request) error {
	v, err := f.standing(ctx)
	if err != nil {
		return err
	}
	if r.Actor.Group != "" {
		shown, number, err := f.shownAt(ctx, community.GroupID(r.Actor.Group))
		if err != nil || number != v.number || r.At.Sub(shown) > agreeable {
			return err
		}
	}
	since, ok, err := f.agreedAt(ctx, community.MemberID(r.Actor.Member), v.number)
	if err != nil {
		return err
	}
	if ok {
		r.Reply(r.T("agreed.before", "Name", r.Actor.Name, "Date", community.DateOf(since, f.c.Calendar.Zone()).String()))
		return nil
	}
	if err := f.keepAgreed(ctx, r, v.number); err != nil {
		return err
	}
	text := r.T("agreed", "Name", r.Actor.Name)
	o := bot.Outgoing{Group: r.Actor.Group, Text: text, Priority: bot.Answer, Merge: "agreed", MergeHead: r.T("agreed.all"), MergeItem: r.Actor.Name}
	if r.Actor.Group == "" {
		o = bot.Outgoing{Member: r.Actor.Member, Text: text, Priority: bot.Answer}
	}
	r.Send(o)
	return nil
}

// longest is how many characters the rules have at the most.
const longest = 2000

// edit makes another version, after it was shown and confirmed.
func (f *rules) edit(ctx context.Context, r *bot.Request) error {
	text := strings.TrimSpace(r.Args)
	if text == "" {
		return r.Refuse("edit.empty")
	}
	if n := len([]rune(text)); n > longest {
		return r.Refuse("edit.long", "Most", longest, "N", n)
	}
	if word, bad := f.c.Words.Forbidden(text); bad {
		return r.Refuse("edit.word", "Word", word)
	}
	before, err := f.standing(ctx)
	if err != nil {
		return err
	}
	if before.text == text {
		return r.Refuse("edit.same")
	}
	preview := r.T("edit.preview", "Version", before.number+1, "Text", f.body(r, version{text: text, at: r.At}))
	if ok, err := f.c.Confirmations.AskOn(ctx, r, preview, strconv.Itoa(before.number)); err != nil || !ok {
		return err
	}
	n, err := f.add(ctx, r, text)
	if err != nil {
		return err
	}
	code, err := f.c.Undo.Offer(ctx, r, "rules.version", n)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "edit", strconv.Itoa(n), map[string]any{"characters": len([]rune(text))}); err != nil {
		return err
	}
	r.Reply(r.T("edit.done", "Version", n, "Code", code))
	return nil
}

func (f *rules) undo(ctx context.Context, _ *bot.Request, payload []byte) error {
	var n int
	if err := json.Unmarshal(payload, &n); err != nil {
		return err
	}
	return f.withdraw(ctx, n)
}

// reposted is for how long the same rules are not posted to a group again.
const reposted = 24 * time.Hour

// post says the rules to all groups that may hear something unasked and have not had the same ones just now.
func (f *rules) post(ctx context.Context, r *bot.Request) error {
	v, err := f.standing(ctx)
	if err != nil {
		return err
	}
	groups, err := f.c.AdoptedGroups(ctx)
	if err != nil {
		return err
	}
	said := 0
	var latest time.Time
	for _, g := range groups {
		before, err := f.postedAt(ctx, g.ID, v.number)
		if err != nil {
			return err
		}
		if r.At.Sub(before) < reposted {
			latest = before
			continue
		}
		text := f.text(r, v) + "\n" + r.T("post.agree")
		ok, err := f.c.Noise.TakeFor(ctx, r.At, community.Unasked{Group: g.ID, Feature: r.Feature(), Text: text, Dated: true})
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		said++
		r.Send(bot.Outgoing{Group: string(g.ID), Text: text, Priority: bot.Post, Dated: true})
		if err := f.posted(ctx, r, g.ID, v.number); err != nil {
			return err
		}
	}
	if said == 0 && !latest.IsZero() {
		return r.Refuse("post.already", "When", latest.In(f.c.Calendar.Zone()).Format("01-02 15:04"))
	}
	if err := f.c.Audit.Record(ctx, r, "post", strconv.Itoa(v.number), map[string]any{"groups": said}); err != nil {
		return err
	}
	if len(groups) > 1 || r.Actor.Group == "" || said == 0 {
		r.Reply(r.T("post.done", "N", said, "Of", len(groups)))
	}
	return nil
}

// tally tells how many members agreed to which version.
func (f *rules) tally(ctx context.Context, r *bot.Request) error {
	counts, present, err := f.counts(ctx)
	if err != nil {
		return err
	}
	v, err := f.standing(ctx)
	if err != nil {
		return err
	}
	lines := []string{r.T("tally", "Version", v.number, "N", counts[v.number], "Of", present)}
	for n := v.number - 1; n >= 1; n-- {
		if counts[n] > 0 {
			lines = append(lines, r.T("tally.earlier", "Version", n, "N", counts[n]))
		}
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// page is the console's: each version, with how many present members agreed to it.
func (f *rules) page(ctx context.Context, q *bot.Query) (bot.Page, error) {
	counts, present, err := f.counts(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	all, err := f.versions(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "versions", Columns: []bot.Column{
		{Key: "version", Title: q.T("view.version"), Numbers: true}, {Key: "date", Title: q.T("view.date")},
		{Key: "agreed", Title: q.T("view.agreed"), Numbers: true}, {Key: "text", Title: q.T("view.text")},
	}}
	for _, v := range slices.Backward(all) {
		t.Rows = append(t.Rows, bot.Row{Key: strconv.Itoa(v.number), Cells: []bot.Cell{
			{Text: strconv.Itoa(v.number), Value: int64(v.number)}, {Text: f.date(v)}, {Text: fmt.Sprint(counts[v.number]), Value: int64(counts[v.number])},
			{Text: community.Excerpt(v.text, 200)},
		}})
	}
	return bot.Page{Note: q.T("view.note", "Of", present), Tables: []bot.Table{t}}, nil
}

// Package earning is what members earn by taking part: for speaking, for being thanked, and, where a community wants
// it, for pictures and links; and 规则, which explains everything that earns.
//
// Each message that is fit to earn is kept as a fact of the id it came from. Which facts count is always derived from
// all facts of a person, so that caps are a person's also after two ids are merged or split. Nothing is said about
// what is earned: it stands in 明细.
package earning

import (
	"context"
	"embed"
	"io/fs"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

type earning struct {
	c        *community.Community
	cfg      Config
	db       community.SQL
	mem      *memory
	lookback community.Day // how many Days before a message what they earned matters to it
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	f := &earning{c: c, cfg: cfg, db: community.SQL{Storage: db}, mem: newMemory(), lookback: lookback(cfg)}
	c.OnIdentity("earning", f.changed, ruleSpeaking+"/", rulePicture+"/", ruleLink+"/", ruleThanks+"/")
	c.Earnings.Register("earning", f.explain)
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	return bot.Feature{
		Name: "earning", Locales: texts, Section: bot.Economy, Migrations: migrations(), Personal: personal(),
		Observe:  f.observe,
		On:       []bot.Listener{bot.On(f.said, bot.Message), bot.On(f.recalled, bot.Recalled)},
		Commands: []bot.Command{{Names: []string{"规则", "earn", "积分规则"}, Help: "help", Run: f.rules}},
	}
}

// lookback is how many Days back the words of a message are compared, and those of its cooldown.
func lookback(cfg Config) community.Day {
	return community.Day(cfg.Speaking.RepeatAfter/(24*time.Hour)) + 2
}

// observe remembers what is said in groups. What is remembered is forgotten where it did not happen after all.
func (f *earning) observe(ctx context.Context, r *bot.Request) error {
	if r.Kind != bot.Message || r.Actor.Group == "" || r.Actor.Origin == "" {
		return nil
	}
	f.db.OnRollback(ctx, f.mem.dropAll)
	g, err := f.ring(ctx, community.GroupID(r.Actor.Group), r.Seq)
	if err != nil {
		return err
	}
	g.add(said{seq: r.Seq, at: r.At, origin: community.MemberID(r.Actor.Origin), form: r.Form, chars: r.Len, text: r.Text})
	return nil
}

// said judges a message that is no command.
func (f *earning) said(ctx context.Context, r *bot.Request) error {
	if r.Actor.Group == "" || r.Actor.Origin == "" {
		return nil
	}
	f.db.OnRollback(ctx, f.mem.dropAll)
	g, err := f.ring(ctx, community.GroupID(r.Actor.Group), r.Seq)
	if err != nil {
		return err
	}
	if r.Form == bot.Text && thanks(r.Text) {
		if err := f.thanked(ctx, r, g); err != nil {
			return err
		}
	}
	rule := f.cfg.rule(ruleOf(r.Form))
	if rule.Amount == 0 {
		return nil
	}
	return f.earn(ctx, r, g, rule)
}

// ruleOf is the rule for messages of a form.
func ruleOf(form bot.Form) string {
	switch form {
	case bot.Text:
		return ruleSpeaking
	case bot.Image:
		return rulePicture
	case bot.Link:
		return ruleLink
	}
	return ""
}

// earn pays for a message that a rule finds worth it.
func (f *earning) earn(ctx context.Context, r *bot.Request, g *ring, rule Rule) error {
	person := community.MemberID(r.Actor.Member)
	who, err := f.c.Person(ctx, person)
	if err != nil {
		return err
	}
	ids, err := f.c.IDs(ctx, person)
	if err != nil {
		return err
	}
	day := f.c.Calendar.Day(r.At)
	w, err := f.window(ctx, person, ids, day)
	if err != nil {
		return err
	}
	here := g.last(r.Seq)
	if here == nil { // the group is known for more than its last messages only while it is observed
		here = &said{seq: r.Seq, at: r.At, form: r.Form, chars: r.Len, text: r.Text}
	}
	m := Message{
		At: r.At, Day: day, Text: r.Text != "", Chars: r.Len, Print: here.read(),
		Staff: who.Role >= bot.Moderator || who.Bot || r.Actor.Bot, Command: slashed(r.Text),
	}
	if rule.Name == rulePicture && r.Media != "" {
		if m.Repeat, err = f.shown(ctx, ids, r.Media); err != nil {
			return err
		}
	}
	verdict := Judge(rule, Recent{Earned: w.counts[rule.Name], Around: g.around(r.Seq, r.At, ids)}, m)
	// What only another id's earnings keep from earning counts again if they turn out to be two people.
	if !verdict.Earns && (len(ids) == 1 || !verdict.limited()) {
		return nil
	}
	c := fact{
		rule: rule.Name, origin: community.MemberID(r.Actor.Origin), day: day, seq: r.Seq, at: r.At, price: rule.Amount, cap: rule.Cap, gap: rule.Cooldown,
		counts: verdict.Earns,
	}
	if rule.Name == rulePicture {
		c.media = r.Media
	}
	if c.recalled, err = f.isEarly(ctx, r.ID); err != nil {
		return err
	}
	if err := f.record(ctx, c); err != nil {
		return err
	}
	if !c.counts {
		return nil
	}
	w.forget(c.rule, day-2*f.lookback)
	w.add(c.rule, m.earned())
	if c.recalled {
		return nil
	}
	return f.pay(ctx, c.key(), c.origin, c.price, r.T("reason."+c.rule), r.At)
}

// pay books what an id earns.
func (f *earning) pay(ctx context.Context, key string, origin community.MemberID, amount int64, reason string, at time.Time) error {
	account, err := f.c.Account(ctx, origin)
	if err != nil {
		return err
	}
	_, err = f.c.Purse.Post(ctx, points.Transfer{Key: key, From: points.Issued, To: account, Amount: amount, Reason: reason, At: at})
	return err
}

// slashed tells that a text is meant as a command, though there is none of that name.
func slashed(text string) bool {
	return strings.HasPrefix(text, "/") || strings.HasPrefix(text, "／")
}

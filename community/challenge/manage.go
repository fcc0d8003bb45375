package challenge

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) managerCommands() []bot.Command {
	command := func(zh, en, help, usage string, run bot.Handler) bot.Command {
		return bot.Command{Names: []string{zh, en}, Help: "help." + help, Usage: "usage." + usage, Role: bot.Manager, Run: run}
	}
	return []bot.Command{
		command("新建挑战", "newchallenge", "new", "new", f.create),
		command("改挑战", "editchallenge", "edit", "edit", f.edit),
		command("延长挑战", "extendchallenge", "extend", "extend", f.extend),
		command("加奖", "addprize", "add_prize", "add_prize", f.addOne),
		command("结束挑战", "endchallenge", "end", "name", f.end),
		command("取消挑战", "cancelchallenge", "cancel", "name", f.cancel),
		command("取消资格", "disqualify", "out", "out", f.disqualify),
		command("恢复资格", "reinstate", "back", "back", f.reinstate),
		command("奖励", "award", "award", "award", f.award),
		command("查打卡", "checkins", "look", "back", f.look),
		command("挑战统计", "challengestats", "stats", "name", f.statistics),
	}
}

// What takes back the commands of managers.
type (
	undoNew    struct{ ID int64 }
	undoTerms  struct{ Before, After challenge }
	undoPrize  struct{ ID, N, Seq int64 }
	undoCancel struct{ ID int64 }
	undoOut    struct {
		ID     int64
		Member community.MemberID
		Out    bool // they were disqualified before
		Reason string
		Turned int64 // the event that did it
		Before int64 // the one before it that disqualified them, or ended that
	}
	undoAward struct{ Key string }
)

func (f *feature) registerUndo() {
	register(f, "challenge.new", f.undoNew)
	register(f, "challenge.terms", f.undoTerms)
	register(f, "challenge.prize", f.undoPrize)
	register(f, "challenge.cancel", f.undoCancel)
	registerTelling(f, "challenge.out", f.undoOut)
	register(f, "challenge.award", f.undoAward)
}

// register registers an undo that says nothing, and whose payload is a T.
func register[T any](f *feature, action string, fn func(ctx context.Context, r *bot.Request, u T) error) {
	registerTelling(f, action, func(ctx context.Context, r *bot.Request, u T) error { return fn(ctx, r.In("challenge"), u) })
}

// registerTelling registers an undo that tells somebody of it.
func registerTelling[T any](f *feature, action string, fn func(ctx context.Context, r *bot.Request, u T) error) {
	f.c.Undo.Register(action, func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u T
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return fn(ctx, r, u)
	})
}

// done answers a manager's change with its undo code, and audits it.
func (f *feature) done(ctx context.Context, r *bot.Request, action, target string, undo any, details map[string]any, text string) error {
	code, err := f.c.Undo.Offer(ctx, r, action, undo)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, action, target, details); err != nil {
		return err
	}
	r.Reply(text + "\n" + r.T("undo", "Code", code))
	return nil
}

// theOne is the open challenge that a manager names, wherever it is held.
func (f *feature) theOne(ctx context.Context, r *bot.Request, text string) (*challenge, string, error) {
	list, err := f.challenges(ctx, `WHERE state = 'open' ORDER BY id`)
	if err != nil {
		return nil, "", err
	}
	c, rest := named(list, text)
	switch {
	case c != nil:
		return c, rest, nil
	case len(list) == 0:
		return nil, "", r.Refuse("manage.none")
	}
	return nil, "", r.Refuse("manage.which", "Names", names(list), "Command", r.Command(), "Example", list[0].Name)
}

// begun tells whether a challenge can't be changed any more: it runs, or somebody joined one that is for whenever.
func (f *feature) begun(ctx context.Context, r *bot.Request, c *challenge) (bool, error) {
	if c.First != 0 {
		return f.c.Calendar.Day(r.At) >= c.First, nil
	}
	n, err := f.size(ctx, c.ID)
	return n > 0, err
}

// edit is 改挑战 早起 30天 累计20天: before it begins.
func (f *feature) edit(ctx context.Context, r *bot.Request) error {
	c, words, err := f.theOne(ctx, r, r.Args)
	if err != nil {
		return err
	}
	switch begun, err := f.begun(ctx, r, c); {
	case err != nil:
		return err
	case begun:
		return r.Refuse("edit.begun", "Name", c.Name)
	case words == "":
		return r.Refuse("edit.how", "Example", r.T("edit.example", "Name", c.Name))
	}
	before := *c
	d := &draft{challenge: *c, today: f.c.Calendar.Day(r.At), starts: f.c.Calendar.Starts(), prizes: true, leaves: c.MaxOff < f.cfg.Leaves}
	if c.Target == c.Days {
		d.Target = 0
	}
	if key, word := d.read(words); key != "" {
		return f.refuseWord(r, key, word, r.T("edit.example", "Name", c.Name))
	}
	if err := f.freeTag(ctx, r, &d.challenge); err != nil {
		return err
	}
	if err := f.sound(ctx, r, &d.challenge); err != nil {
		return err
	}
	numbered(d.Prizes, before.Prizes, r.Seq)
	if err := f.rewrite(ctx, r, &d.challenge); err != nil {
		return err
	}
	return f.done(ctx, r, "challenge.terms", fmt.Sprint(c.ID), undoTerms{before, d.challenge}, map[string]any{"days": d.Days, "target": d.Target},
		r.T("edit.done", "Name", c.Name)+"\n"+f.describe(r, &d.challenge))
}

// rewrite stores the terms and prizes of a challenge. Prizes that it had already stay what they are.
func (f *feature) rewrite(ctx context.Context, r *bot.Request, c *challenge) error {
	if err := f.terms(ctx, c); err != nil {
		return err
	}
	if _, err := f.db.Exec(ctx, `DELETE FROM challenge_prizes WHERE challenge_id = ?`, c.ID); err != nil {
		return fmt.Errorf("prizes: %w", err)
	}
	for _, p := range c.Prizes {
		if err := f.addPrize(ctx, c.ID, p); err != nil {
			return err
		}
	}
	return f.spans(ctx, r, c)
}

// numbered gives those of some prizes their numbers that have none yet: they come after all that there were.
func numbered(list, were []Prize, seq int64) {
	last := 0
	for _, p := range were {
		last = max(last, p.N)
	}
	for i := range list {
		if list[i].N == 0 {
			last++
			list[i].N, list[i].Seq = last, seq
		}
	}
}

// terms stores the terms of a challenge.
func (f *feature) terms(ctx context.Context, c *challenge) error {
	_, err := f.db.Exec(ctx, `UPDATE challenges SET about = ?, mode = ?, days = ?, target = ?, first_day = ?, last_day = ?, proof = ?, tag = ?, windows = ?,
		daily = ?, leaves = ? WHERE id = ?`, c.About, string(c.Mode), c.Days, c.Target, int(c.First), int(c.Last), string(c.Proof), c.Tag,
		storedWindows(c.Windows), c.Daily, c.MaxOff, c.ID)
	if err != nil {
		return fmt.Errorf("terms of challenge %d: %w", c.ID, err)
	}
	return nil
}

// spans has everybody judged anew, because the Days of their part have changed.
func (f *feature) spans(ctx context.Context, r *bot.Request, c *challenge) error {
	return r.Later(ctx, r.At, "granted", fmt.Sprintf("%d/", c.ID))
}

// extend is 延长挑战 早起 7天.
func (f *feature) extend(ctx context.Context, r *bot.Request) error {
	c, words, err := f.theOne(ctx, r, r.Args)
	if err != nil {
		return err
	}
	n := number(strings.TrimSuffix(strings.TrimSuffix(bot.Fold(words), "天"), "days"))
	if n < 1 || c.Days+n > daysMost {
		return r.Refuse("extend.how", "Name", c.Name, "Most", daysMost)
	}
	before := *c
	c.Days += n
	if c.First != 0 {
		c.Last += community.Day(n)
	}
	if err := f.terms(ctx, c); err != nil {
		return err
	}
	if err := f.spans(ctx, r, c); err != nil {
		return err
	}
	return f.done(ctx, r, "challenge.terms", fmt.Sprint(c.ID), undoTerms{before, *c}, map[string]any{"days": c.Days}, r.T("extend.done", "Name", c.Name, "Days", n)+"\n"+f.rule(r, c))
}

// addOne is 加奖 早起 第14天30分.
func (f *feature) addOne(ctx context.Context, r *bot.Request) error {
	c, words, err := f.theOne(ctx, r, r.Args)
	if err != nil {
		return err
	}
	d := &draft{today: f.c.Calendar.Day(r.At), starts: f.c.Calendar.Starts()}
	d.Days, d.Target = c.Days, c.Target
	if key, word := d.read(words); key != "" {
		return f.refuseWord(r, key, word, r.T("add_prize.example", "Name", c.Name))
	}
	switch {
	case len(d.Prizes) != 1:
		return r.Refuse("add_prize.how", "Example", r.T("add_prize.example", "Name", c.Name))
	case len(c.Prizes) >= prizesMost:
		return r.Refuse("new.prizes", "Example", "")
	}
	if err := f.known(ctx, r, d.Prizes); err != nil {
		return err
	}
	numbered(d.Prizes, c.Prizes, r.Seq)
	p := d.Prizes[0]
	p.Later = true
	if err := f.allowed(r, p.Name); err != nil {
		return err
	}
	if err := f.addPrize(ctx, c.ID, p); err != nil {
		return err
	}
	return f.done(ctx, r, "challenge.prize", fmt.Sprint(c.ID), undoPrize{c.ID, int64(p.N), p.Seq}, map[string]any{"days": p.At, "amount": p.Amount},
		r.T("add_prize.done", "Name", c.Name)+"\n"+f.sayPrize(r, p)+"\n"+r.T("add_prize.rule"))
}

// end is 结束挑战 早起: it is settled now.
func (f *feature) end(ctx context.Context, r *bot.Request) error {
	c, _, err := f.theOne(ctx, r, r.Args)
	if err != nil {
		return err
	}
	n, err := f.size(ctx, c.ID)
	if err != nil {
		return err
	}
	sure, err := f.c.Confirmations.Ask(ctx, r, r.T("end.preview", "Name", c.Name, "Members", n))
	if err != nil || !sure {
		return err
	}
	if err := f.settleAll(ctx, r, c); err != nil {
		return err
	}
	r.Reply(r.T("end.done", "Name", c.Name))
	return f.c.Audit.Record(ctx, r, "challenge.end", fmt.Sprint(c.ID), map[string]any{"members": n})
}

// cancel is 取消挑战 早起: nothing counts any more; what was earned stays.
func (f *feature) cancel(ctx context.Context, r *bot.Request) error {
	c, _, err := f.theOne(ctx, r, r.Args)
	if err != nil {
		return err
	}
	n, err := f.size(ctx, c.ID)
	if err != nil {
		return err
	}
	if n > 0 {
		sure, err := f.c.Confirmations.Ask(ctx, r, r.T("cancel.preview", "Name", c.Name, "Members", n))
		if err != nil || !sure {
			return err
		}
	}
	if _, err := f.db.Exec(ctx, `UPDATE challenges SET state = 'cancelled', settled_at = ? WHERE id = ?`, r.At.UnixMilli(), c.ID); err != nil {
		return fmt.Errorf("cancel challenge %d: %w", c.ID, err)
	}
	if err := f.schedule(ctx, r); err != nil {
		return err
	}
	return f.done(ctx, r, "challenge.cancel", fmt.Sprint(c.ID), undoCancel{c.ID}, map[string]any{"members": n}, r.T("cancel.done", "Name", c.Name))
}

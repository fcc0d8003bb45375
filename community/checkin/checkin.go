// Package checkin is the daily 签到: once a Day, with a streak that is always derived from the Days themselves.
package checkin

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

type checkin struct {
	c   *community.Community
	cfg Config
	db  community.SQL
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	f := &checkin{c, cfg, community.SQL{Storage: db}}
	c.OnIdentity("checkin", f.changed, daily+"/", streak+"/")
	c.Earnings.Register("checkin", f.explain)
	c.Facts.Register("checkin.days", f.counted)
	c.Facts.RegisterTeller("checkin.streak", f.streak)
	c.Facts.RegisterActions(f.actions)
	c.Mine.Register("checkin", f.mine)
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	return bot.Feature{
		Name:       "checkin",
		Chapters:   []bot.Chapter{{Key: "checkins", Title: "chapter", Read: f.chapter}},
		Section:    bot.Activity,
		Measures:   []bot.Measure{f.measure()},
		Locales:    texts,
		Migrations: migrations(),
		Personal:   personal(),
		Commands:   []bot.Command{{Names: []string{"签到", "checkin", "打卡签到"}, Help: "help", Run: f.run}},
	}
}

// run keeps the check-in as a fact of the id that it came from. Where another id of the same person has
// checked in on that Day, it is a fact that earns nothing, unless they turn out to be two people.
func (f *checkin) run(ctx context.Context, r *bot.Request) error {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	c := fact{origin: community.MemberID(r.Actor.Origin), day: f.c.Calendar.Day(r.At), at: r.At, seq: r.Seq}
	if r.Actor.Role < bot.Moderator && !r.Actor.Bot { // staff and bots earn nothing
		c.price, c.bonus = f.cfg.Daily.Amount, f.cfg.Streak.Amount
	}
	days, err := f.days(ctx, ids)
	if err != nil {
		return err
	}
	counts := !slices.Contains(days, c.day)
	if counts {
		days = append(days, c.day)
		slices.Sort(days)
	}
	if counts || len(ids) > 1 {
		if err := f.record(ctx, c); err != nil {
			return err
		}
	}
	run := runOf(days, c.day)
	if !counts { // no refusal, which would undo the fact
		r.Reply(r.T("already", "Streak", run.length()) + f.countedFor(r, c.day))
		return nil
	}
	earned, bonus, err := f.pay(ctx, r, ids, c, run)
	if err != nil {
		return err
	}
	f.say(r, c.day, run, earned, bonus)
	return nil
}

// say answers a check-in. In busy moments the answers of a group are said in one message.
func (f *checkin) say(r *bot.Request, day community.Day, run run, earned, bonus int64) {
	o := bot.Outgoing{Text: f.answer(r, day, run, earned, bonus), Priority: bot.Answer, Member: r.Actor.Member}
	if r.Actor.Group != "" {
		item := r.T("merged", "Name", r.Actor.Name, "Streak", run.length())
		if earned+bonus > 0 {
			item += r.T("merged_points", "Points", earned+bonus)
		}
		if bonus > 0 {
			item += r.T("merged_bonus")
		}
		o.Group, o.Member = r.Actor.Group, ""
		o.Merge, o.MergeHead, o.MergeItem = "done/"+day.String(), r.T("merged_head")+f.countedFor(r, day), item
	}
	r.Send(o)
}

func (f *checkin) answer(r *bot.Request, day community.Day, run run, earned, bonus int64) string {
	key := "done"
	if earned+bonus == 0 {
		key = "done_free"
	}
	text := r.T(key, "Name", r.Actor.Name, "Streak", run.length(), "Points", earned)
	if bonus > 0 {
		text += r.T("bonus", "Streak", run.length(), "Points", bonus)
	}
	return text + f.countedFor(r, day)
}

// countedFor says which Day it is where the calendar shows the next date already.
func (f *checkin) countedFor(r *bot.Request, day community.Day) string {
	if r.At.In(f.c.Calendar.Zone()).Format(time.DateOnly) == day.String() {
		return ""
	}
	return r.T("counted_for", "Day", day.String()[len("2006-"):])
}

// pay books what a check-in earns.
func (f *checkin) pay(ctx context.Context, r *bot.Request, ids []community.MemberID, c fact, run run) (earned, bonus int64, err error) {
	due, err := f.milestone(ctx, ids, c, run)
	if err != nil || c.price+c.bonus == 0 {
		return 0, 0, err // a milestone reached as staff is not paid later either
	}
	account, err := f.c.Account(ctx, c.origin)
	if err != nil {
		return 0, 0, err
	}
	var transfers []points.Transfer
	post := func(kind string, amount int64, reason string) {
		if amount > 0 {
			transfers = append(transfers, points.Transfer{Key: c.key(kind), From: points.Issued, To: account, Amount: amount, Reason: reason, At: r.At})
		}
	}
	earned, bonus = c.price, c.bonus*int64(due)
	post(daily, earned, r.T("reason"))
	post(streak, bonus, r.T("reason_bonus", "Streak", run.length()))
	if len(transfers) == 0 {
		return 0, 0, nil
	}
	if _, err := f.c.Purse.Post(ctx, transfers...); err != nil {
		return 0, 0, fmt.Errorf("pay: %w", err)
	}
	return earned, bonus, nil
}

// mine is what 我的 says of the streak; nothing where there is none.
func (f *checkin) mine(ctx context.Context, r *bot.Request, member community.MemberID) (string, error) {
	ids, err := f.c.IDs(ctx, member)
	if err != nil {
		return "", err
	}
	t, ok, err := f.streak(ctx, ids, r.At)
	if err != nil || !ok {
		return "", err
	}
	return r.In("checkin").T("mine", "Streak", t.N), nil
}

// streak is the community's telling checkin.streak: how many Days a person's streak has. It is open where today's check-in
// may still come.
func (f *checkin) streak(ctx context.Context, ids []community.MemberID, at time.Time) (t community.Telling, ok bool, err error) {
	days, err := f.days(ctx, ids)
	if err != nil {
		return t, false, err
	}
	today := f.c.Calendar.Day(at)
	for _, day := range [...]community.Day{today, today - 1} {
		if slices.Contains(days, day) {
			return community.Telling{N: int64(runOf(days, day).length()), On: day, Open: day < today}, true, nil
		}
	}
	return t, false, nil
}

// Package checkin is the daily 签到: once a Day, with a streak that is always derived from the Days themselves.
package checkin

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

type checkin struct {
	c      *community.Community
	ledger *points.Ledger
	cfg    Config
	db     bot.Storage
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, ledger *points.Ledger, cfg Config) bot.Feature {
	f := &checkin{c, ledger, cfg, db}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	return bot.Feature{
		Name:       "checkin",
		Locales:    texts,
		Migrations: migrations(),
		Commands:   []bot.Command{{Names: []string{"签到", "checkin", "打卡签到"}, Help: "help", Run: f.run}},
	}
}

func (f *checkin) run(ctx context.Context, r *bot.Request) error {
	member := community.MemberID(r.Actor.Member)
	day := f.c.Calendar.Day(r.At)
	isNew, err := f.record(ctx, member, day, r)
	if err != nil {
		return err
	}
	days, err := f.days(ctx, member)
	if err != nil {
		return err
	}
	run := runOf(days, day)
	if !isNew {
		return bot.Refuse(r.T("already", "Streak", run.length()) + f.countedFor(r, day))
	}
	earned, bonus, err := f.pay(ctx, r, member, day, run)
	if err != nil {
		return err
	}
	f.say(r, day, run, earned, bonus)
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

// pay books what a check-in earns. Staff and bots earn nothing.
func (f *checkin) pay(ctx context.Context, r *bot.Request, member community.MemberID, day community.Day, run run) (earned, bonus int64, err error) {
	due, err := f.milestone(ctx, member, day, run)
	if err != nil || r.Actor.Role >= bot.Moderator || r.Actor.Bot {
		return 0, 0, err // a milestone reached as staff is not paid later either
	}
	var transfers []points.Transfer
	post := func(key string, amount int64, reason string) {
		if amount > 0 {
			transfers = append(transfers, points.Transfer{
				Key: fmt.Sprintf("%s/%s/%s", key, member, day), From: points.Issued, To: points.Member(string(member)),
				Amount: amount, Reason: reason, At: r.At,
			})
		}
	}
	earned = f.cfg.Amount
	post("checkin", earned, r.T("reason"))
	if due > 0 {
		bonus = f.cfg.Streak * int64(due)
		post("checkin-streak", bonus, r.T("reason_bonus", "Streak", run.length()))
	}
	if len(transfers) == 0 {
		return 0, 0, nil
	}
	if _, err := f.ledger.Post(ctx, transfers...); err != nil {
		return 0, 0, fmt.Errorf("pay: %w", err)
	}
	return earned, bonus, nil
}

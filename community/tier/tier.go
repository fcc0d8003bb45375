// Package tier tells members and managers of the tiers: who holds which, why, and what is missing to the next one. It
// works the nights, tells of them in the morning, and lets managers lock, confirm and look back.
package tier

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

//go:embed locales
var locales embed.FS

// The feature's jobs.
const (
	nightJob = "night" // 04:10: classifies the Days that are over
	tellJob  = "tell"  // after 08:30: tells what the night changed; its key is the Day

	ladderJob = "ladder" // announces another ladder; its key is the Day on which it is in force
)

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
	c.Tiers.Use(cfg.Tiers(), community.Day(cfg.Notice))
	c.Undo.Register(undoSaid, f.unsay)
	c.Mine.Register("tier", f.mineLine)
	c.Timeline.Register("tier", f.moments)
	c.ActOnMembers(bot.Moderator, bot.Act{Command: "等级", Whole: true})
	c.Badges.Title("tier", creatorBadge)
	c.Badges.Title("tier", veteranBadge)
	return bot.Feature{
		Name: "tier", Locales: texts, Section: bot.People, Inbox: f.inbox(),
		Commands: []bot.Command{
			{Names: []string{"我的等级", "mytier"}, Help: "help.mine", Run: f.mine},
			{Names: []string{"等级标准", "ladder"}, Help: "help.ladder", Run: f.ladder},
			{Names: []string{"等级", "tier"}, Usage: "usage.of", Help: "help.of", Role: bot.Moderator, Run: f.of},
			{Names: []string{"等级流动", "tier-moves"}, Usage: "usage.moves", Help: "help.moves", Role: bot.Moderator, Run: f.moves},
			{Names: []string{"锁定等级", "lock-tier"}, Usage: "usage.lock", Help: "help.lock", Role: bot.Manager, Run: f.lock},
			{Names: []string{"解锁等级", "unlock-tier"}, Usage: "usage.who", Help: "help.unlock", Role: bot.Manager, Run: f.unlock},
			{Names: []string{"待确认等级", "tiers-waiting"}, Help: "help.waiting", Role: bot.Manager, Run: f.waiting},
			{Names: []string{"确认等级", "confirm-tier"}, Usage: "usage.who", Help: "help.confirm", Role: bot.Manager, Run: f.confirm},
			{Names: []string{"暂缓等级", "decline-tier"}, Usage: "usage.who", Help: "help.decline", Role: bot.Manager, Run: f.decline},
		},
		Jobs: []bot.Job{
			{Name: nightJob, Spec: "10 4 * * *", Run: f.night},
			{Name: tellJob, Run: f.tell},
			{Name: ladderJob, Run: f.turn},
		},
		Views: f.views(),
	}
}

// named is what a tier is called.
func named(t func(key string, kv ...any) string, tier tiers.Tier) string {
	return community.TierName(t, tier)
}

// date is a Day as people read it.
func date(d tiers.Day) string { return community.Day(d).String() }

// night classifies the Days that are over, gives the titles that were earned, and plans who is told.
func (f *feature) night(ctx context.Context, r *bot.Request) error {
	c, ok, err := f.c.Tiers.Night(ctx, r.At)
	if err != nil || !ok {
		return err
	}
	if err := f.honour(ctx, r, c.Day); err != nil {
		return err
	}
	if c.Next.From > 0 {
		if err := r.Later(ctx, f.morning(r.At), ladderJob, date(c.Next.From)); err != nil {
			return err
		}
	}
	if c.First || len(c.Changes) == 0 {
		return nil
	}
	return r.Later(ctx, f.morning(r.At), tellJob, (c.Day + 1).String())
}

// morning is when people are told what a night changed: 08:30, or a minute from now where that is over.
func (f *feature) morning(now time.Time) time.Time {
	at := f.c.Calendar.Wall(f.c.Calendar.Day(now), 8, 30)
	if !at.After(now) {
		at = now.Add(time.Minute)
	}
	return f.c.Noise.Awake(at)
}

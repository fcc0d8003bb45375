// Package expiry lets points expire that were not spent in time, and tells people before.
package expiry

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

// afterStart is how long after the beginning of a Day points expire.
const afterStart = 70 * time.Minute

type expiry struct {
	db        community.SQL
	c         *community.Community
	after     int // Days; 0: never
	reachable func(ctx context.Context, member string) (bool, error)
	batch     int
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	f := newExpiry(db, c, cfg)
	c.Facts.RegisterTeller("expiry.soon", f.soon)
	return f.feature()
}

func newExpiry(db bot.Storage, c *community.Community, cfg Config) *expiry {
	return &expiry{community.SQL{Storage: db}, c, cfg.Expiry.AfterDays, c.Reachable, 200}
}

func (f *expiry) feature() bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	feature := bot.Feature{
		Name: "expiry", Locales: texts, Section: bot.Economy, Migrations: migrations(), Personal: personal(),
		Commands: []bot.Command{{Names: []string{"到期", "expiry"}, Help: "help.expiry", Run: f.ask}},
	}
	if f.after > 0 {
		at := f.c.Calendar.Starts() + afterStart
		feature.On = []bot.Listener{bot.On(f.settled, bot.Delivered)}
		feature.Jobs = []bot.Job{
			{Name: "daily", Spec: fmt.Sprintf("%d %d * * *", int(at.Minutes())%60, int(at.Hours())%24), Run: f.daily},
			{Name: "more", Run: f.more},
		}
	}
	return feature
}

// shown is how many dates 到期 tells, and listed how many a notice does.
const (
	shown  = 3
	listed = 7
)

// ask tells somebody in private what of theirs expires when.
func (f *expiry) ask(ctx context.Context, r *bot.Request) error {
	text, err := f.answer(ctx, r)
	if err == nil {
		r.Whisper(r.Actor.Member, text)
	}
	return err
}

func (f *expiry) answer(ctx context.Context, r *bot.Request) (string, error) {
	id := community.MemberID(r.Actor.Member)
	if f.after == 0 {
		return r.T("never"), nil
	}
	keeps, err := f.keeps(ctx, id)
	if err != nil {
		return "", err
	}
	if keeps {
		return r.T("kept"), nil
	}
	lots, err := f.lots(ctx, id)
	if err != nil {
		return "", err
	}
	if len(lots) == 0 {
		return r.T("none", "Days", f.after), nil
	}
	return r.T("title", "Days", f.after) + "\n" + print(r, dates(lots, f.after, f.c.Calendar.Day(r.At)), shown), nil
}

// print lists the next dates, and sums up the others.
func print(r *bot.Request, list []date, most int) string {
	var lines []string
	for _, d := range list[:min(len(list), most)] {
		lines = append(lines, r.T("date", "Day", d.day.String(), "Points", d.left))
	}
	if rest := list[min(len(list), most):]; len(rest) > 0 {
		var sum int64
		for _, d := range rest {
			sum += d.left
		}
		lines = append(lines, r.T("later", "Points", sum, "Day", rest[len(rest)-1].day.String()))
	}
	return strings.Join(lines, "\n")
}

// keeps tells whether nothing of a person expires now: they wait to be recognised, left all groups, or are frozen.
func (f *expiry) keeps(ctx context.Context, id community.MemberID) (bool, error) {
	waits, err := f.c.Waits(ctx, id)
	if err != nil || waits {
		return waits, err
	}
	frozen, gone, err := f.c.Purse.Held(ctx, id)
	return frozen || gone, err
}

// lots are what a person has by the Days on which it was earned, oldest first, and what they were told of it.
func (f *expiry) lots(ctx context.Context, id community.MemberID) ([]lot, error) {
	left, err := f.c.Purse.Lots(ctx, id)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	known, err := f.told(ctx, id)
	if err != nil {
		return nil, err
	}
	var lots []lot
	for _, l := range left {
		day := f.c.Calendar.Day(l.At)
		if n := len(lots); n == 0 || lots[n-1].day != day {
			lots = append(lots, lot{day: day, told: known[day]})
		}
		lots[len(lots)-1].left += l.Left
	}
	return lots, nil
}

// soonDays is what is soon.
const soonDays = 30

// soon is the community's telling expiry.soon: how many points of a person expire soon, and when the first of them do.
func (f *expiry) soon(ctx context.Context, ids []community.MemberID, at time.Time) (t community.Telling, ok bool, err error) {
	if f.after == 0 {
		return t, false, nil
	}
	if keeps, err := f.keeps(ctx, ids[0]); err != nil || keeps {
		return t, false, err
	}
	lots, err := f.lots(ctx, ids[0])
	if err != nil {
		return t, false, err
	}
	today := f.c.Calendar.Day(at)
	for _, d := range dates(lots, f.after, today) {
		if d.day > today+soonDays || d.left <= 0 {
			continue
		}
		if !ok {
			t.On, ok = d.day, true
		}
		t.N += d.left
	}
	return t, ok, nil
}

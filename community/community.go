package community

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

// Options is what a Community is made of. Storage and Calendar are required.
type Options struct {
	Storage  bot.Storage
	Calendar *Calendar
	Ledger   *points.Ledger // where members' points are
	Words    WordConfig
	Language string   // the default language: zh or en
	Bots     []string // accounts that are bots: transports' user ids or member ids
	// Adopt tells whether a group is enabled by its transport, name or code (the id of its chat where it has none), until a
	// manager says something else; nil: none.
	Adopt       func(transport, name, code string) bool
	SettleAfter time.Duration // after how long somebody who was not recognised is a member of their own; 0: 30 days
	NoiseBudget int           // words a group may get unasked on one Day
	Night       Night         // when nothing is said unasked
	KeepText    time.Duration // how long raw texts are kept; 0: for ever
	MovesTo     string        // the transport of stable ids that groups can move to; empty: none runs
	// FriendsOnly is a transport whose ids stay the same for ever, and where nevertheless only friends of the bot, and who
	// wrote to it, can be written to in private; empty: there is none.
	FriendsOnly   string
	AcceptFriends []string // the transports in which members who ask to be the bot's friend are accepted
	Log           *slog.Logger
}

// Community is one brand's community: the shared words that all features meet in.
type Community struct {
	*Roster
	Activity      *Activity
	Calendar      *Calendar
	Consent       *Consent
	Confirmations *Confirmations
	Undo          *Undo
	Audit         *Audit
	Contributions *Contributions
	Noise         *Noise
	Words         *Words
	Purse         *Purse
	Earnings      *Earnings
	Budgets       *Budgets
	Facts         *Facts
	Handouts      Handouts
	Badges        *Badges
	Holidays      *Holidays
	Tiers         *Tiers
	Mine          *Mine
	Tags          *Tags
	Timeline      *Timeline

	db         bot.Storage
	opts       Options
	spelling   *spelling
	namebook   namebook
	memberActs []memberAct
	onTest     []func(ctx context.Context, group GroupID) error
}

// New makes the community on its storage. Nothing is read before the first event.
func New(opts Options) (*Community, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.SettleAfter == 0 {
		opts.SettleAfter = settleAfter
	}
	words, err := NewWords(opts.Words)
	if err != nil {
		return nil, err
	}
	audit := NewAudit(opts.Storage)
	c := &Community{
		Activity:      &Activity{db: opts.Storage, calendar: opts.Calendar},
		Calendar:      opts.Calendar,
		Consent:       NewConsent(opts.Storage),
		Confirmations: NewConfirmations(opts.Storage),
		Undo:          NewUndo(opts.Storage, audit),
		Audit:         audit,
		Contributions: NewContributions(opts.Storage),
		Noise:         NewNoise(opts.Storage, opts.Calendar, opts.NoiseBudget, opts.Night),
		Words:         words,
		Earnings:      &Earnings{},
		db:            opts.Storage, opts: opts, spelling: newSpelling(),
	}
	c.Roster = newRoster(opts, words)
	c.Facts, c.Handouts = &Facts{ro: c.Roster, named: map[string]Fact{}, tellers: map[string]Teller{}, crowds: map[string]Crowd{}}, Handouts{}
	c.onName = c.namebook.forget
	c.Badges = &Badges{db: opts.Storage, ro: c.Roster}
	c.Mine, c.Timeline = &Mine{c: c}, &Timeline{}
	c.Tags = &Tags{db: SQL{opts.Storage}, ro: c.Roster}
	if c.Holidays, err = newHolidays(opts.Storage); err != nil {
		return nil, err
	}
	c.Tiers = newTiers(opts, c.Roster)
	c.Activity.tiers, c.Contributions.tiers = c.Tiers, c.Tiers
	c.OnIdentity("tiers", c.Tiers.changed)
	c.Purse = newPurse(c.Roster, opts.Ledger)
	c.Budgets = &Budgets{ro: c.Roster, calendar: opts.Calendar, purse: c.Purse}
	c.changes.audit, c.changes.purse = audit, c.Purse
	c.registerUndo()
	c.registerTestGroupUndo()
	c.registerMoveGroupUndo()
	c.registerFreezeUndo()
	c.registerHolidayUndo()
	c.registerIdentityUndo()
	return c, nil
}

// Language is the language that is spoken where a group has none of its own: zh or en.
func (c *Community) Language() string {
	if c.opts.Language == "" {
		return "zh"
	}
	return c.opts.Language
}

// Observe learns from an event who acts and where, sets r.Actor, and counts messages. It is the engine's
// Options.Observe.
func (c *Community) Observe(ctx context.Context, r *bot.Request) error {
	seen, err := c.Roster.observe(ctx, r)
	if err != nil {
		return err
	}
	return c.Activity.observe(ctx, r, seen)
}

// Feature is the community's own commands and jobs.
func (c *Community) Feature() bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	f := bot.Feature{Name: "community", Locales: texts, Migrations: Migrations(), Personal: c.personal(), Section: bot.People, Lead: true, Inbox: c.inbox(), Measures: c.measures()}
	f.Commands = append(f.Commands, c.Consent.Commands()...)
	f.Commands = append(f.Commands, c.Confirmations.Commands()...)
	f.Commands = append(f.Commands, c.roleCommands()...)
	f.Commands = append(f.Commands, c.groupCommands()...)
	f.Commands = append(f.Commands, c.testGroupCommands()...)
	f.Commands = append(f.Commands, c.moveGroupCommands()...)
	f.Commands = append(f.Commands, c.identityCommands()...)
	f.Commands = append(f.Commands, c.freezeCommands()...)
	f.Commands = append(f.Commands, c.holidayCommands()...)
	f.Commands = append(f.Commands, c.dataCommands()...)
	f.Commands = append(f.Commands, c.Undo.Commands()...)
	f.Commands = append(f.Commands, c.Noise.Commands()...)
	f.Commands = append(f.Commands, bot.Command{Names: []string{"我的", "mine"}, Help: "help.me", Run: c.Mine.command})
	f.Jobs = append(f.Jobs, bot.Job{Name: "bind", Run: c.bindJob}, bot.Job{Name: "settle", Spec: "40 4 * * *", Run: c.settleJob}, bot.Job{Name: eraseJob, Run: c.eraseJob})
	f.On = append(f.On, c.friendListeners()...)
	f.Jobs = append(f.Jobs, bot.Job{Name: "friends", Run: c.friendsJob})
	f.Guards = map[string]bot.Guard{"asked": c.stillAsked, "moves": c.stillCertain}
	f.Views = append(c.views(), c.freezeView())
	if c.opts.KeepText > 0 {
		f.Jobs = append(f.Jobs, bot.Job{Name: "forget", Spec: "20 4 * * *", Run: c.forgetTexts})
	}
	return f
}

// CheckCalendar compares the calendar with the one that the stored aggregates were made with, and keeps it
// where there is none yet. A different one is an error: `weilu rebuild` makes the aggregates anew.
func (c *Community) CheckCalendar(ctx context.Context) error {
	want := c.Calendar.String()
	stored, err := StoredCalendar(ctx, c.db)
	if err != nil {
		return err
	}
	switch stored {
	case want:
		return nil
	case "":
		return c.db.Tx(ctx, func(ctx context.Context) error { return putSetting(ctx, c.db, "calendar", want) })
	}
	return fmt.Errorf("the stored Days were made with %q, and the configuration says %q: set it back, or run `weilu rebuild`", stored, want)
}

// StoredCalendar names the calendar that the stored aggregates were made with, empty where there are none.
func StoredCalendar(ctx context.Context, db bot.Storage) (string, error) {
	return setting(ctx, db, "calendar")
}

// String names the calendar: zone and day start.
func (c *Calendar) String() string {
	return fmt.Sprintf("%s %02d:%02d", c.zone, int(c.starts.Hours()), int(c.starts.Minutes())%60)
}

// Secret is a random value of this community that never leaves it. It is made by the first call.
func Secret(ctx context.Context, db bot.Storage, fresh func() string) (secret string, err error) {
	if secret, err = setting(ctx, db, "secret"); err != nil || secret != "" {
		return secret, err
	}
	secret = fresh()
	return secret, db.Tx(ctx, func(ctx context.Context) error { return putSetting(ctx, db, "secret", secret) })
}

type settingRow struct {
	Key   string `gorm:"primaryKey"`
	Value string
}

func (settingRow) TableName() string { return "settings" }

func setting(ctx context.Context, db bot.Storage, key string) (string, error) {
	var row settingRow
	err := db.Conn(ctx).Where("key = ?", key).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", nil
	}
	return row.Value, err
}

func putSetting(ctx context.Context, db bot.Storage, key, value string) error {
	return db.Conn(ctx).Save(&settingRow{key, value}).Error
}

// Package welcome greets newcomers.
package welcome

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

// Config says whether newcomers are greeted. What is said is the text welcome.hello.
type Config struct {
	Enabled   bool `yaml:"enabled" doc:"whether newcomers are greeted in the group"`
	AgainDays int  `yaml:"again_days" doc:"days after which somebody who comes back is greeted again"`
	LateAfter int  `yaml:"late_after_minutes" doc:"a join learned of later than this many minutes gets the late greeting, and none if the person has spoken"`
}

// Defaults greets.
func Defaults() Config { return Config{Enabled: true, AgainDays: 30, LateAfter: 10} }

// Validate tells whether the values make sense.
func (c Config) Validate() error {
	if c.AgainDays < 1 || c.LateAfter < 1 {
		return errors.New("again_days and late_after_minutes are at least 1")
	}
	return nil
}

type welcome struct {
	db  bot.Storage
	c   *community.Community
	cfg Config
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	w := &welcome{db, c, cfg}
	f := bot.Feature{Name: "welcome", Locales: texts, Migrations: migrations()}
	if cfg.Enabled {
		f.On = []bot.Listener{bot.On(w.joined, bot.Joined)}
	}
	return f
}

// joined greets somebody once in a while; the group's noise budget may forbid it.
func (w *welcome) joined(ctx context.Context, r *bot.Request) error {
	if r.Actor.Member == "" {
		return nil
	}
	var last int64
	ids, err := w.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	pool := w.db.Conn(ctx).Statement.ConnPool
	if err := w.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(at), 0) FROM welcomes WHERE member_id IN ?`, ids).Row().Scan(&last); err != nil {
		return fmt.Errorf("last welcome: %w", err)
	}
	if last > 0 && r.At.Sub(time.UnixMilli(last)) < time.Duration(w.cfg.AgainDays)*24*time.Hour {
		return nil
	}
	if _, err := pool.ExecContext(ctx, `INSERT INTO welcomes (member_id, at, group_id) VALUES (?, ?, ?)`,
		r.Actor.Origin, r.At.UnixMilli(), r.Actor.Group); err != nil {
		return fmt.Errorf("keep welcome: %w", err)
	}
	place, err := w.c.Place(ctx, community.GroupID(r.Actor.Group))
	if err != nil {
		return err
	}
	key, patience := "hello", time.Duration(w.cfg.LateAfter)*time.Minute
	if r.SeenAt.Sub(r.At) > patience {
		spoke, err := w.spoke(ctx, r)
		if err != nil || spoke {
			return err
		}
		key = "hello_late"
	}
	text := r.T(key, "Name", r.Actor.Name, "Group", w.c.Words.ScreenName(place.Name))
	ok, err := w.c.Noise.Take(ctx, r, text)
	if err != nil || !ok {
		return err
	}
	r.Send(bot.Outgoing{Group: r.Actor.Group, Text: text, Priority: bot.Answer,
		NotAfter: r.SeenAt.Add(patience),
		Merge:    key, MergeHead: r.T(key+"_all", "Group", w.c.Words.ScreenName(place.Name)), MergeItem: r.Actor.Name})
	return nil
}

// spoke tells whether somebody has said something in the group since they joined.
func (w *welcome) spoke(ctx context.Context, r *bot.Request) (bool, error) {
	ids, err := w.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return false, err
	}
	var n int
	err = w.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM activity WHERE member_id IN ? AND group_id = ? AND last_at >= ?`,
		ids, r.Actor.Group, r.At.UnixMilli()).Row().Scan(&n)
	if err != nil {
		return false, fmt.Errorf("spoke: %w", err)
	}
	return n > 0, nil
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112201_welcomes",
		Migrate: func(tx *gorm.DB) error {
			return tx.Exec(`CREATE TABLE welcomes (member_id TEXT NOT NULL, at BIGINT NOT NULL, group_id TEXT NOT NULL, PRIMARY KEY (member_id, at))`).Error
		},
	}}
}

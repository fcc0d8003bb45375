// Package report measures the community and tells it: the metrics of a period by their definitions, with how sure they
// are, and the daily, weekly, monthly and quarterly reports made of them.
package report

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

// Name is the feature's name.
const Name = "report"

// Look is what reports look like.
type Look struct {
	Fonts     *draw.Fonts
	Community string        // its name
	Address   func() string // of the console, for links; empty: it is off. Nil: there is none
}

type feature struct {
	Look
	db  community.SQL
	c   *community.Community
	cfg Config

	known  bool      // last was read
	readAt time.Time // and when
	last   community.Day
}

// nightJob makes the rollups.
const nightJob = "night"

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config, look Look) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	f := newFeature(db, c, cfg, look)
	c.Roster.OnIdentity(Name, f.changed)
	c.OnTestGroup(func(ctx context.Context, group community.GroupID) error { return f.doubt(ctx, group, 0) })
	return bot.Feature{
		Name: Name, Locales: texts, Section: bot.People, Lead: true, Migrations: migrations(), Observe: f.observe,
		Jobs:     append([]bot.Job{{Name: nightJob, Spec: "30 4 * * *", CatchUp: bot.Collapse, Run: f.night}}, f.deliveries()...),
		Commands: f.commands(),
		Views:    f.views(),
	}
}

func newFeature(db bot.Storage, c *community.Community, cfg Config, look Look) *feature {
	return &feature{Look: look, db: community.SQL{Storage: db}, c: c, cfg: cfg}
}

func (f *feature) ledger() *points.Ledger { return points.New(f.db.Conn, f.db.Tx) }

// Ask is what a report is wanted of.
type Ask struct {
	Period Period
	Group  community.GroupID // empty: the whole community
	AsOf   community.Day     // the last Day that is known; 0: the last with data or on which the program was awake, before the Day of q.At
}

// Make makes a report in the language of who asks. It reads tables only, beside a running bot or in a transaction.
func Make(ctx context.Context, q *bot.Query, db bot.Storage, c *community.Community, look Look, ask Ask) (*Report, error) {
	return newFeature(db, c, Defaults(), look).report(ctx, q, ask)
}

// report reads all that a report tells.
func (f *feature) report(ctx context.Context, q *bot.Query, ask Ask) (*Report, error) {
	q = q.In(Name)
	m := &maker{feature: f, q: q, ask: ask}
	for _, step := range []func(context.Context) error{m.read, m.head, m.cover, m.figures, m.tiers, m.points, m.top, m.chapters, m.wrong} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("report of %s: %w", ask.Period, err)
		}
	}
	m.suggest()
	return &m.r, nil
}

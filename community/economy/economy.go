// Package economy shows managers where the points are and how they move.
package economy

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

//go:embed locales
var locales embed.FS

type economy struct {
	db bot.Storage
	c  *community.Community
}

// New makes the feature.
func New(db bot.Storage, c *community.Community) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	e := &economy{db, c}
	return bot.Feature{
		Name: "economy", Locales: texts, Section: bot.Economy, Measures: []bot.Measure{e.measure()},
		Commands: []bot.Command{{Names: []string{"经济", "economy"}, Help: "help", Role: bot.Manager, Run: e.tell}},
		Views:    []bot.View{{Name: "figures", Title: "title", Role: bot.Manager, Read: e.page}},
	}
}

func (e *economy) read(ctx context.Context, at time.Time) (points.Economy, error) {
	out, err := e.c.Uncounted(ctx)
	if err != nil {
		return points.Economy{}, err
	}
	return Read(ctx, e.db, e.c.Calendar.Zone(), at, out)
}

// tell tells a manager the main figures in private.
func (e *economy) tell(ctx context.Context, r *bot.Request) error {
	now, err := e.read(ctx, r.At)
	if err != nil {
		return err
	}
	lines := []string{r.T("title")}
	for _, f := range figures(now, r.T) {
		lines = append(lines, fmt.Sprintf("%s  %s", f.Title, f.Cell.Text))
	}
	r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
	return nil
}

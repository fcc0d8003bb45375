package post_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// morning is a Monday.
var morning = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

// house is a program whose clock is moved by hand, and that can be started anew with other settings.
type house struct {
	t     *testing.T
	db    *database.DB
	parts *communitytest.Parts
	world transcript.World
	at    time.Time
	n     int
}

func each(t *testing.T, fn func(t *testing.T, h *house), settings ...string) {
	dbtest.Each(t, nil, func(t *testing.T, db *database.DB) {
		h := &house{t: t, db: db, at: morning}
		h.start(settings...)
		for _, name := range []string{"小李", "老王", "阿珍"} {
			if err := h.world.Appoint(t.Context(), bot.Person{User: bot.UserID(name), Name: name, Stable: true}, bot.Manager, h.at); err != nil {
				t.Fatal(err)
			}
		}
		h.says("小李", "早")
		fn(t, h)
	})
}

// start starts the program with settings like post.approval=two.
func (h *house) start(settings ...string) {
	h.t.Helper()
	set := map[string]string{}
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		set[key] = value
	}
	var err error
	h.world, err = communitytest.BuildIn(h.db, func(p *communitytest.Parts) []bot.Feature {
		h.parts = p
		return append(assemble(p), merging(p))
	})(h.t.Context(), set, h.at)
	if err != nil {
		h.t.Fatal(err)
	}
}

// merging is a feature with the command xmerge m1 m2.
func merging(p *communitytest.Parts) bot.Feature {
	return bot.Feature{Name: "merging", Locales: one, Commands: []bot.Command{{Names: []string{"xmerge"}, Usage: "x", Help: "x", Run: func(ctx context.Context, r *bot.Request) error {
		ids := strings.Fields(r.Args)
		return p.Community.Merge(ctx, r, community.MemberID(ids[0]), community.MemberID(ids[1]), "test")
	}}}}
}

// says lets somebody say something in the group, and gives what was said then.
func (h *house) says(user, text string) string {
	h.t.Helper()
	h.n++
	h.at = h.at.Add(time.Second)
	ev := bot.Event{
		ID: fmt.Sprintf("house/%d", h.n), Kind: bot.Message, Form: bot.Text, Text: text, At: h.at, SeenAt: h.at, Transport: "transcript",
		Chat: "大群", ChatName: "大群", From: bot.Person{User: bot.UserID(user), Name: user, Stable: true},
	}
	if err := h.world.Deliver(h.t.Context(), []bot.Event{ev}); err != nil {
		h.t.Fatal(err)
	}
	return h.said()
}

// waits lets time pass, and gives what was said.
func (h *house) waits(d time.Duration) string {
	h.t.Helper()
	h.at = h.at.Add(d)
	if err := h.world.Advance(h.t.Context(), h.at); err != nil {
		h.t.Fatal(err)
	}
	return h.said()
}

func (h *house) said() string {
	h.t.Helper()
	list, err := h.world.Said(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	var texts []string
	for _, s := range list {
		text := s.Text
		if s.Image {
			text = "[picture] " + text
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n")
}

// has fails where a text does not hold a part.
func (h *house) has(text, part string) {
	h.t.Helper()
	if !strings.Contains(text, part) {
		h.t.Errorf("%q does not hold %q", text, part)
	}
}

// exec changes the tables behind the program's back.
func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	err := h.db.Tx(h.t.Context(), func(ctx context.Context) error {
		_, err := h.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// endings are how the times of all posts ended, in order.
func (h *house) endings() (list []string) {
	h.t.Helper()
	all, err := h.parts.Engine.Occurrences(h.t.Context(), morning, h.at.Add(time.Second))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, o := range all {
		if o.Ending != bot.ToCome {
			list = append(list, strings.TrimSpace(o.Key+" "+string(o.Ending)+" "+o.Reason))
		}
	}
	return list
}

// rows are a table of a view as lines: the cells, and the acts in brackets.
func (h *house) rows(view string, table int, q bot.Query) (lines []string, next string) {
	h.t.Helper()
	q.At, q.Actor.Language = h.at, "zh"
	page, err := h.parts.Engine.View(h.t.Context(), view, q)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(page.Tables) <= table {
		return []string{page.Note}, ""
	}
	for _, row := range page.Tables[table].Rows {
		var parts []string
		for _, c := range row.Cells {
			parts = append(parts, c.Text)
		}
		for _, a := range row.Acts {
			parts = append(parts, fmt.Sprintf("[%s %s]", a.Command, a.Args))
		}
		if len(row.Cells) != len(page.Tables[table].Columns) {
			h.t.Errorf("%d cells under %d columns", len(row.Cells), len(page.Tables[table].Columns))
		}
		lines = append(lines, strings.Join(parts, "|"))
	}
	return lines, page.Tables[table].Next
}

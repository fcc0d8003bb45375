package shop_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

// noon is a Monday.
var noon = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// house is one instance of the program: an engine with a shop.
type house struct {
	t      testing.TB
	db     *database.DB
	c      *community.Community
	ledger *points.Ledger
	engine *bot.Engine

	mu   sync.Mutex
	said map[string][]bot.Outgoing // by event
	n    int
	at   time.Time
}

func open(t testing.TB, db *database.DB, goods ...shop.Goods) *house {
	t.Helper()
	h := &house{t: t, db: db, ledger: points.New(db.Conn, db.Tx), said: map[string][]bot.Outgoing{}, at: noon}
	cfg := community.Defaults()
	calendar, err := cfg.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	h.c, err = community.New(community.Options{
		Storage: db, Calendar: calendar, Ledger: h.ledger, Words: community.DefaultWords(), Language: "zh",
		Adopt: func(_, _, _ string) bool { return true }, NoiseBudget: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	features := []bot.Feature{shop.New(db, h.c, shop.Config{Goods: goods}), h.direct(), h.c.Feature()}
	owners := []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "points", List: points.Migrations()}}
	for _, f := range features {
		if len(f.Migrations) > 0 {
			owners = append(owners, database.Owner{Name: f.Name, List: f.Migrations})
		}
	}
	if err := database.Migrate(t.Context(), db, owners...); err != nil {
		t.Fatal(err)
	}
	h.engine, err = bot.New(bot.Options{
		Storage: db, Features: features, Observe: h.c.Observe, Resolve: h.c.Resolve, Reachable: h.c.Reachable,
		Passing: database.IsRetryable, Next: schedule.Next(calendar.Zone()),
		OnSaid: func(o bot.Outgoing) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.said[o.Event] = append(h.said[o.Event], o)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.engine.Start(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	return h
}

// direct are commands that call what managers have other ways to reach.
func (h *house) direct() bot.Feature {
	f := bot.Feature{Name: "direct", Locales: fstest.MapFS{"zh.yaml": {Data: []byte("x: x")}, "en.yaml": {Data: []byte("x: x")}}}
	add := func(name string, run func(ctx context.Context, r *bot.Request, a []string) error) {
		f.Commands = append(f.Commands, bot.Command{Names: []string{name}, Usage: "x", Help: "x", Run: func(ctx context.Context, r *bot.Request) error {
			if err := run(ctx, r, strings.Fields(r.Args)); err != nil {
				return bot.Refuse(err.Error())
			}
			r.Reply("ok " + r.Actor.Member)
			return nil
		}})
	}
	add("xwho", func(context.Context, *bot.Request, []string) error { return nil })
	add("xmerge", func(ctx context.Context, r *bot.Request, a []string) error {
		if a[0] == a[1] {
			return errors.New("the same")
		}
		return h.c.Merge(ctx, r, community.MemberID(a[0]), community.MemberID(a[1]), "test")
	})
	add("xsplit", func(ctx context.Context, r *bot.Request, a []string) error {
		return h.c.Split(ctx, r, community.MemberID(a[0]))
	})
	return f
}

// event is a message in the group, or in private.
func (h *house) event(id, user, text string, private bool) bot.Event {
	ev := bot.Event{
		ID: id, Kind: bot.Message, Form: bot.Text, Text: text, At: h.at, SeenAt: h.at, Transport: "house", Chat: "c1",
		From: bot.Person{User: bot.UserID(user), Name: user, Stable: true},
	}
	if private {
		ev.Private, ev.Chat = true, ""
	}
	return ev
}

// says lets somebody say something in the group, and gives what was answered, to whomever.
func (h *house) says(user, text string) string { return h.tells(user, text, false) }

func (h *house) tells(user, text string, private bool) string {
	h.t.Helper()
	h.n++
	h.at = h.at.Add(time.Second)
	ev := h.event(fmt.Sprintf("house/%d", h.n), user, text, private)
	if err := h.engine.Deliver(h.t.Context(), []bot.Event{ev}); err != nil {
		h.t.Fatal(err)
	}
	return h.answer(ev.ID)
}

func (h *house) answer(event string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var texts []string
	for _, o := range h.said[event] {
		texts = append(texts, o.Text)
	}
	return strings.Join(texts, "\n")
}

// member introduces somebody with points and a role.
func (h *house) member(user string, has int64, role bot.Role) (id community.MemberID) {
	h.t.Helper()
	err := h.engine.Do(h.t.Context(), func(ctx context.Context) (err error) {
		id, err = h.c.Introduce(ctx, "house", bot.Person{User: bot.UserID(user), Name: user, Stable: true}, noon)
		if err == nil && has > 0 {
			err = h.gift(id, has)(ctx)
		}
		return errors.Join(err, h.c.Appoint(ctx, id, role))
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// gift gives points to somebody.
func (h *house) gift(id community.MemberID, n int64) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := h.ledger.Post(ctx, points.Transfer{Key: "gift-" + string(id), From: points.Issued, To: points.Member(string(id)), Amount: n, At: noon})
		return err
	}
}

// number reads one number from the database.
func (h *house) number(query string, args ...any) (n int64) {
	h.t.Helper()
	if err := h.db.Conn(h.t.Context()).Raw(query, args...).Scan(&n).Error; err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) holds(a points.Account) int64 {
	h.t.Helper()
	n, err := h.ledger.Balance(h.t.Context(), a)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) verify() {
	h.t.Helper()
	if _, err := h.ledger.Seal(h.t.Context(), 1<<20); err != nil {
		h.t.Fatal(err)
	}
	report, err := h.ledger.Verify(h.t.Context(), points.VerifyOptions{})
	if err != nil || !report.OK {
		h.t.Fatalf("the ledger does not hold: %v, %v", report.Problems, err)
	}
}

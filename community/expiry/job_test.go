package expiry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/expiry"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// begins is noon of a Day in Shanghai.
var begins = time.Date(2026, 1, 5, 4, 0, 0, 0, time.UTC)

// town is a community whose points are good for 60 Days. Whose name begins with 远 can't be written to in private.
type town struct {
	*communitytest.Parts
	transcript.World
	t     testing.TB
	n     int
	at    time.Time
	names map[string]string // by member
	do    func(ctx context.Context, r *bot.Request) error
}

func eachTown(t *testing.T, fn func(t *testing.T, w *town)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { fn(t, newTown(t, dialect)) })
	}
}

func newTown(t testing.TB, dialect string) *town {
	w := &town{t: t, at: begins, names: map[string]string{}}
	world, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		w.Parts = p
		reachable := func(member string) bool { return !strings.HasPrefix(w.names[member], "远") }
		return []bot.Feature{
			expiry.NewWith(p.DB, p.Community, expiry.Config{Expiry: expiry.Rule{AfterDays: 60}}, 7, reachable),
			{Name: "direct", Locales: fstest.MapFS{"zh.yaml": {Data: []byte("x: x")}, "en.yaml": {Data: []byte("x: x")}},
				Commands: []bot.Command{{Names: []string{"xdo"}, Help: "x", Run: func(ctx context.Context, r *bot.Request) error { return w.do(ctx, r) }}}},
		}
	})(t.Context(), nil, begins)
	if err != nil {
		t.Fatal(err)
	}
	w.World = world
	return w
}

// as runs fn as somebody's command in the group.
func (w *town) as(user string, fn func(ctx context.Context, r *bot.Request) error) {
	w.t.Helper()
	w.n++
	w.at = w.at.Add(time.Second)
	var failed error
	w.do = func(ctx context.Context, r *bot.Request) error {
		failed = fn(ctx, r)
		return failed
	}
	ev := bot.Event{ID: fmt.Sprintf("town/%d", w.n), Kind: bot.Message, Form: bot.Text, Text: "xdo", At: w.at, SeenAt: w.at,
		Transport: "town", Chat: "c1", From: bot.Person{User: bot.UserID(user), Name: user, Stable: true}}
	if err := errors.Join(w.Deliver(w.t.Context(), []bot.Event{ev}), failed); err != nil {
		w.t.Fatal(err)
	}
}

// earns gives points to somebody, and answers who they are.
func (w *town) earns(user string, amount int64) (id community.MemberID) {
	w.t.Helper()
	w.as(user, func(ctx context.Context, r *bot.Request) error {
		id = community.MemberID(r.Actor.Origin)
		w.names[r.Actor.Member] = user
		to, err := w.Community.Account(ctx, id)
		if err != nil {
			return err
		}
		_, err = w.Community.Purse.Post(ctx, points.Transfer{Key: "earn/" + r.ID, From: points.Issued, To: to, Amount: amount, At: r.At})
		return err
	})
	return id
}

// pass lets Days pass, and gives what was said on each.
func (w *town) pass(days int) (said [][]transcript.Said) {
	w.t.Helper()
	for range days {
		w.at = w.at.Add(24 * time.Hour)
		if err := w.Advance(w.t.Context(), w.at); err != nil {
			w.t.Fatal(err)
		}
		list, err := w.Said(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		said = append(said, list)
	}
	return said
}

// counts is how often something was said in all Days.
func counts(days [][]transcript.Said) (n int) {
	for _, d := range days {
		n += len(d)
	}
	return n
}

func (w *town) has(want int64, accounts ...points.Account) {
	w.t.Helper()
	for _, a := range accounts {
		if got, err := w.Ledger.Balance(w.t.Context(), a); err != nil || got != want {
			w.t.Fatalf("%s has %d, %v; want %d", a, got, err, want)
		}
	}
}

func (w *town) raw(query string, args ...any) {
	w.t.Helper()
	if err := w.DB.Tx(w.t.Context(), func(ctx context.Context) error { return w.DB.Conn(ctx).Exec(query, args...).Error }); err != nil {
		w.t.Fatal(err)
	}
}

func TestSwitchedOnForManyItTellsFirstAndNotAllAtOnce(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		for i := range 220 {
			w.earns(fmt.Sprint("人", i), 10)
		}
		for i := range 12 {
			w.earns(fmt.Sprint("远", i), 10)
		}
		w.raw(`DELETE FROM expiry_due`) // as if expiry had been off
		w.raw(`DELETE FROM expiry_days`)
		w.raw(`UPDATE jobs SET last = ? WHERE name = 'expiry.daily'`, w.at.UnixMilli())
		before := w.pass(29)
		if n := counts(before); n != 0 {
			t.Fatalf("told %d times too early", n)
		}
		var private, aloud []int
		for _, day := range w.pass(6) {
			p, a := 0, 0
			for _, s := range day {
				if s.Chat == "" {
					p++
				} else {
					a++
					if strings.Contains(s.Text, "10") {
						t.Errorf("an amount in the group: %s", s.Text)
					}
				}
			}
			private, aloud = append(private, p), append(aloud, a)
		}
		if got := fmt.Sprint(private, aloud); got != "[0 0 200 20 0 0] [0 0 1 1 1 0]" && got != "[0 200 20 0 0 0] [0 1 1 1 0 0]" && got != "[200 20 0 0 0 0] [1 1 1 0 0 0]" {
			t.Errorf("private and aloud by Days: %s", got)
		}
		var most int
		if err := w.DB.Conn(t.Context()).Raw(`SELECT MAX(LENGTH(mention) - LENGTH(REPLACE(mention, ',', ''))) FROM outbox WHERE group_id <> ''`).Row().Scan(&most); err != nil || most != 4 {
			t.Errorf("%d commas between names, %v", most, err)
		}
		w.pass(45)
		if sums, err := w.Ledger.Sums(t.Context()); err != nil || sums.Expired != 2320 || !sums.Balanced() {
			t.Errorf("%+v, %v", sums, err)
		}
		report, err := w.Ledger.Verify(t.Context(), points.VerifyOptions{})
		if err != nil || !report.OK {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

func TestANoticeThatWasNotHeardPutsExpiryOff(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		id := w.earns("小明", 10)
		w.pass(32)
		var ref string
		if err := w.DB.Conn(t.Context()).Raw(`SELECT ref FROM outbox WHERE feature = 'expiry'`).Row().Scan(&ref); err != nil {
			t.Fatal(err)
		}
		ev := bot.Event{ID: "lost", Kind: bot.Delivered, At: w.at, SeenAt: w.at, Ref: ref, Outcome: bot.Failed}
		if err := w.Deliver(t.Context(), []bot.Event{ev}); err != nil {
			t.Fatal(err)
		}
		if n := counts(w.pass(1)); n != 1 {
			t.Fatalf("told %d times anew", n)
		}
		w.pass(29)
		w.has(10, points.Member(string(id)))
		w.pass(1)
		w.has(0, points.Member(string(id)))
	})
}

func TestAfterALongOutageEverybodyIsToldAnew(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		id := w.earns("小明", 10)
		w.pass(60) // told twice
		w.has(10, points.Member(string(id)))
		w.raw(`UPDATE expiry_days SET day = day - 10`) // as if it had not run for 10 Days
		if n := counts(w.pass(1)); n != 1 {
			t.Fatalf("told %d times", n)
		}
		w.pass(29)
		w.has(10, points.Member(string(id)))
		w.pass(1)
		w.has(0, points.Member(string(id)))
	})
}

func TestWhatIsHeldInEscrowAndGivenBackIsToldOfAnew(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		id := w.earns("小明", 10)
		w.earns("小明", 4)
		w.pass(5)
		w.as("小明", func(ctx context.Context, r *bot.Request) error {
			return w.Community.Purse.Spend(ctx, r, id, points.Transfer{Key: "hold", To: points.Escrow("h"), Amount: 10, At: r.At})
		})
		w.pass(50) // told of 4 points twice
		w.as("老王", func(ctx context.Context, r *bot.Request) error {
			_, err := w.Community.Purse.Reverse(ctx, "hold", points.Reversal{Key: "refund", At: r.At})
			return err
		})
		w.pass(20)
		w.has(14, points.Member(string(id)))
		w.pass(30)
		w.has(0, points.Member(string(id)))
	})
}

func TestEachIdGivesItsOwnOldPoints(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		old := w.earns("旧号", 10)
		w.pass(40)
		young := w.earns("新号", 7)
		w.as("老王", func(ctx context.Context, r *bot.Request) error { return w.Community.Merge(ctx, r, old, young, "test") })
		w.pass(25)
		w.has(0, points.Member(string(old)))
		w.has(7, points.Member(string(young)))
	})
}

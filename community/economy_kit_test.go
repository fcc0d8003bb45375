package community_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// economy is a community with a ledger in which tests run code as the handler of an event.
type economy struct {
	*communitytest.Parts
	transcript.World
	t  testing.TB
	n  int
	at time.Time
	do func(ctx context.Context, r *bot.Request) error
}

func eachEconomy(t *testing.T, fn func(t *testing.T, e *economy)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { fn(t, newEconomy(t, dialect)) })
	}
}

func newEconomy(t testing.TB, dialect string) *economy {
	e := &economy{t: t, at: noonUTC}
	w, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		e.Parts = p
		return []bot.Feature{{Name: "direct", Locales: fstest.MapFS{"zh.yaml": {Data: []byte("x: x")}, "en.yaml": {Data: []byte("x: x")}},
			Commands: []bot.Command{{Names: []string{"xdo"}, Help: "x", Run: func(ctx context.Context, r *bot.Request) error { return e.do(ctx, r) }}}}}
	})(t.Context(), nil, noonUTC)
	if err != nil {
		t.Fatal(err)
	}
	e.World = w
	return e
}

// as runs fn as a member's command, in the group or in private, and gives what was said.
func (e *economy) as(user string, private bool, fn func(ctx context.Context, r *bot.Request) error) string {
	e.t.Helper()
	e.do = fn
	return e.says(user, "xdo", private)
}

func (e *economy) says(user, text string, private bool) string {
	e.t.Helper()
	ev := bot.Event{Kind: bot.Message, Form: bot.Text, Text: text, From: bot.Person{User: bot.UserID(user), Name: user, Stable: true}}
	if ev.Private = private; !private {
		ev.Chat = "c1"
	}
	return e.happens(ev)
}

func (e *economy) happens(ev bot.Event) string {
	e.t.Helper()
	e.n++
	e.at = e.at.Add(time.Second)
	ev.ID, ev.At, ev.SeenAt, ev.Transport = fmt.Sprintf("economy/%d", e.n), e.at, e.at, "economy"
	if err := e.Deliver(e.t.Context(), []bot.Event{ev}); err != nil {
		e.t.Fatal(err)
	}
	said, err := e.Said(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	var texts []string
	for _, s := range said {
		texts = append(texts, s.Text)
	}
	return strings.Join(texts, "\n")
}

// gives posts points to whoever acts.
func (e *economy) gives(user string, amount int64) community.MemberID {
	e.t.Helper()
	var id community.MemberID
	e.as(user, false, func(ctx context.Context, r *bot.Request) error {
		id = community.MemberID(r.Actor.Member)
		to, err := e.Community.Account(ctx, community.MemberID(r.Actor.Origin))
		if err != nil {
			return err
		}
		_, err = e.Community.Purse.Post(ctx, points.Transfer{Key: "give/" + r.ID, From: points.Issued, To: to, Amount: amount, At: r.At})
		return err
	})
	return id
}

// spends lets somebody spend of a member's points, and gives the refusal.
func (e *economy) spends(user string, private bool, id community.MemberID, amount int64) string {
	e.t.Helper()
	return e.as(user, private, func(ctx context.Context, r *bot.Request) error {
		return e.Community.Purse.Spend(ctx, r, id, points.Transfer{Key: "spend/" + r.ID, To: points.Burned, Amount: amount, At: r.At})
	})
}

// balanced checks that what was issued is all somewhere, and that the ledger holds.
func (e *economy) balanced() {
	e.t.Helper()
	sums, err := e.Ledger.Sums(e.t.Context())
	if err != nil || !sums.Balanced() {
		e.t.Fatalf("%+v, %v", sums, err)
	}
	report, err := e.Ledger.Verify(e.t.Context(), points.VerifyOptions{})
	if err != nil || !report.OK {
		e.t.Fatalf("%+v, %v", report, err)
	}
}

package earning_test

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
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// village is a community with commands that merge and split people.
type village struct {
	*communitytest.Parts
	transcript.World
	t *testing.T
	n int
}

func eachVillage(t *testing.T, fn func(t *testing.T, v *village)) {
	dbtest.Each(t, nil, func(t *testing.T, db *database.DB) { fn(t, openVillage(t, db)) })
}

// openVillage begins, or goes on with, the village in a database.
func openVillage(t *testing.T, db *database.DB) *village {
	t.Helper()
	v := &village{t: t}
	w, err := communitytest.BuildIn(db, func(p *communitytest.Parts) []bot.Feature {
		v.Parts = p
		return append(assemble(p), v.direct())
	})(t.Context(), nil, noon.Add(-24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	v.World = w
	return v
}

// direct are commands that merge and split, and one that fails after a message was judged.
func (v *village) direct() bot.Feature {
	f := bot.Feature{Name: "direct", Locales: fstest.MapFS{"zh.yaml": {Data: []byte("x: x")}, "en.yaml": {Data: []byte("x: x")}}}
	add := func(name string, run func(ctx context.Context, r *bot.Request, a, b community.MemberID) error) {
		f.Commands = append(f.Commands, bot.Command{Names: []string{name}, Usage: "x", Help: "x", Run: func(ctx context.Context, r *bot.Request) error {
			args := append(strings.Fields(r.Args), "", "")
			return run(ctx, r, community.MemberID(args[0]), community.MemberID(args[1]))
		}})
	}
	add("xmerge", func(ctx context.Context, r *bot.Request, a, b community.MemberID) error {
		return v.Community.Merge(ctx, r, a, b, "test")
	})
	add("xsplit", func(ctx context.Context, r *bot.Request, a, _ community.MemberID) error {
		return v.Community.Split(ctx, r, a)
	})
	return f
}

func (v *village) deliver(events ...bot.Event) {
	v.t.Helper()
	for i := range events {
		ev := &events[i]
		if v.n++; ev.ID == "" {
			ev.ID = fmt.Sprintf("village/%s/%d", v.t.Name(), v.n)
		}
		if ev.Kind == "" {
			ev.Kind, ev.Form = bot.Message, bot.Text
		}
		ev.SeenAt, ev.Transport, ev.Chat = ev.At, "village", "c1"
		ev.From.Stable = true
		ev.From.Name = string(ev.From.User)
	}
	if err := v.Deliver(v.t.Context(), events); err != nil {
		v.t.Fatal(err)
	}
}

// says is a message at so many seconds after noon.
func says(user string, second int, text string) bot.Event {
	return bot.Event{From: bot.Person{User: bot.UserID(user)}, At: noon.Add(time.Duration(second) * time.Second), Text: text}
}

// to is the message with a mention.
func to(ev bot.Event, users ...string) bot.Event {
	for _, u := range users {
		ev.Mentions = append(ev.Mentions, bot.Person{User: bot.UserID(u), Name: u, Stable: true})
	}
	return ev
}

// id is the member that a user is.
func (v *village) id(user string) (id community.MemberID) {
	v.t.Helper()
	if err := v.DB.Conn(v.t.Context()).Raw(`SELECT member_id FROM bindings WHERE user_id = ?`, user).Row().Scan(&id); err != nil {
		v.t.Fatal(err)
	}
	return id
}

// worth is what the person whom a user is has.
func (v *village) worth(user string) (balance int64) {
	v.t.Helper()
	id := v.id(user)
	if err := v.DB.Tx(v.t.Context(), func(ctx context.Context) (err error) {
		balance, _, err = v.Community.Purse.Worth(ctx, id)
		return err
	}); err != nil {
		v.t.Fatal(err)
	}
	return balance
}

func (v *village) has(user string, want int64) {
	v.t.Helper()
	if got := v.worth(user); got != want {
		v.t.Errorf("%s has %d, want %d", user, got, want)
	}
}

func (v *village) verify() {
	v.t.Helper()
	if _, err := v.Ledger.Seal(v.t.Context(), 1<<20); err != nil {
		v.t.Fatal(err)
	}
	report, err := v.Ledger.Verify(v.t.Context(), points.VerifyOptions{})
	if err != nil || !report.OK {
		v.t.Fatalf("the ledger does not hold: %v %v", report.Problems, err)
	}
}

// sentence is a sentence that is like no other.
func sentence(n int) string {
	const letters = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
	all, out := []rune(letters), make([]rune, 12)
	x := uint64(n)*2862933555777941757 + 3037000493
	for i := range out {
		x = x*6364136223846793005 + 1442695040888963407
		out[i] = all[(x>>33)%uint64(len(all))]
	}
	return string(out)
}

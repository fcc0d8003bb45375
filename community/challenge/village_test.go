package challenge_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/challenge"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/draw"
)

// begins is a Monday; the hour is noon in Shanghai.
var begins = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// village is a community with challenges that hears people by stable ids, with commands that merge and split them.
type village struct {
	*communitytest.Parts
	transcript.World
	t  testing.TB
	n  int
	at time.Time
}

func newVillage(t testing.TB, dialect string) *village {
	v := &village{t: t, at: begins}
	w, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		v.Parts = p
		cfg := challenge.Defaults()
		return []bot.Feature{challenge.New(p.DB, p.Community, cfg, challenge.Look{Fonts: draw.Bitmap(), Community: "半山壶"}), communitytest.Direct(p, nil)}
	})(t.Context(), map[string]string{"community.noise_budget": "20"}, begins)
	if err != nil {
		t.Fatal(err)
	}
	v.World = w
	return v
}

// event is a message of somebody.
func (v *village) event(user, text string) bot.Event {
	v.n++
	return bot.Event{ID: fmt.Sprintf("village/%d", v.n), Kind: bot.Message, Form: bot.Text, Text: text, At: v.at, SeenAt: v.at,
		Transport: "village", Chat: "c1", ChatName: "大群", From: bot.Person{User: bot.UserID(user), Name: user, Stable: true}}
}

// says lets somebody say something, and gives the answer with the id of the message.
func (v *village) says(user, text string) (answer, id string) {
	v.t.Helper()
	v.at = v.at.Add(time.Second)
	ev := v.event(user, text)
	return v.deliver(ev), ev.ID
}

func (v *village) deliver(list ...bot.Event) string {
	v.t.Helper()
	if err := v.Deliver(v.t.Context(), list); err != nil {
		v.t.Fatal(err)
	}
	said, err := v.Said(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	var texts []string
	for _, s := range said {
		texts = append(texts, s.Text)
	}
	return strings.Join(texts, "\n")
}

// does gives a command that must succeed.
func (v *village) does(format string, args ...any) {
	v.t.Helper()
	if got, _ := v.says("boss", fmt.Sprintf(format, args...)); !strings.HasPrefix(got, "ok") {
		v.t.Fatalf("%s: %s", fmt.Sprintf(format, args...), got)
	}
}

// member is who a user is today.
func (v *village) member(user string) string {
	v.t.Helper()
	got, _ := v.says(user, "xwho")
	return strings.TrimPrefix(got, "ok ")
}

// worth is what somebody has and owes.
func (v *village) worth(id string) (balance, debt int64) {
	v.t.Helper()
	// The memory of who is who belongs to the events; a transaction of a test stands still between them.
	err := v.DB.Tx(v.t.Context(), func(ctx context.Context) (err error) {
		balance, debt, err = v.Community.Purse.Worth(ctx, community.MemberID(id))
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return balance, debt
}

package ambassador_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/ambassador"
	"github.com/weilu-im/weilu/community/campaign"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/draw"
)

// begins is a Monday; the hour is noon in Shanghai.
var begins = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// village is a community with ambassadors that hears people by stable ids, with commands that merge and split them.
type village struct {
	*communitytest.Parts
	transcript.World
	t     testing.TB
	n     int
	at    time.Time
	names map[string]string // what users are called; others by their user's name
}

func newVillage(t testing.TB, dialect string, cfg ambassador.Config) *village {
	v := &village{t: t, at: begins}
	w, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		v.Parts = p
		return []bot.Feature{
			ambassador.New(p.DB, p.Community, cfg, ambassador.Look{Fonts: draw.Bitmap(), Community: "半山壶"}), campaign.New(p.Community, 5000),
			communitytest.Direct(p, nil),
		}
	})(t.Context(), nil, begins)
	if err != nil {
		t.Fatal(err)
	}
	v.World = w
	return v
}

// event is something that somebody does in a group.
func (v *village) event(kind bot.Kind, user, group, text string) bot.Event {
	v.n++
	v.at = v.at.Add(time.Second)
	e := bot.Event{
		ID: fmt.Sprintf("village/%d", v.n), Kind: kind, At: v.at, SeenAt: v.at, Transport: "village", Chat: bot.ChatID(group), ChatName: group,
		From: bot.Person{User: bot.UserID(user), Name: user, Stable: true},
	}
	if name := v.names[user]; name != "" {
		e.From.Name = name
	}
	if kind == bot.Message {
		e.Form, e.Text, e.Len = bot.Text, text, len([]rune(text))
	}
	return e
}

// says lets somebody say something, and gives the answer with the id of the message.
func (v *village) says(user, text string) (answer, id string) {
	v.t.Helper()
	e := v.event(bot.Message, user, "大群", text)
	return v.deliver(e), e.ID
}

func (v *village) deliver(list ...bot.Event) string {
	v.t.Helper()
	if err := v.Deliver(v.t.Context(), list); err != nil {
		v.t.Fatal(err)
	}
	return v.heard()
}

// heard is what was said since.
func (v *village) heard() string {
	v.t.Helper()
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

// until lets time pass.
func (v *village) until(to time.Time) string {
	v.t.Helper()
	if err := v.Advance(v.t.Context(), to); err != nil {
		v.t.Fatal(err)
	}
	v.at = to
	return v.heard()
}

// does gives a command that must succeed.
func (v *village) does(format string, args ...any) {
	v.t.Helper()
	if got, _ := v.says("boss", fmt.Sprintf(format, args...)); !strings.Contains(got, "ok") {
		v.t.Fatalf("%s: %s", fmt.Sprintf(format, args...), got)
	}
}

// member is who a user is today.
func (v *village) member(user string) community.MemberID {
	v.t.Helper()
	got, _ := v.says(user, "xwho")
	return community.MemberID(strings.TrimPrefix(got, "ok "))
}

var codeSaid = regexp.MustCompile(`[A-Z0-9]{4}-[A-Z0-9]{4}`)

// appoint makes somebody an ambassador, and gives their code.
func (v *village) appoint(user string) string {
	v.t.Helper()
	got, _ := v.says("boss", "任命大使 "+string(v.member(user)))
	code := codeSaid.FindString(got)
	if code == "" {
		v.t.Fatalf("no code for %s: %s", user, got)
	}
	return code
}

// worth is what somebody has and owes.
func (v *village) worth(id community.MemberID) (balance, debt int64) {
	v.t.Helper()
	err := v.DB.Tx(v.t.Context(), func(ctx context.Context) (err error) {
		balance, debt, err = v.Community.Purse.Worth(ctx, id)
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return balance, debt
}

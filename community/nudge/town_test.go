package nudge_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// begins is a Thursday; the hour is ten in Shanghai.
var begins = time.Date(2026, 10, 1, 2, 0, 0, 0, time.UTC)

// town is a community that hears people by stable ids, with commands that merge and split them.
type town struct {
	*communitytest.Parts
	transcript.World
	t  testing.TB
	n  int
	at time.Time
}

func newTown(t testing.TB, dialect string, settings map[string]string) *town {
	w := &town{t: t, at: begins}
	world, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		w.Parts = p
		return append(features(p), communitytest.Direct(p, nil))
	})(t.Context(), settings, begins)
	if err != nil {
		t.Fatal(err)
	}
	w.World = world
	w.tells("boss", "xboss")
	return w
}

func onEach(t *testing.T, fn func(t *testing.T, w *town)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { fn(t, newTown(t, dialect, nil)) })
	}
}

// event is a message of somebody; without a group it is private.
func (w *town) event(user, group, text string) bot.Event {
	w.n++
	ev := bot.Event{ID: fmt.Sprintf("town/%d", w.n), Kind: bot.Message, Form: bot.Text, Text: text, At: w.at, SeenAt: w.at,
		Transport: "town", From: bot.Person{User: bot.UserID(user), Name: user, Stable: true}}
	ev.Chat, ev.ChatName, ev.Private = bot.ChatID(group), group, group == ""
	return ev
}

func (w *town) hears(list ...bot.Event) string {
	w.t.Helper()
	if err := w.Deliver(w.t.Context(), list); err != nil {
		w.t.Fatal(err)
	}
	said, err := w.Said(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var texts []string
	for _, s := range said {
		texts = append(texts, s.Text)
	}
	return strings.Join(texts, "\n")
}

// says lets somebody say something in a group.
func (w *town) says(user, text string) string {
	w.t.Helper()
	w.at = w.at.Add(time.Second)
	return w.hears(w.event(user, "大群", text))
}

// tells lets somebody say something to the bot alone.
func (w *town) tells(user, text string) string {
	w.t.Helper()
	w.at = w.at.Add(time.Second)
	return w.hears(w.event(user, "", text))
}

// member is who a user is today.
func (w *town) member(user string) string {
	w.t.Helper()
	return strings.TrimPrefix(w.tells(user, "xwho"), "ok ")
}

// until lets time pass; what is said is sent on the way, but where it is to wait.
func (w *town) until(day int, clock string, waits ...bool) {
	w.t.Helper()
	d, err := community.TimeOfDay(clock)
	if err != nil {
		w.t.Fatal(err)
	}
	c := w.Community.Calendar
	w.at = c.Wall(c.Day(begins)+community.Day(day), int(d.Hours()), int(d.Minutes())%60)
	if len(waits) > 0 {
		err = w.Engine.Advance(w.t.Context(), w.at, false)
	} else {
		err = w.Advance(w.t.Context(), w.at)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// heard is a nudge that reached one person.
type heard struct {
	member community.MemberID
	at     time.Time
	state  string
	group  bool
	text   string
}

// nudges are all that went out, by whom they were for, as the outbox has it.
func (w *town) nudges() (list []heard) {
	w.t.Helper()
	var rows []struct {
		MemberID, GroupID, Mention, State, Text string
		SettledAt                               int64
	}
	if err := w.DB.Conn(w.t.Context()).Raw(`SELECT member_id, group_id, mention, state, text, settled_at FROM outbox
		WHERE feature = 'nudge' AND guard = 'eligible' ORDER BY settled_at, id`).Scan(&rows).Error; err != nil {
		w.t.Fatal(err)
	}
	for _, row := range rows {
		ids := []community.MemberID{community.MemberID(row.MemberID)}
		if row.GroupID != "" {
			ids = nil
			if err := json.Unmarshal([]byte(row.Mention), &ids); err != nil {
				w.t.Fatal(err)
			}
		}
		for _, id := range ids {
			list = append(list, heard{id, bot.FromMillis(row.SettledAt), row.State, row.GroupID != "", row.Text})
		}
	}
	return list
}

// count is a number that the database tells.
func (w *town) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.DB.Conn(w.t.Context()).Raw(query, args...).Row().Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// wantCaps checks that nobody got more than one nudge in 7 days and three in 30, none of them at night.
func (w *town) wantCaps(who func(community.MemberID) community.MemberID) (people int) {
	w.t.Helper()
	times := map[community.MemberID][]time.Time{}
	for _, h := range w.nudges() {
		if h.state != "sent" && h.state != "unknown" {
			continue
		}
		local := h.at.In(w.Community.Calendar.Zone())
		if clock := local.Format("15:04"); clock < "08:30" || clock >= "21:30" {
			w.t.Errorf("%s was nudged at %s", h.member, local)
		}
		times[who(h.member)] = append(times[who(h.member)], h.at)
	}
	for _, id := range slices.Sorted(maps.Keys(times)) {
		list := times[id]
		slices.SortFunc(list, time.Time.Compare)
		for i := range list {
			if i > 0 && list[i].Sub(list[i-1]) < 7*24*time.Hour {
				w.t.Errorf("%s was nudged at %s and at %s", id, list[i-1], list[i])
			}
			if i > 2 && list[i].Sub(list[i-3]) < 30*24*time.Hour {
				w.t.Errorf("%s was nudged at %v", id, list[i-3:i+1])
			}
		}
	}
	return len(times)
}

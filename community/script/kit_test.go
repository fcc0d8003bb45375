package script_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// morning is a Monday, 09:00 in Shanghai.
var morning = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

// stage is a group with a manager, driven event by event.
type stage struct {
	*communitytest.Parts
	t  *testing.T
	at time.Time
	n  int
}

// each plays a test on both databases.
func each(t *testing.T, fn func(t *testing.T, s *stage)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			s := &stage{t: t, at: morning}
			build := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				s.Parts = p
				return features(p)
			})
			if _, err := build(t.Context(), map[string]string{}, morning); err != nil {
				t.Fatal(err)
			}
			s.says("boss", "大家好")
			s.must(s.DB.Tx(t.Context(), func(ctx ctx) error { return s.Community.Appoint(ctx, s.id("boss"), bot.Manager) }))
			fn(t, s)
		})
	}
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// deliver makes an event happen a second later, and gives its id.
func (s *stage) deliver(ev bot.Event) string {
	s.t.Helper()
	s.n++
	s.at = s.at.Add(time.Second)
	ev.ID, ev.At, ev.SeenAt, ev.Transport, ev.Chat = fmt.Sprintf("e%d", s.n), s.at, s.at, "stage", "c1"
	s.must(s.Engine.Deliver(s.t.Context(), []bot.Event{ev}))
	return ev.ID
}

func person(name string) bot.Person {
	return bot.Person{User: bot.UserID(name), Name: name, Stable: true}
}

// says gives what is answered, to whomever.
func (s *stage) says(who, text string) string {
	s.t.Helper()
	return s.answers(s.deliver(bot.Event{Kind: bot.Message, Form: bot.Text, Text: text, From: person(who)}))
}

func (s *stage) answers(event string) string {
	s.t.Helper()
	var texts []string
	s.must(s.DB.Conn(s.t.Context()).Raw(`SELECT text FROM outbox WHERE event = ? ORDER BY id`, event).Scan(&texts).Error)
	return strings.Join(texts, "\n")
}

// confirms gives a command and confirms it.
func (s *stage) confirms(who, text string) string {
	s.t.Helper()
	asked := s.says(who, text)
	_, code, ok := strings.Cut(asked, "「确认 ")
	if !ok {
		s.t.Fatalf("nothing to confirm in %q", asked)
	}
	return s.says(who, "确认 "+code[:4])
}

// wait lets time pass.
func (s *stage) wait(d time.Duration) {
	s.t.Helper()
	s.at = s.at.Add(d)
	s.must(s.Engine.Advance(s.t.Context(), s.at, false))
}

func (s *stage) id(name string) community.MemberID {
	s.t.Helper()
	var id string
	s.must(s.DB.Conn(s.t.Context()).Raw(`SELECT id FROM members WHERE name = ?`, name).Row().Scan(&id))
	return community.MemberID(id)
}

func (s *stage) worth(name string) int64 {
	s.t.Helper()
	var n int64
	s.must(s.DB.Tx(s.t.Context(), func(ctx ctx) (err error) { n, _, err = s.Community.Purse.Worth(ctx, s.id(name)); return err }))
	return n
}

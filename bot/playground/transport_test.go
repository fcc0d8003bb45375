package playground_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/playground"
)

var _ bot.Transport = (*playground.Playground)(nil)

func toGroup(text string) bot.Outgoing {
	return bot.Outgoing{Text: text, Route: bot.Route{Transport: "playground", Chat: "main"}}
}

func TestSendIsTakenOnlyWhileSomebodyListens(t *testing.T) {
	s := newStage(t, nil)
	s.stop()
	if _, err := s.p.Send(t.Context(), toGroup("hi")); !errors.Is(err, bot.ErrDown) {
		t.Errorf("after Run: %v", err)
	}
	at := s.clock.Now().Add(-48 * time.Hour)
	err := s.p.Seed(func() error {
		o := toGroup("从前")
		o.SaidAt = at
		r, err := s.p.Send(t.Context(), o)
		if !r.At.Equal(at) || r.ID == "" {
			t.Errorf("receipt %+v", r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.p.Send(t.Context(), toGroup("hi")); !errors.Is(err, bot.ErrDown) {
		t.Errorf("after Seed: %v", err)
	}
	s.start()
	if _, err := s.p.Send(t.Context(), toGroup("现在")); err != nil {
		t.Errorf("during Run: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.p.Send(gone, toGroup("hi")); !errors.Is(err, bot.ErrDown) {
		t.Errorf("after its context: %v", err)
	}
	if got, want := s.told("g:main"), "围炉 text 从前 -\n围炉 text 现在 -\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.lines("g:main")[0]["at"]; got != "2026-10-31T09:30:00.000+08:00" {
		t.Errorf("shown at %v", got)
	}
}

func TestWordsForNobodyAreRejected(t *testing.T) {
	s := newStage(t, nil)
	for _, o := range []bot.Outgoing{
		{Text: "x"}, {Text: "x", Route: bot.Route{Chat: "elsewhere"}}, {Text: "x", Route: bot.Route{User: "nobody"}},
		{Picture: []byte("<svg onload=alert(1)>"), Route: bot.Route{Chat: "main"}},
	} {
		if _, err := s.p.Send(t.Context(), o); !errors.Is(err, bot.ErrRejected) {
			t.Errorf("%+v: %v", o.Route, err)
		}
	}
}

func TestMentionsAreNamedInFrontUnlessTheTextNamesThem(t *testing.T) {
	s := newStage(t, nil)
	o := toGroup("恭喜 @小红！")
	o.Mentions = []bot.Person{{User: "u1", Name: "小明"}, {User: "u2", Name: "小红"}}
	if _, err := s.p.Send(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := last(s.lines("g:main"))["text"]; got != "@小明\u2005恭喜 @小红！" {
		t.Errorf("got %q", got)
	}
}

func TestRecordShowsThePastOnceAndLearnsWhoIsThere(t *testing.T) {
	p := playground.New(playground.Options{Zone: shanghai})
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	xm, xh := bot.Person{User: "a", Name: "小明"}, bot.Person{User: "b", Name: "小红"}
	events := []bot.Event{
		{ID: "1", Kind: bot.Joined, Chat: "c", ChatName: "大群", From: xm},
		{ID: "2", Kind: bot.Joined, Chat: "c", From: xh, By: &xm},
		{ID: "3", Kind: bot.Message, Chat: "c", From: xh, Text: "早\u202e"},
		{ID: "4", Kind: bot.Recalled, Chat: "c", From: xh, Ref: "3"},
		{ID: "5", Kind: bot.Renamed, Chat: "c", From: bot.Person{User: "b", Name: "红红"}},
		{ID: "6", Kind: bot.Tapped, Chat: "c", From: xm, Mentions: []bot.Person{{User: "b", Name: "红红"}}},
		{ID: "7", Kind: bot.Message, Private: true, From: xm, Text: "积分"},
		{ID: "8", Kind: bot.Left, Chat: "c", From: xm},
		{ID: "9", Kind: bot.Tick, Job: "x"},
	}
	for range 2 {
		for i, ev := range events {
			ev.At = at.Add(time.Duration(i) * time.Minute)
			p.Record(ev)
		}
	}
	s := serve(t, p)
	want := "小明 joined - -\n小红 joined - -\n小红 recalled - -\n小红 renamed 红红 -\n小明 tapped - -\n小明 left - -\n"
	if got := s.told("g:c"); got != want {
		t.Errorf("got\n%s want\n%s", got, want)
	}
	if got := s.told("p:a"); got != "小明 text 积分 -\n" {
		t.Errorf("private: %q", got)
	}
	_, state := s.do(s.request("GET", "/api/state", nil))
	if got := fmt.Sprint(state["groups"]); !strings.Contains(got, "members:[b] name:大群") {
		t.Errorf("groups %s", got)
	}
}

func TestARoomKeepsItsNewestLines(t *testing.T) {
	s := newStage(t, func(o *playground.Options) {
		for i := range 1000 {
			o.Lines = append(o.Lines, playground.Line{Chat: "main", User: "u1", At: o.Clock.Now(), Text: fmt.Sprint(i)})
		}
		o.Lines = append(o.Lines, playground.Line{User: "u1", Bot: true, At: o.Clock.Now(), Text: "悄悄话"})
	})
	lines := s.lines("g:main")
	if len(lines) != 300 || last(lines)["text"] != "999" {
		t.Errorf("%d lines, the last %v", len(lines), last(lines))
	}
	if got := s.told("p:u1"); got != "围炉 text 悄悄话 -\n" {
		t.Errorf("private: %q", got)
	}
}

func TestRunTwiceAtOnceIsRefused(t *testing.T) {
	s := newStage(t, nil)
	if err := s.p.Run(t.Context(), s.sink); err == nil {
		t.Error("a second Run began")
	}
}

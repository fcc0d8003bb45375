package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
)

// desk is a feature with something of everything that stands on a manager's desk.
func desk() bot.Feature {
	nothing := func(context.Context, *bot.Query) (bot.Page, error) { return bot.Page{}, nil }
	count := func(n int, err error) func(context.Context, *bot.Query) (int, time.Time, error) {
		return func(_ context.Context, q *bot.Query) (int, time.Time, error) { return n, q.At.Add(-time.Hour), err }
	}
	file := &fstest.MapFile{Data: []byte("orders: orders\nnone: none\nbroken: broken\nwarn: it burns\n")}
	return bot.Feature{
		Name: "desk", Locales: fstest.MapFS{"zh.yaml": file, "en.yaml": file},
		Views: []bot.View{{Name: "orders", Title: "orders", Role: bot.Manager, Read: nothing}},
		Inbox: []bot.Waiting{
			{Name: "orders", Title: "orders", Role: bot.Manager, View: "orders", Params: map[string]string{"state": "open"}, Count: count(3, nil)},
			{Name: "none", Title: "none", View: "orders", Count: count(0, nil)},
			{Name: "broken", Title: "broken", Role: bot.Owner, View: "orders", Count: count(9, errors.New("no disk"))},
			{Name: "panics", Title: "broken", Role: bot.Owner, View: "orders", Count: func(context.Context, *bot.Query) (int, time.Time, error) { panic("oh") }},
		},
		Alarms: []bot.Alarm{
			{Name: "soon", Role: bot.Moderator, Read: func(_ context.Context, q *bot.Query) ([]bot.Warning, error) {
				return []bot.Warning{{Key: "1", Text: q.T("warn")}}, nil
			}},
			{Name: "now", Role: bot.Manager, Read: func(context.Context, *bot.Query) ([]bot.Warning, error) {
				return []bot.Warning{{Key: "2", Text: "火", Grave: true}}, nil
			}},
		},
		Measures: []bot.Measure{{Name: "days", Title: "orders", Role: bot.Manager, View: "orders", Read: func(_ context.Context, _ *bot.Query, from, to time.Time) (int64, error) {
			return int64(to.Sub(from).Hours() / 24), nil
		}}},
	}
}

func TestADeskShowsWhatAReaderMayDecide(t *testing.T) {
	e, err := bot.New(options(&storage{}, desk()))
	if err != nil {
		t.Fatal(err)
	}
	as := func(role bot.Role) bot.Query {
		return bot.Query{At: noon, Actor: bot.Actor{Role: role, Language: "en"}}
	}
	orders := bot.WaitingOffer{Name: "desk.orders", Feature: "desk", Title: "orders", N: 3, Oldest: noon.Add(-time.Hour),
		View: bot.ViewRef{View: "desk.orders", Params: map[string]string{"state": "open"}}}
	list, err := e.Inbox(t.Context(), as(bot.Manager))
	if diff := cmp.Diff([]bot.WaitingOffer{orders}, list); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if list, err = e.Inbox(t.Context(), as(bot.Moderator)); len(list) > 0 || err != nil {
		t.Errorf("a moderator decides %v, %v", list, err)
	}
	list, err = e.Inbox(t.Context(), as(bot.Owner))
	if len(list) != 1 || err == nil || !strings.Contains(err.Error(), "waiting desk.broken: no disk") || !strings.Contains(err.Error(), "desk.panics: panic: oh") {
		t.Errorf("two features fail: %v beside %v", list, err)
	}
	warnings, err := e.Warnings(t.Context(), as(bot.Manager))
	want := []bot.Warning{{Key: "desk.now/2", Text: "火", Grave: true}, {Key: "desk.soon/1", Text: "it burns"}}
	if diff := cmp.Diff(want, warnings); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if warnings, _ = e.Warnings(t.Context(), as(bot.Moderator)); len(warnings) != 1 {
		t.Errorf("a moderator is warned of %v", warnings)
	}
	if got := e.Measures(bot.Actor{Role: bot.Moderator}); len(got) > 0 {
		t.Errorf("a moderator measures %v", got)
	}
	if got := e.Measures(bot.Actor{Role: bot.Manager}); len(got) != 1 || got[0] != (bot.MeasureOffer{Name: "desk.days", Feature: "desk", Title: "orders", View: "desk.orders"}) {
		t.Errorf("measures: %v", got)
	}
	if n, err := e.Measure(t.Context(), "desk.days", as(bot.Manager), noon.AddDate(0, 0, -7), noon); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := e.Measure(t.Context(), "desk.days", as(bot.Moderator), noon, noon); !errors.Is(err, bot.ErrNoView) {
		t.Errorf("a moderator's measure: %v", err)
	}
}

package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
)

func TestWhoAsksInAPageIsAnsweredThere(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		opts := options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{
			command("签到", func(ctx context.Context, r *bot.Request) error {
				r.Reply("好的")
				r.Whisper(r.Actor.Member, "第二句")
				r.Send(bot.Outgoing{Member: r.Actor.Member, Text: "暗号", Secret: true})
				r.Whisper("m2", "给别人")
				r.Say("g1", "给大家")
				return s.note(ctx, r, "ran")
			}),
			command("不行", func(context.Context, *bot.Request) error { return bot.Refuse("现在不行") }),
		}})
		opts.Observe = func(_ context.Context, r *bot.Request) error {
			r.Actor.Member, r.Actor.Active = r.Member, true
			return nil
		}
		e := engine(t, opts)
		ask := func(id, text string) (got []string) {
			t.Helper()
			answers, err := e.Ask(t.Context(), bot.Event{ID: id, At: noon, Text: text, Member: "m1"})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range answers {
				got = append(got, o.Text)
			}
			return got
		}
		if diff := cmp.Diff([]string{"好的", "第二句", "暗号"}, ask("a", "签到")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"好的", "第二句", "(secret)"}, ask("a", "签到")); diff != "" {
			t.Error("again:", diff)
		}
		s.wantNotes(t, "ran")
		if diff := cmp.Diff([]string{"现在不行"}, ask("b", "不行")); diff != "" {
			t.Error("refused:", diff)
		}
		s.wantOutbox(t, "好的=sent", "第二句=sent", "(secret)=sent", "给别人=pending", "给大家=pending", "现在不行=sent")
		if _, err := e.Ask(t.Context(), bot.Event{ID: "c", At: noon, Text: "签到"}); err == nil {
			t.Error("nobody asked, and was answered")
		}
	})
}

func TestViewsAreReadByThoseWhoMay(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var read bot.Query
		view := func(name string, role bot.Role) bot.View {
			return bot.View{Name: name, Title: "h", Role: role,
				Params: []bot.Param{{Name: "q", Label: "h", Kind: bot.Search}, {Name: "period", Label: "pick", Kind: bot.Choice, Choices: []string{"week", "month"}}},
				Read: func(_ context.Context, q *bot.Query) (bot.Page, error) {
					read = *q
					return bot.Page{Note: q.T("hello")}, nil
				}}
		}
		e := engine(t, options(s, bot.Feature{Name: "f", Locales: texts, Views: []bot.View{view("all", bot.Member), view("staff", bot.Manager)}}))
		member, manager := bot.Actor{Language: "zh"}, bot.Actor{Role: bot.Manager, Language: "zh"}
		if got := e.Views(member); len(got) != 1 || got[0].Name != "f.all" || len(got[0].Params[1].Options) != 2 {
			t.Errorf("a member sees %+v", got)
		}
		if got := e.Views(manager); len(got) != 2 {
			t.Errorf("a manager sees %+v", got)
		}
		for _, name := range []string{"f.staff", "f.none", ""} {
			if _, err := e.View(t.Context(), name, bot.Query{Actor: member}); !errors.Is(err, bot.ErrNoView) {
				t.Errorf("%q: %v", name, err)
			}
		}
		page, err := e.View(t.Context(), "f.staff", bot.Query{Actor: manager, Limit: 1 << 20, Params: map[string]string{"q": " 小明\x00 ", "period": "year", "other": "x"}})
		if err != nil || page.Note != "你好" {
			t.Fatalf("%+v, %v", page, err)
		}
		if diff := cmp.Diff(map[string]string{"q": "小明", "period": "week"}, read.Params); diff != "" || read.Limit != 1000 {
			t.Error(read.Limit, diff)
		}
	})
}

func TestAViewThatDoesNotFitIsToldAtStart(t *testing.T) {
	read := func(context.Context, *bot.Query) (bot.Page, error) { return bot.Page{}, nil }
	for name, v := range map[string]bot.View{
		"no name": {Title: "h", Read: read}, "no function": {Name: "v", Title: "h"}, "no text": {Name: "v", Title: "none", Read: read},
		"no choices": {Name: "v", Title: "h", Read: read, Params: []bot.Param{{Name: "p", Label: "h", Kind: bot.Choice}}},
		"a dot":      {Name: "v.w", Title: "h", Read: read},
	} {
		if _, err := bot.New(options(&storage{}, bot.Feature{Name: "f", Locales: texts, Views: []bot.View{v}})); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

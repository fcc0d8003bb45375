package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

// confides is a feature that whispers.
func confides() bot.Feature {
	return bot.Feature{Name: "confides", Locales: texts,
		Commands: []bot.Command{
			withArgs("明细", func(_ context.Context, r *bot.Request) error {
				r.Whisper(r.Actor.Member, "秘密一")
				r.Whisper(r.Actor.Member, "秘密二")
				r.Whisper("boss", "有人看了明细")
				return nil
			}),
			{Names: []string{"管理"}, Help: "h", Role: bot.Manager, Run: func(context.Context, *bot.Request) error { return nil }},
		},
		On: []bot.Listener{bot.On(func(_ context.Context, r *bot.Request) error {
			r.Whisper(r.Actor.Member, "听到了")
			return nil
		}, bot.Message)},
	}
}

func TestWhoCannotBeWrittenToIsToldInTheGroupHowToAsk(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		opts := options(s, confides())
		friends := map[string]bool{"boss": true}
		opts.Reachable = func(_ context.Context, member string) (bool, error) { return friends[member], nil }
		e := engine(t, opts)
		private := message("2", "明细")
		private.Chat, private.Private = "", true
		deliver(t, e, message("1", "明 细"), message("1b", "／明细 全部"), private, message("3", "你好"), message("4", "管理"))
		s.wantOutbox(t,
			"听到了=withheld", // 明 细 is no command
			"有人看了明细=pending", "小明，这条要私下告诉你：先加我为好友，再私聊我「明细」就好～=pending",
			"秘密一=withheld", "秘密二=withheld", "有人看了明细=pending",
			"听到了=withheld",
			"「管理」需要管理员来操作，有需要可以请管理员帮忙～=withheld",
		)
		if got := s.strings(t, `SELECT reason FROM outbox WHERE state = 'withheld' AND settled_at = 0`); len(got) > 0 {
			t.Errorf("%d withheld rows are never forgotten", len(got))
		}
		if got := s.strings(t, `SELECT DISTINCT reason FROM outbox WHERE state = 'withheld'`); len(got) != 1 || got[0] != "can't be written to in private: no friend of the bot" {
			t.Errorf("the reasons are %q", got)
		}
		friends["u"] = true
		deliver(t, e, message("5", "明细"))
		if got := s.strings(t, `SELECT text FROM outbox WHERE event = '5' AND state = 'pending'`); len(got) != 3 || got[0] != "秘密一" {
			t.Errorf("a friend is told %q", got)
		}
	})
}

func TestSeveralWhoCannotBeWrittenToAreToldTogether(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		opts := options(s, confides())
		opts.Reachable = func(context.Context, string) (bool, error) { return false, nil }
		e := engine(t, opts)
		other := message("2", "明细")
		other.From = bot.Person{User: "v", Name: "小红"}
		deliver(t, e, message("1", "明细"), other)
		got := s.strings(t, `SELECT merge_head || merge_item FROM outbox WHERE merge_key <> '' ORDER BY id`)
		if len(got) != 2 || got[1] != "这些要私下告诉大家，先加我为好友，再私聊我就好～小红「明细」" {
			t.Errorf("got %q", got)
		}
	})
}

func TestAnEventIsKeptBackWhereNobodyKnowsWhoCanBeWrittenTo(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		opts := options(s, confides())
		opts.Reachable = func(context.Context, string) (bool, error) { return false, errors.New("disk") }
		if err := engine(t, opts).Deliver(t.Context(), []bot.Event{message("1", "明细")}); err == nil {
			t.Error("accepted")
		}
		s.wantOutbox(t)
	})
}

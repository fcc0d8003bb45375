package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

func TestChanceIsTheSameForTheSameEventAndSecret(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		draw := func(id, secret string) (drawn string) {
			s.clear(t)
			opts := options(s, bot.Feature{Name: "f", On: []bot.Listener{bot.On(func(_ context.Context, r *bot.Request) error {
				drawn = fmt.Sprint(r.Rand().Uint64(), r.Rand().Uint64())
				return nil
			}, bot.Message)}})
			key := []byte(secret)
			opts.Secret = &key
			deliver(t, engine(t, opts), message(id, "x"))
			return drawn
		}
		first := draw("e1", "secret")
		if again := draw("e1", "secret"); again != first || first == "" {
			t.Errorf("drew %q, and again %q", first, again)
		}
		if draw("e2", "secret") == first || draw("e1", "another") == first {
			t.Error("another event or secret draws the same")
		}
	})
}

func TestAgainGoesOnConfirmed(t *testing.T) {
	cases := []struct {
		name, again string
		notes       string
		outbox      string
	}{
		{"a command runs confirmed, as its own feature", "清空 全部", "[全部 true]", "你好=pending"},
		{"its refusal undoes both", "清空 不行", "[]", "不可以=pending"},
		{"its failure undoes both", "清空 坏了", "[]", sorry + "=pending"},
		{"what is no command is gone", "清空了", "[]", "这个命令现在不能执行了。=pending"},
		{"what they may not do any more is gone too", "任命", "[]", "这个命令现在不能执行了。=pending"},
	}
	each(t, func(t *testing.T, s *storage) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s.clear(t)
				e := engine(t, options(s,
					bot.Feature{Name: "confirm", Locales: texts, Commands: []bot.Command{command("确认", func(ctx context.Context, r *bot.Request) error {
						if r.Confirmed {
							t.Error("confirmed before it was")
						}
						return r.Again(ctx, c.again)
					})}},
					bot.Feature{Name: "clear", Locales: texts, Commands: []bot.Command{
						withArgs("清空", func(ctx context.Context, r *bot.Request) error {
							r.Reply(r.T("hello"))
							if err := s.note(ctx, r, fmt.Sprint(r.Args, " ", r.Confirmed)); err != nil {
								return err
							}
							switch r.Args {
							case "不行":
								return bot.Refuse("不可以")
							case "坏了":
								panic("x")
							}
							return nil
						}),
						{Names: []string{"任命"}, Help: "h", Role: bot.Owner, Run: func(context.Context, *bot.Request) error { t.Error("ran"); return nil }},
					}}))
				deliver(t, e, message("e", "确认"))
				if got := s.strings(t, `SELECT what FROM notes`); fmt.Sprint(got) != c.notes {
					t.Errorf("notes: %q", got)
				}
				s.wantOutbox(t, c.outbox)
				if c.notes != "[]" {
					if got := s.strings(t, `SELECT feature FROM outbox`); got[0] != "clear" {
						t.Errorf("said by %v", got)
					}
				}
			})
		}
	})
}

func TestHelpShowsWhatThisPersonMayUseHere(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		run := func(context.Context, *bot.Request) error { return nil }
		opts := options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{
			command("签到", run), withArgs("转账", run),
			{Names: []string{"绑定"}, Help: "h", Where: bot.InPrivate, Run: run},
			{Names: []string{"公约"}, Help: "h", Where: bot.InGroup, Run: run},
			{Names: []string{"加分"}, Help: "h", Role: bot.Manager, Run: run},
		}})
		opts.Observe = func(ctx context.Context, r *bot.Request) error {
			err := everybody(ctx, r)
			if r.From.User == "boss" {
				r.Actor.Role = bot.Owner
			}
			return err
		}
		e := engine(t, opts)
		group, boss, private := message("1", "帮助"), message("2", "Help！"), message("3", "菜单")
		boss.From.User, private.Chat = "boss", ""
		deliver(t, e, group, boss, private)
		got := s.strings(t, `SELECT text FROM outbox ORDER BY id`)
		for i, want := range []string{"帮助 签到 转账 公约", "帮助 签到 转账 公约 加分", "帮助 签到 转账 绑定"} {
			for _, name := range strings.Fields("帮助 签到 转账 绑定 公约 加分") {
				if shown := strings.Contains(got[i], "· "+name); shown != strings.Contains(want, name) {
					t.Errorf("help %d: %s is shown: %v\n%s", i+1, name, shown, got[i])
				}
			}
		}
		if !strings.Contains(got[0], "· 转账 参数") {
			t.Errorf("the arguments are not shown:\n%s", got[0])
		}
	})
}

package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

func TestMatching(t *testing.T) {
	const rule = "\n- - - - - - - - - - - - - - -\n"
	cases := []struct{ name, text, want string }{
		{"the name alone is the command", "签到", "签到()"},
		{"the second name is the command too", "checkin", "签到()"},
		{"spaces around it don't count", " \u3000签到\t ", "签到()"},
		{"lines around it don't count", "\n\n签到\n", "签到()"},
		{"a closing mark doesn't count", "签到！", "签到()"},
		{"nor do many of all kinds", "签到！!。~～", "签到()"},
		{"nor with spaces among them", "签到 ！ 。", "签到()"},
		{"nor on a line of their own", "签到\n！", "签到()"},
		{"a question mark is a question", "签到？", "heard"},
		{"a comma is a sentence", "签到，", "heard"},
		{"a mark in front is something else", "！签到", "heard"},
		{"a slash doesn't count", "/签到", "签到()"},
		{"nor a wide one", "／签到", "签到()"},
		{"nor a space behind it", "/ 签到", "签到()"},
		{"a slash within does", "签/到", "heard"},
		{"case is folded", "CheckIN", "签到()"},
		{"width is folded", "ｃｈｅｃｋｉｎ", "签到()"},
		{"width and case at once", "ＣｈｅｃｋＩＮ！", "签到()"},
		{"zero-width characters are taken out", "签\u200b到\ufeff", "签到()"},
		{"so are joiners, which emoji keep", "签\u200d到", "签到()"},
		{"so are soft hyphens", "check\u00adin", "签到()"},
		{"so are bidirectional controls", "\u202e签\u2066到\u2069", "签到()"},
		{"so are other controls", "\x01签\x7f到\x00", "签到()"},
		{"a wish is not the command", "我要签到", "heard"},
		{"more behind it is not the command", "签到了", "heard"},
		{"more behind a space is not either", "签到 了", "heard"},
		{"nor is somebody's mention", "签到@小红", "heard"},
		{"nor the name twice", "签到 签到", "heard"},
		{"unknown words are left alone", "今天天气不错", "heard"},
		{"so is nothing at all", "", "heard"},
		{"so are only spaces", " \n\t\u3000", "heard"},
		{"so are only marks", "！!。~～", "heard"},
		{"so is only a slash", "/", "heard"},
		{"invalid UTF-8 behind the name is something else", "签到\xff", "heard"},
		{"invalid UTF-8 alone harms nothing", "\xff\xfe\xc3", "heard"},
		{"a megabyte of letters is no command", strings.Repeat("a", 1<<20), "heard"},
		{"a megabyte behind the name is no command without arguments", "签到" + strings.Repeat("啊", 350_000), "heard"},

		{"arguments follow a space", "加分 小红 5", "加分(小红 5)"},
		{"or a wide space", "加分\u3000小红", "加分(小红)"},
		{"or a line feed", "加分\n小红", "加分(小红)"},
		{"or an @", "加分@小红 5", "加分(@小红 5)"},
		{"or a wide @", "加分＠小红 5", "加分(＠小红 5)"},
		{"or nothing does", "加分", "加分()"},
		{"nor closing marks", "加分！", "加分()"},
		{"a longer word is not the command", "加分吗 小红", "heard"},
		{"a sentence with the name in it is not either", "给小红加分 5", "heard"},
		{"arguments keep their case and width", "加分 ABC Ｘ", "加分(ABC Ｘ)"},
		{"arguments keep their lines", "加分 a\nb", "加分(a\nb)"},
		{"arguments keep an emoji's joiners", "加分 👨‍👩‍👧", "加分(👨‍👩‍👧)"},

		{"the bot's mention in front is taken off", "@围炉 签到", "签到()"},
		{"with WeChat's own space", "@围炉\u2005签到", "签到()"},
		{"without text behind", "@围炉", "heard"},
		{"behind", "签到 @围炉", "签到()"},
		{"behind and glued on", "签到@围炉\u2005", "签到()"},
		{"on both sides", "@围炉 签到 @围炉", "签到()"},
		{"twice in front", "@围炉 @围炉 签到", "签到()"},
		{"with a wide @", "＠围炉 签到", "签到()"},
		{"by the name that it has in this chat", "@小炉 签到", "签到()"},
		{"and a slash behind it", "@围炉 /签到！", "签到()"},
		{"and closing marks behind a mention", "签到 @围炉！", "签到()"},
		{"a longer name is somebody else's", "@围炉助手 签到", "heard"},
		{"another's mention is not taken off", "@小红 签到", "heard"},
		{"arguments after a mention", "@围炉 加分 @小红 5", "加分(@小红 5)"},

		{"quoted text never triggers", "「甲：签到」" + rule + "同意", "heard"},
		{"not even with nothing said to it", "「甲：签到」" + rule, "heard"},
		{"nor without the last line feed", "「甲：签到」\n- - - - -", "heard"},
		{"nor when the rule is missing", "「甲：签到」", "heard"},
		{"nor when the rule is no rule", "「甲：签到」\n- - x\n签到", "heard"},
		{"what is said to a quote does", "「甲：你好」" + rule + "签到", "签到()"},
		{"and with a mention of the bot", "「甲：你好」" + rule + "@围炉 签到！", "签到()"},
		{"a quote within a quote goes too", "「乙：「甲：签到」" + rule + "签到」" + rule + "好的", "heard"},
		{"and what is said to both does trigger", "「乙：「甲：x」" + rule + "y」" + rule + "签到", "签到()"},
		{"a quote that holds a rule can't speak for its quoter", "「甲：骗」" + rule + "签到」" + rule + "什么", "heard"},
		{"zero-width characters don't hide a quote", "\u200b「甲：签到」" + rule + "同意", "heard"},
		{"a quote with Windows' line feeds", "「甲：签到」\r\n- - - - -\r\n同意", "heard"},
	}
	each(t, func(t *testing.T, s *storage) {
		ran := "heard"
		record := func(_ context.Context, r *bot.Request) error {
			ran = "加分(" + r.Args + ")"
			return nil
		}
		opts := options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{
			{Names: []string{"签到", "checkin"}, Help: "h", Run: func(_ context.Context, r *bot.Request) error {
				ran = "签到(" + r.Args + ")"
				return nil
			}},
			withArgs("加分", record),
		}})
		opts.Names = []string{"围炉"}
		e := engine(t, opts)
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				ran = "heard"
				ev := message(fmt.Sprint("m", i), c.text)
				ev.BotName = "小炉"
				deliver(t, e, ev)
				if ran != c.want {
					t.Errorf("%.60q ran %s, want %s", c.text, ran, c.want)
				}
			})
		}
	})
}

func TestWhatIsNoCommand(t *testing.T) {
	cases := []struct {
		name string
		edit func(*bot.Event)
		want string
	}{
		{"a message is", func(*bot.Event) {}, "ran"},
		{"the bot's own words are not, and nobody hears them", func(ev *bot.Event) { ev.From.Self = true }, ""},
		{"a picture's caption is not", func(ev *bot.Event) { ev.Form = bot.Image }, "heard"},
		{"a recall with a text is not", func(ev *bot.Event) { ev.Kind = bot.Recalled }, ""},
		{"the words of nobody are not", func(ev *bot.Event) { ev.From.User = "" }, "heard"},
		{"another bot's words are not, and nobody answers them", func(ev *bot.Event) { ev.From.Attr = "bot" }, ""},
		{"in a group that is not adopted nothing happens", func(ev *bot.Event) { ev.Chat = "strange" }, ""},
	}
	each(t, func(t *testing.T, s *storage) {
		ran := ""
		opts := options(s, bot.Feature{
			Name: "f", Locales: texts,
			Commands: []bot.Command{command("签到", func(context.Context, *bot.Request) error { ran += "ran"; return nil })},
			On:       []bot.Listener{bot.On(func(context.Context, *bot.Request) error { ran += "heard"; return nil }, bot.Message)},
		})
		opts.Observe = func(ctx context.Context, r *bot.Request) error {
			err := everybody(ctx, r)
			r.Actor.Bot, r.Actor.Active = r.From.Attr == "bot", r.Chat != "strange"
			return err
		}
		e := engine(t, opts)
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				ran = ""
				ev := message(fmt.Sprint("m", i), "签到")
				c.edit(&ev)
				deliver(t, e, ev)
				if ran != c.want {
					t.Errorf("%q happened, want %q", ran, c.want)
				}
			})
		}
	})
}

func TestACommandSaysKindlyWhatIsMissing(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		run := func(ctx context.Context, r *bot.Request) error { return s.note(ctx, r, r.Text) }
		opts := options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{
			{Names: []string{"任命"}, Help: "h", Role: bot.Owner, Run: run},
			{Names: []string{"绑定"}, Help: "h", Where: bot.InPrivate, Run: run},
			{Names: []string{"公约"}, Help: "h", Where: bot.InGroup, Run: run},
		}})
		opts.Texts = map[string]string{
			"help.forbidden": "{{.Command}}: no{{if .Admin}}, nor do admins{{end}}", "help.only_in_private": "{{.Command}}: alone", "help.only_in_group": "{{.Command}}: together",
		}
		e := engine(t, opts)
		alone := message("4", "公约")
		alone.Chat, alone.Private = "", true
		admin := message("5", "任命")
		admin.From.Admin = true
		deliver(t, e, message("1", "任命"), message("2", "绑定"), message("3", "公约"), alone, admin)
		s.wantNotes(t, "公约")
		s.wantOutbox(t, "任命: no=pending", "绑定: alone=pending", "公约: together=pending", "任命: no, nor do admins=pending")
		if got := s.strings(t, `SELECT group_id || '/' || member_id FROM outbox ORDER BY id`); fmt.Sprint(got) != "[/u g/ /u /u]" {
			t.Errorf("said to %v: a missing right is nobody else's business", got)
		}
	})
}

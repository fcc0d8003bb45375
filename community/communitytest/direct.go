package communitytest

import (
	"context"
	"strings"
	"testing/fstest"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Command does what a test asks for by name.
type Command func(ctx context.Context, r *bot.Request, args []string) error

// Direct is a feature of commands that do what is asked and answer "ok" and who asked, or the error: xwho, xboss (who asks is
// a manager), xmerge m4 m5, xsplit m4, and more.
func Direct(p *Parts, more map[string]Command) bot.Feature {
	f := bot.Feature{Name: "direct", Locales: fstest.MapFS{"zh.yaml": {Data: []byte("x: x")}, "en.yaml": {Data: []byte("x: x")}}}
	add := func(name string, run Command) {
		f.Commands = append(f.Commands, bot.Command{Names: []string{name}, Usage: "x", Help: "x", Run: func(ctx context.Context, r *bot.Request) error {
			if err := run(ctx, r, strings.Fields(r.Args)); err != nil {
				return bot.Refuse(err.Error())
			}
			r.Reply("ok " + r.Actor.Member)
			return nil
		}})
	}
	add("xwho", func(context.Context, *bot.Request, []string) error { return nil })
	add("xboss", func(ctx context.Context, r *bot.Request, _ []string) error {
		return p.Community.Appoint(ctx, community.MemberID(r.Actor.Member), bot.Manager)
	})
	add("xmerge", func(ctx context.Context, r *bot.Request, a []string) error {
		return p.Community.Merge(ctx, r, community.MemberID(a[0]), community.MemberID(a[1]), "test")
	})
	add("xsplit", func(ctx context.Context, r *bot.Request, a []string) error {
		return p.Community.Split(ctx, r, community.MemberID(a[0]))
	})
	for name, run := range more {
		add(name, run)
	}
	return f
}

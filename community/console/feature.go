package console

import (
	"context"
	"embed"
	"io/fs"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

// featureName is whose texts the pages are made of.
const featureName = "console"

// linkCommand is the command that whispers a link; in the pages nobody needs one.
const linkCommand = "后台"

func leadsHere(o bot.Offer) bool { return o.Feature == featureName && o.Names[0] == linkCommand }

// Feature is how managers get to the console from a chat, and members to a copy of their data. What cfg says of the
// address may still change until events are handled.
func Feature(db bot.Storage, c *community.Community, cfg *Config) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	s := &sessions{db, c}
	return bot.Feature{
		Name: featureName, Locales: texts, Migrations: migrations(), Personal: personal(),
		Views: []bot.View{s.view()},
		Commands: []bot.Command{{Names: []string{"待办", "todo"}, Help: "help.todo", Role: bot.Moderator, Run: todo}, s.command(), {
			Names: []string{linkCommand, "console"}, Help: "help.console", Role: bot.Moderator, Where: bot.InPrivate,
			Run: func(ctx context.Context, r *bot.Request) error {
				if cfg.Address() == "" {
					return r.Refuse("link.off")
				}
				token := tokenOf(r)
				if err := keepLink(ctx, db, token, community.MemberID(r.Actor.Member), r.At); err != nil {
					return err
				}
				if err := c.Audit.Record(ctx, r, "console.link", r.Actor.Member, nil); err != nil {
					return err
				}
				r.Send(bot.Outgoing{Member: r.Actor.Member, Text: r.T("link.done", "Link", LoginURL(cfg.Address(), token)), Priority: bot.Answer, Secret: true})
				return nil
			},
		}, {
			Names: []string{"导出我的数据", "exportmydata"}, Help: "help.mine", Where: bot.InPrivate, Run: exportMine(db, c, cfg.Public),
		}},
	}
}

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

// Feature is how managers get to the console from a chat. address tells what links begin with; empty: it is off.
// Its answer stays the same once events are handled.
func Feature(db bot.Storage, c *community.Community, address func() string) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	s := &sessions{db, c}
	return bot.Feature{
		Name: featureName, Locales: texts, Migrations: migrations(),
		Views: []bot.View{s.view()},
		Commands: []bot.Command{s.command(), {
			Names: []string{linkCommand, "console"}, Help: "help.console", Role: bot.Moderator, Where: bot.InPrivate,
			Run: func(ctx context.Context, r *bot.Request) error {
				if address() == "" {
					return r.Refuse("link.off")
				}
				token, err := linkOf(ctx, r, db)
				if err != nil {
					return err
				}
				if err := c.Audit.Record(ctx, r, "console.link", r.Actor.Member, nil); err != nil {
					return err
				}
				r.Send(bot.Outgoing{Member: r.Actor.Member, Text: r.T("link.done", "Link", LoginURL(address(), token)), Priority: bot.Answer, Secret: true})
				return nil
			},
		}},
	}
}

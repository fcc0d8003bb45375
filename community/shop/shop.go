// Package shop lets members redeem points for goods, and managers hand them over.
//
// Whoever redeems something has an order. Its price is held in an escrow of its own until a manager fulfils the order,
// which burns it, or refunds it. Goods of the kind code are fulfilled at once.
package shop

import (
	"embed"
	"io/fs"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

type shop struct {
	db      community.SQL
	c       *community.Community
	cfg     Config
	settled bool // the declared goods are stored
}

// New makes the feature.
func New(db bot.Storage, c *community.Community, cfg Config) bot.Feature {
	s := &shop{db: community.SQL{Storage: db}, c: c, cfg: cfg}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	c.Handouts["code"] = s.handout()
	c.Timeline.Register("shop", s.moments)
	c.Undo.Register("shop.shelf", s.undoShelf)
	c.Undo.Register("shop.edit", s.undoEdit)
	c.Undo.Register("shop.again", s.undoAgain)
	c.Undo.Register("shop.codes", s.undoImport)
	c.Undo.Register("shop.fulfil", s.undoFulfil)
	c.Undo.Register("shop.refund", s.undoRefund)
	return bot.Feature{
		Name: "shop", Locales: texts, Migrations: migrations(), Personal: s.personal(),
		Jobs:  []bot.Job{{Name: remindJob, Run: s.remind}},
		Views: s.views(), Section: bot.Economy, Inbox: s.inbox(), Alarms: []bot.Alarm{s.shelfAlarm()},
		Commands: []bot.Command{
			{Names: []string{"商城", "shop", "商店"}, Help: "help.list", Run: s.list},
			{Names: []string{"兑换", "redeem"}, Usage: "usage.redeem", Help: "help.redeem", Run: s.redeem},
			{Names: []string{"我的兑换", "redemptions"}, Usage: "usage.mine", Help: "help.mine", Run: s.mine},
			{Names: []string{"待发货", "orders", "待兑现"}, Help: "help.waiting", Role: bot.Manager, Run: s.waiting},
			{Names: []string{"发货", "fulfil"}, Usage: "usage.fulfil", Help: "help.fulfil", Role: bot.Manager, Run: s.fulfil},
			{Names: []string{"退款", "refund"}, Usage: "usage.refund", Help: "help.refund", Role: bot.Manager, Run: s.refund},
			{Names: []string{"上架", "additem"}, Usage: "usage.offer", Help: "help.offer", Role: bot.Manager, Run: s.offer},
			{Names: []string{"改商品", "edititem"}, Usage: "usage.edit", Help: "help.edit", Role: bot.Manager, Run: s.edit},
			{Names: []string{"下架", "removeitem"}, Usage: "usage.unshelve", Help: "help.unshelve", Role: bot.Manager, Run: s.unshelve},
			{
				Names: []string{"导入兑换码", "importcodes"}, Usage: "usage.import", Help: "help.import", Role: bot.Manager,
				Where: bot.InPrivate, Secret: true, Table: true, Run: s.importCodes,
			},
		},
	}
}

package main

import (
	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/rules"
	"github.com/weilu-im/weilu/community/speaking"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/community/welcome"
)

// features is THE list of what Weilu does, in the order in which help shows it.
func features(db bot.Storage, c *community.Community, s *settings, pacing *bot.Pacing) []bot.Feature {
	return []bot.Feature{
		checkin.New(db, c, s.Points.checkinPoints),
		wallet.New(c, s.Points.walletPoints),
		rules.New(s.Rules),
		welcome.New(db, c, s.Welcome),
		speaking.New(c, pacing),
		console.Feature(db, c, s.Console.Address),
		c.Feature(),
	}
}

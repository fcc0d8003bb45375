package main

import (
	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/economy"
	"github.com/weilu-im/weilu/community/proof"
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
		proof.New(db, c, s.Proof),
		economy.New(db, c),
		rules.New(s.Rules),
		welcome.New(db, c, s.Welcome),
		speaking.New(c, pacing),
		c.Feature(),
	}
}
